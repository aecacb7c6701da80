// The text of a file as every emitter reads it: from the disk, bounded, with LF; undefined where that is not to be had.
import { readFileSync, statSync } from "node:fs";

/** Larger files are edited too, but not read in a process that an editor waits for. */
export const MAX_FILE = 2 * 1024 * 1024;

/** The file's text; undefined when it is no text in UTF-8, too large, or not there. */
export function textOf(path: string): string | undefined {
  try {
    const status = statSync(path);
    if (!status.isFile() || status.size > MAX_FILE) return undefined;
    // A byte order mark is a part of the text, as it is for Python.
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return decoder.decode(readFileSync(path)).replaceAll("\r\n", "\n");
  } catch {
    return undefined;
  }
}

// Where emitters say what went wrong: one small file in the spool, the same as for all others. Never throws.
import { appendFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "./dropBox.ts";

const MAX_BYTES = 256 * 1024;
const MAX_LINE = 500;

/** One line into the spool's log; an error's text could quote what it was about, its code cannot. */
export function note(spool: string, what: string, error?: unknown): void {
  const said = error === undefined ? what : `${what}: ${codeOf(error)}`;
  const line = `${new Date().toISOString().slice(0, 19)}+00:00 ${process.pid} ${said}`.slice(0, MAX_LINE).replaceAll("\n", " ");
  try {
    makeDirectory(spool);
    const path = join(spool, "emit.log");
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(path, `${path}.1`);
    appendFileSync(path, `${line}\n`, { mode: 0o600 });
  } catch {
    // when even that fails, nothing
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? (error instanceof Error ? error.name : "");

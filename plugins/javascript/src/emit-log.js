// Where emitters say what went wrong: one small file in the spool, the same as for all others. Never throws.
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { codeOf, makeDirectory } from "./private-files.js";

const MAX_BYTES = 256 * 1024;
const MAX_LINE = 500;
/** So much of the log's end is looked at for the same line. */
const SAID_LATELY = 4 * 1024;
const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW = 0 } = constants;

/**
 * One line into the spool's log, else into the one for spools that cannot be written; else nothing.
 * @param {string | undefined} spool
 * @param {string} what
 * @param {unknown} [error] of which only code and place are told: its text could quote what it was about
 */
export function note(spool, what, error) {
  const said = `${what}${described(error)}`.slice(0, MAX_LINE).replaceAll("\n", " ");
  for (const folder of [() => spool, elsewhere]) {
    try {
      const path = folder();
      if (path === undefined) continue;
      makeDirectory(path);
      append(path, said);
      return;
    } catch {
      // the next place
    }
  }
}

/** @param {string} folder  @param {string} said */
function append(folder, said) {
  const path = join(folder, "emit.log");
  const file = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  let held = 0;
  try {
    held = fstatSync(file).size;
    const lately = Buffer.alloc(Math.min(held, SAID_LATELY));
    readSync(file, lately, 0, lately.length, held - lately.length);
    if (lately.toString("utf8").includes(` ${said}\n`)) return;
    writeSync(file, `${new Date().toISOString().slice(0, 19)}+00:00 ${process.pid} ${said}\n`);
  } finally {
    closeSync(file);
  }
  if (held > MAX_BYTES) renameSync(path, `${path}.1`);
}

/** A folder that this user alone can write. */
function elsewhere() {
  const user = process.getuid?.() ?? 0;
  const folder = join(process.env["TMPDIR"] || "/tmp", `fixloop-${user}`);
  makeDirectory(folder);
  const status = lstatSync(folder);
  if (!status.isDirectory() || status.uid !== user || (status.mode & 0o077) !== 0) throw new Error("not private");
  return folder;
}

/** @param {unknown} error */
function described(error) {
  if (error === undefined) return "";
  const name = codeOf(error) ?? (error instanceof Error ? error.constructor.name : typeof error);
  const place = error instanceof Error ? /\n +at .*?([^/\\(]+:\d+):\d+\)?/.exec(error.stack ?? "")?.[1] : undefined;
  return `: ${name}${place ? ` at ${basename(place)}` : ""}`;
}

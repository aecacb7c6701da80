// Files that only their owner can read: what stands in a spool is nobody else's business.
import { randomBytes } from "node:crypto";
import { closeSync, linkSync, mkdirSync, openSync, unlinkSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;

/** An error's code, as the system names it. @param {unknown} error */
export const codeOf = (error) => /** @type {NodeJS.ErrnoException | undefined} */ (error)?.code;

/** Make a folder and what is missing above it; nothing if it is there. @param {string} path */
export function makeDirectory(path) {
  if (make(path)) return;
  if (dirname(path) === path) throw new RangeError("no folder above the root");
  makeDirectory(dirname(path));
  if (!make(path)) throw new RangeError("a file system without new folders");
}

/** Make a folder; false where there is none to make it in, or its file system, such as `/proc`, makes none. @param {string} path */
function make(path) {
  try {
    mkdirSync(path, PRIVATE_DIRECTORY);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    if (codeOf(error) !== "EEXIST") throw error;
  }
  return true;
}

/** Create a file with its content in one step; what is there already stays. @param {string} path  @param {Buffer | string} content */
export function createWhole(path, content) {
  const unfinished = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString("hex")}`);
  writeNew(unfinished, content);
  try {
    linkSync(unfinished, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    unlinkSync(unfinished);
  }
}

/** Write a file that is not there yet, whole or not at all. @param {string} path  @param {Buffer | string} content */
export function writeNew(path, content) {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  const file = openSync(path, "wx", PRIVATE_FILE);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

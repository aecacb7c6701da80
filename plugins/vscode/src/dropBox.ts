// The spool's drop box: how an emitter without file locks hands events over (docs/spool.md).
import { createHash, randomBytes } from "node:crypto";
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

const MOST_FILES = 2_000;
const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;

/** Of this process: what is written in one instant keeps its order. */
let counter = 0;
let lastMoment = 0n;

export interface Draft {
  readonly type: string;
  readonly source: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Write events of one session, in order, as one file.
 *
 * @throws when the disk is full or the folder cannot be written.
 */
export function drop(folder: string, session: string, drafts: readonly Draft[]): void {
  const box = join(folder, "inbox");
  makeDirectory(box);
  const givenUp = makeRoom(box);
  const lines = drafts.map((draft) => JSON.stringify(eventOf(session, draft)));
  if (givenUp > 0) lines.unshift(JSON.stringify({ given_up: givenUp }));
  const name = `${moment().toString().padStart(20, "0")}-${process.pid}-${(counter++ % 1_000_000).toString().padStart(6, "0")}.jsonl`;
  const unfinished = join(box, `.${name}`);
  writeNew(unfinished, `${lines.join("\n")}\n`);
  renameSync(unfinished, join(box, name));
}

/** The folder of a session: its id where that is a plain name, else a digest of it. */
export function folderName(session: string): string {
  if (session.length <= 100 && /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(session)) return session;
  return `~${createHash("sha256").update(session, "utf8").digest("hex").slice(0, 40)}`;
}

/** Create a file with its content in one step, readable by its owner only; what is there already stays. */
export function createWhole(path: string, content: string | Buffer): void {
  const slash = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  const unfinished = `${path.slice(0, slash + 1)}.${path.slice(slash + 1)}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeNew(unfinished, content);
  try {
    linkSync(unfinished, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    unlinkSync(unfinished);
  }
}

/** Make a folder, and those above it, for their owner only. Node's own `recursive` never comes back where a file system refuses. */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, PRIVATE_DIRECTORY);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    makeDirectory(dirname(path));
    try {
      mkdirSync(path, PRIVATE_DIRECTORY);
    } catch (again) {
      if ((again as NodeJS.ErrnoException).code !== "EEXIST") throw again;
    }
  }
}

function eventOf(session: string, { type, source, data }: Draft): Record<string, unknown> {
  return {
    specversion: "1.0",
    id: randomBytes(16).toString("hex"),
    source,
    type,
    time: new Date().toISOString(),
    datacontenttype: "application/json",
    partitionkey: session,
    data: { session_id: session, ...data },
  };
}

/** Remove the oldest files where there are too many; how many events they held. */
function makeRoom(box: string): number {
  const names = readdirSync(box).filter((name) => name.endsWith(".jsonl") && !name.startsWith("."));
  if (names.length < MOST_FILES) return 0;
  let events = 0;
  for (const name of names.sort().slice(0, names.length - MOST_FILES + 1)) {
    try {
      const held = readFileSync(join(box, name), "utf8").split("\n").filter((line) => line !== "");
      unlinkSync(join(box, name));
      events += held.reduce((sum, line) => sum + eventsIn(line), 0);
    } catch {
      // taken out meanwhile
    }
  }
  return events;
}

function eventsIn(line: string): number {
  try {
    const { given_up: earlier } = JSON.parse(line) as { given_up?: unknown };
    return typeof earlier === "number" ? earlier : 1;
  } catch {
    return 1;
  }
}

/** Nanoseconds since the epoch; never the same twice. */
function moment(): bigint {
  const now = BigInt(Date.now()) * 1_000_000n;
  lastMoment = now > lastMoment ? now : lastMoment + 1n;
  return lastMoment;
}

function writeNew(path: string, content: string | Buffer): void {
  const file = openSync(path, "wx", PRIVATE_FILE);
  try {
    writeSync(file, typeof content === "string" ? Buffer.from(content, "utf8") : content);
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

// The spool's drop box: how an emitter without file locks hands events over (docs/spool.md of fixloop).
import { randomBytes } from "node:crypto";
import { readFileSync, readdirSync, renameSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "./digests.js";
import { makeDirectory, writeNew } from "./private-files.js";
import { size } from "./texts.js";

/**
 * An event without its id, time and place in the session.
 * @typedef {{type: string, source: string, data: Record<string, unknown>}} Draft
 */

const MOST_FILES = 2_000;
const MOST_NAME = 100;

let counter = 0;
let lastMoment = 0n;

/** The drop box of one session. */
export class DropBox {
  #session;
  #folder;
  /** Events that could not be written, and are named as given up with the next ones. */
  #lost = 0;

  /** @param {string} spool  @param {string} session */
  constructor(spool, session) {
    this.#session = session;
    this.#folder = join(spool, "sessions", folderName(session), "inbox");
  }

  /**
   * Write events as one file, in order, whole or not at all.
   * @param {readonly Draft[]} drafts
   * @throws where the disk is full or the folder cannot be written
   */
  drop(drafts) {
    const givenUp = this.#lost;
    this.#lost += drafts.length;
    makeDirectory(this.#folder);
    const removed = makeRoom(this.#folder);
    this.#lost += removed;
    const lines = drafts.map((draft) => JSON.stringify(eventOf(this.#session, draft)));
    if (givenUp + removed > 0) lines.unshift(JSON.stringify({ given_up: givenUp + removed }));
    const name = nextName();
    const unfinished = join(this.#folder, `.${name}`);
    writeNew(unfinished, `${lines.join("\n")}\n`);
    renameSync(unfinished, join(this.#folder, name));
    this.#lost = 0;
  }
}

/** A session's folder: its id where that is a plain name, else a digest of it. @param {string} session */
export function folderName(session) {
  if (size(session) <= MOST_NAME && /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(session)) return session;
  return `~${sha256(session).slice(0, 40)}`;
}

/** @param {string} session  @param {Draft} draft */
function eventOf(session, { type, source, data }) {
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

/** Remove the oldest files where there are too many; how many events they held. @param {string} folder */
function makeRoom(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl") && !name.startsWith("."));
  let events = 0;
  for (const name of names.sort().slice(0, Math.max(0, names.length - MOST_FILES + 1))) {
    try {
      const held = readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean);
      unlinkSync(join(folder, name));
      for (const line of held) events += eventsIn(line);
    } catch {
      // taken out meanwhile
    }
  }
  return events;
}

/** @param {string} line  @returns {number} */
function eventsIn(line) {
  try {
    const earlier = JSON.parse(line).given_up;
    return Number.isInteger(earlier) && earlier > 0 ? earlier : 1;
  } catch {
    return 1;
  }
}

/** A name that is later than every one before it in this process. */
function nextName() {
  const now = BigInt(Date.now()) * 1_000_000n;
  lastMoment = now > lastMoment ? now : lastMoment + 1n;
  const [time, number] = [lastMoment.toString().padStart(20, "0"), (counter++ % 1_000_000).toString().padStart(6, "0")];
  return `${time}-${process.pid}-${number}.jsonl`;
}

// What others wrote into a session's folder of the spool a moment ago: an agent that told of the same edit, a runner that told of its run.
import { closeSync, fstatSync, openSync, readFileSync, readSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Emitter } from "./emitting.ts";

/** Two emitters that saw the same text reach the same file within this time saw the same edit. */
export const SAME_EDIT_MILLISECONDS = 2_000;
const TAIL = 128 * 1024;
const RUN_STARTED = "dev.fixloop.testsuiterun.started.v1";
const EDIT_APPLIED = "dev.fixloop.edit.applied.v1";

export interface Line {
  readonly type: string;
  readonly source: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Whether an agent's hook has just told of this edit, in whatever session: the same path and the same text. */
export function wasToldByAnAgent(emitter: Emitter, path: string, after: string, now = Date.now()): boolean {
  return linesOfAll(emitter.spool, now - SAME_EDIT_MILLISECONDS).some(
    (line) =>
      line.type === EDIT_APPLIED &&
      line.source.startsWith("/agent/") &&
      line.data["path"] === path &&
      line.data["file_digest_after"] === after,
  );
}

/** Whether a runner's own plugin began a run at or after `start`, in any session of the spool. */
export function runnerReported(spool: string, start: number): boolean {
  return linesOfAll(spool, start).some((line) => line.type === RUN_STARTED && line.source.startsWith("/runner/"));
}

/** The number of the session's next event, as its state says; undefined where there is none. */
export function nextSeq(folder: string): number | undefined {
  try {
    const { next_seq: next } = JSON.parse(readFileSync(join(folder, "state"), "utf8")) as { next_seq?: unknown };
    return typeof next === "number" ? next : undefined;
  } catch {
    return undefined;
  }
}

function linesOfAll(spool: string, since: number): Line[] {
  const sessions = join(spool, "sessions");
  const recent = (folder: string): boolean => [folder, join(folder, "state"), join(folder, "inbox")].some((path) => changed(path) >= since);
  return listed(sessions)
    .map((name) => join(sessions, name))
    .filter(recent)
    .flatMap((folder) => linesSince(folder, since));
}

/** The events in the folder's newest files whose time is at or after `since`, those without a number last. */
export function linesSince(folder: string, since: number): Line[] {
  const segments = listed(folder)
    .filter((name) => /^\d+\.jsonl$/.test(name))
    .sort()
    .slice(-2)
    .map((name) => join(folder, name));
  const inbox = join(folder, "inbox");
  const boxed = listed(inbox)
    .filter((name) => name.endsWith(".jsonl") && !name.startsWith("."))
    .sort()
    .slice(-50)
    .map((name) => join(inbox, name));
  return [...segments, ...boxed].flatMap((path) => tail(path, since)).filter((line) => Date.parse(line.time) >= since);
}

function tail(path: string, since: number): Line[] {
  try {
    if (statSync(path).mtimeMs < since) return [];
    const file = openSync(path, "r");
    try {
      const size = fstatSync(file).size;
      const buffer = Buffer.alloc(Math.min(size, TAIL));
      const read = readSync(file, buffer, 0, buffer.length, size - buffer.length);
      return buffer.subarray(0, read).toString("utf8").split("\n").flatMap(parsed);
    } finally {
      closeSync(file);
    }
  } catch {
    return [];
  }
}

function parsed(text: string): Line[] {
  try {
    const line = JSON.parse(text) as Partial<Line> | null;
    const whole = typeof line?.type === "string" && typeof line.source === "string" && typeof line.time === "string";
    return whole && typeof line.data === "object" && line.data !== null ? [line as Line] : [];
  } catch {
    return []; // the first one of a tail is cut
  }
}

function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

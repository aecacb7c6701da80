// Markers in the git directory: which agent works in this working copy (docs/sessions.md of fixloop). They are read here and never written.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ancestors } from "./processes.js";
import { codeOf } from "./private-files.js";

/** @typedef {import("./processes.js").Process} Process */
/** @typedef {{session: string, agent: string, pid: number, started: string, age: number}} Marker age in seconds since the agent's last call */

/** How long after the agent's last call its marker counts for who does not descend from it. */
const FRESH_SECONDS = 12 * 3600;
const MOST = 64;
const MAX_BYTES = 4_096;

/** The session that this process belongs to, by the markers in a git directory. @param {string} git  @param {string | undefined} agent */
export function markedSession(git, agent) {
  const markers = read(join(git, "fixloop"));
  if (markers.length === 0) return undefined;
  return chosen(markers, ancestors(), agent, new Set(markers.map(({ pid }) => pid).filter(runs)));
}

/**
 * The same, from what is known.
 * @param {Marker[]} markers
 * @param {readonly Process[]} descent the processes that it descends from, nearest first
 * @param {string | undefined} agent the agent that its environment names
 * @param {ReadonlySet<number>} alive those of the markers' processes that run
 */
export function chosen(markers, descent, agent, alive) {
  for (const { pid, started } of descent) {
    const same = latest(markers.filter((one) => one.pid === pid && one.started === started));
    if (same) return same.session;
  }
  if (agent === undefined) return undefined;
  return latest(markers.filter((one) => one.agent === agent && one.age < FRESH_SECONDS && alive.has(one.pid)))?.session;
}

/** @param {Marker[]} markers  @returns {Marker | undefined} */
const latest = (markers) => markers.sort((one, other) => one.age - other.age)[0];

/** @param {string} folder  @returns {Marker[]} */
function read(folder) {
  /** @type {string[]} */
  let names = [];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json") && !name.startsWith("."));
  } catch {
    return [];
  }
  return names.sort().slice(0, MOST).flatMap((name) => {
    try {
      const path = join(folder, name);
      const age = Math.max(0, (Date.now() - statSync(path).mtimeMs) / 1000);
      const { session_id, agent, pid, started } = JSON.parse(readFileSync(path).subarray(0, MAX_BYTES).toString("utf8"));
      if (session_id === undefined || agent === undefined || !Number.isInteger(Number(pid)) || started === undefined) return [];
      return [{ session: String(session_id), agent: String(agent), pid: Number(pid), started: String(started), age }];
    } catch {
      return [];
    }
  });
}

/** @param {number} pid */
function runs(pid) {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

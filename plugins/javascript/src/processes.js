// The processes that this one descends from, as far as the system tells: from `/proc`, else from `ps`; nothing where there is neither.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** @typedef {{pid: number, started: string}} Process `started` in the system's own words: a later process with the same number has another one */
/** @typedef {(pid: number) => {started: string, parent: number} | undefined} Asked */

const MOST = 64;
const PS_MILLISECONDS = 500;
/** `lstart` of `ps`: day, month, day, time, year. */
const STARTED_WORDS = 5;

/** The parent of this process, its parent, and so on. @returns {Process[]} */
export function ancestors() {
  const ask = existsSync("/proc/self/stat") ? fromProc : fromPs();
  /** @type {Process[]} */
  const found = [];
  let pid = ask(process.pid)?.parent ?? 0;
  while (pid > 1 && found.length < MOST) {
    const one = ask(pid);
    if (one === undefined) break;
    found.push({ pid, started: one.started });
    pid = one.parent;
  }
  return found;
}

/** What each process that this one descends from was started with, the nearest first; ends where the system does not tell. */
export function* environments() {
  for (const { pid } of ancestors()) {
    try {
      yield Object.fromEntries(readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").map((pair) => [pair.split("=", 1)[0] ?? "", pair.slice(pair.indexOf("=") + 1)]));
    } catch {
      return;
    }
  }
}

/** @type {Asked} */
function fromProc(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 1).trim().split(/\s+/);
    const [parent, started] = [Number(fields[1]), fields[19]];
    return started === undefined ? undefined : { started, parent };
  } catch {
    return undefined;
  }
}

/** The same from one call of `ps`. @returns {Asked} */
function fromPs() {
  /** @type {Map<number, {started: string, parent: number}>} */
  const all = new Map();
  try {
    const told = execFileSync("ps", ["-A", "-o", "pid=,ppid=,lstart=,comm="], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: PS_MILLISECONDS,
    });
    for (const line of told.split("\n")) {
      const [pid, parent, ...rest] = line.trim().split(/\s+/);
      if (rest.length > STARTED_WORDS) all.set(Number(pid), { started: rest.slice(0, STARTED_WORDS).join(" "), parent: Number(parent) });
    }
  } catch {
    // nobody says
  }
  return (pid) => all.get(pid);
}

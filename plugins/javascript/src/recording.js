// One run of tests as the events that tell it, written while it goes on. Nothing in here throws into a runner or prints.
import { randomBytes } from "node:crypto";
import { bounded } from "./digests.js";
import { note } from "./emit-log.js";
import { Emitter } from "./emitter.js";
import { UNKNOWN } from "./failures.js";
import { insideATest } from "./inside-a-test.js";
import { rules } from "./rules.js";
import { spoolOf, switchedOn } from "./settings.js";
import { signature } from "./signatures.js";

/** @typedef {import("./failures.js").Failure} Failure */
/** @typedef {"pass" | "fail" | "error" | "skip"} Outcome */
/** @typedef {"success" | "failure" | "skipped" | "aborted" | "timed_out"} Status */
/**
 * What one test did.
 * @typedef {object} Result
 * @property {string | undefined} file its path
 * @property {readonly string[]} titles from the outermost on
 * @property {string | undefined} [project] of several in which the same test runs
 * @property {Outcome} outcome the last word
 * @property {"case" | "group"} [level] `group`: a file or suite that could not run
 * @property {Failure | undefined} [failure] of a red one
 * @property {number | undefined} [milliseconds]
 * @property {readonly Outcome[]} [attempts] with the last one, where there were several
 */
/**
 * How the runner was called.
 * @typedef {object} Asked
 * @property {string} framework
 * @property {string} folder where its tests are
 * @property {readonly string[]} selectors what it was asked for; none: everything
 * @property {boolean} [record] whether its own configuration says to record
 */

const RUN = "dev.fixloop.testsuiterun";
const ROOM = 16 * 1024;
const FULL_RESULTS = 200;
/** The most that a run loses when it is killed. */
const FULL_MILLISECONDS = 500;
const MAX_SELECTORS = 256;
const MAX_ATTEMPTS = 100;
const RANK = { pass: 1, skip: 0, error: 2, fail: 3 };
/** What surely is nothing of the project: an assignment, JSON, a URL, a home, what a shell puts in, an absolute path inside of something. */
const UNTELLABLE = /^\w+=|^[{[]|^@[/~.]|\w+:\/\/|\bfile:|^[A-Za-z]:[\\/]|^[~\\]|\$[\w({]|`|(?<=[\s=:,;'"(])[/~]\/?\w/;
/** As they were before tests put clocks of their own in their place. */
const [later, never, now] = [setTimeout, clearTimeout, performance.now.bind(performance)];
/** What was set when this module was loaded: runners set variables for their workers that tests of a nested run inherit. */
const NESTED = insideATest(process.env);

/** Whether a run is asked for; that everything is switched off, the emitter knows. @param {boolean} record */
const wanted = (record) => record || (switchedOn(process.env) && !NESTED);

/**
 * Begin to record a run; undefined where nothing is to be said.
 * @param {() => Asked} asked
 */
export function begin(asked) {
  return quietly(() => {
    const { framework, folder, selectors, record = false } = asked();
    if (!wanted(record)) return undefined;
    const emitter = Emitter.here(process.env, folder);
    return emitter && new Recording(emitter, framework, selectors);
  });
}

/** What a call gives; undefined where it throws, which is noted. @template T  @param {() => T} call  @returns {T | undefined} */
export function quietly(call) {
  try {
    return call();
  } catch (error) {
    quiet(error);
    return undefined;
  }
}

/** @param {unknown} error */
function quiet(error) {
  try {
    note(spoolOf(process.env), "javascript: not recorded", error);
  } catch {
    // a run of tests is worth more than a line in a log
  }
}

/** A run that is recorded. */
export class Recording {
  #emitter;
  #source;
  #run = randomBytes(16).toString("hex");
  #began = now();
  #parts = 0;
  #complete = true;
  /** @type {Record<string, unknown>[]} */
  #waiting = [];
  #bytes = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #leave = () => void quietly(() => this.flush());
  /** @type {Map<string, string>} how each file is told */
  #files = new Map();
  /** @type {Map<string, {outcome: Outcome, attempts: number}>} what was said of each test */
  #said = new Map();

  /** @param {Emitter} emitter  @param {string} framework  @param {readonly string[]} selectors */
  constructor(emitter, framework, selectors) {
    this.#emitter = emitter;
    this.#source = `/runner/${framework}`;
    const told = selectors.slice(0, MAX_SELECTORS).map((selector) => this.#selector(selector));
    const digest = emitter.digester.text([framework, ...process.argv.slice(2)].join("\0"));
    this.#emit("started", {
      framework,
      command: { runner: framework, selectors: told, digest },
      scope: told.length === 0 ? "all" : "selection",
    });
    process.once("exit", this.#leave);
  }

  /** Take in what one test did. @param {Result} result */
  add(result) {
    quietly(() => this.#add(result));
  }

  /** Write what waits. */
  flush() {
    if (this.#waiting.length > 0) {
      this.#complete = this.#emit("results", { part: this.#parts, results: this.#waiting }) && this.#complete;
      this.#parts += 1;
    }
    never(this.#timer);
    [this.#waiting, this.#bytes, this.#timer] = [[], 0, undefined];
  }

  /** The run ended by itself. @param {Status | undefined} [status] where the runner says more than its tests do */
  end(status) {
    quietly(() => {
      process.removeListener("exit", this.#leave);
      this.flush();
      const totals = this.#totals();
      const red = [...this.#said.values()].some(({ outcome }) => outcome === "fail" || outcome === "error");
      this.#emit("finished", {
        parts: this.#parts,
        status: status ?? (red ? "failure" : totals.passed > 0 ? "success" : "skipped"),
        totals,
        results_complete: this.#complete,
        duration: seconds(now() - this.#began),
      });
    });
  }

  /** @param {Result} result */
  #add({ file, titles, project, outcome, level = "case", failure, milliseconds, attempts = [] }) {
    const name = this.#name(file, titles, project);
    const key = `${level}\0${name}`;
    const before = this.#said.get(key);
    // Two tests of one title are one to the reader: a failure is the word. More attempts than were told are news of the same test.
    if (before && attempts.length <= before.attempts && RANK[outcome] <= RANK[before.outcome]) return;
    this.#said.set(key, { outcome, attempts: attempts.length });
    const red = outcome === "fail" || outcome === "error";
    this.#push({
      test_case_name: name,
      outcome,
      ...(level === "case" ? {} : { level }),
      ...(red ? { signature: signature(this.#emitter.digester, failure ?? UNKNOWN, this.#emitter.tellsTexts) } : {}),
      ...(milliseconds !== undefined && milliseconds >= 0 ? { duration: seconds(milliseconds) } : {}),
      ...(attempts.length > 1 ? { attempts: attempts.slice(-MAX_ATTEMPTS) } : {}),
    });
  }

  /** @param {Record<string, unknown>} result */
  #push(result) {
    const size = Buffer.byteLength(JSON.stringify(result)) + 1;
    if (this.#bytes + size > rules.limits.event - ROOM) this.flush();
    this.#waiting.push(result);
    this.#bytes += size;
    if (this.#waiting.length >= FULL_RESULTS) this.flush();
    else this.#timer ??= later(this.#leave, FULL_MILLISECONDS).unref();
  }

  /** @param {string | undefined} file  @param {readonly string[]} titles  @param {string | undefined} project */
  #name(file, titles, project) {
    const parts = [...(file === undefined ? [] : [this.#file(file)]), ...titles.map((title) => title.trim())];
    return bounded(`${parts.join(" > ") || "."}${project ? ` [${project}]` : ""}`, rules.limits.testName);
  }

  /** @param {string} file */
  #file(file) {
    const told = this.#files.get(file) ?? this.#emitter.place(file);
    this.#files.set(file, told);
    return told;
  }

  /** A selector that is a path leaves relative to the working copy, or as a digest. @param {string} selector */
  #selector(selector) {
    if (UNTELLABLE.test(selector)) return this.#emitter.digester.text(selector);
    const isPath = /^(\/|\.\.)/.test(selector);
    return bounded(isPath ? this.#emitter.place(selector) : selector, rules.limits.testName);
  }

  #totals() {
    const said = [...this.#said].filter(([key]) => key.startsWith("case")).map(([, { outcome }]) => outcome);
    const count = (/** @type {Outcome} */ word) => said.filter((outcome) => outcome === word).length;
    return { passed: count("pass"), failed: count("fail"), errors: count("error"), skipped: count("skip") };
  }

  /** @param {string} what  @param {Record<string, unknown>} data */
  #emit(what, data) {
    return this.#emitter.emit(this.#source, [[`${RUN}.${what}.v1`, { run_id: this.#run, ...data }]]);
  }
}

/** @param {number} milliseconds */
const seconds = (milliseconds) => Math.round(milliseconds * 1000) / 1e6;

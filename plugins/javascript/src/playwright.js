// A reporter for Playwright's test runner: `--reporter=list,fixloop/playwright`. It is called in the main process, once for each attempt.
import { dirname } from "node:path";
import { options, positionals } from "./call.js";
import { errorText } from "./error-text.js";
import { extract } from "./failures.js";
import { begin } from "./recording.js";

/** @typedef {import("@playwright/test/reporter").FullConfig} FullConfig */
/** @typedef {import("@playwright/test/reporter").FullResult} FullResult */
/** @typedef {import("@playwright/test/reporter").Suite} Suite */
/** @typedef {import("@playwright/test/reporter").TestCase} TestCase */
/** @typedef {import("@playwright/test/reporter").TestResult} TestResult */
/** @typedef {import("@playwright/test/reporter").TestError} TestError */
/** @typedef {import("./recording.js").Outcome} Outcome */
/** @typedef {import("./recording.js").Status} Status */

/** @type {Record<string, Status>} */
const STATUS = { failed: "failure", timedout: "timed_out", interrupted: "aborted" };

/** What is said of a test that passes and should not. */
const UNEXPECTED = { message: "Expected to fail, but passed." };

export default class FixloopReporter {
  #record;
  /** @type {import("./recording.js").Recording | undefined} */
  #recording;
  /** @type {Set<TestCase>} those that may be tried again */
  #open = new Set();
  /** @type {TestError[]} said before the run began */
  #early = [];

  /** @param {{record?: boolean}} [options] */
  constructor(options) {
    this.#record = options?.record === true;
  }

  printsToStdio() {
    return false;
  }

  /** @param {FullConfig} config */
  onBegin(config) {
    if (process.argv.includes("--list")) return;
    this.#recording = begin(() => ({
      framework: "playwright",
      folder: config.configFile ? dirname(config.configFile) : process.cwd(),
      selectors: selectors(),
      record: this.#record,
    }));
    for (const error of this.#early.splice(0)) this.onError(error);
  }

  /** @param {TestCase} test  @param {TestResult} result */
  onTestEnd(test, result) {
    const settled = result.status === test.expectedStatus || result.retry >= test.retries;
    if (settled) this.#add(test);
    else this.#open.add(test);
  }

  /** @param {TestError} error */
  onError(error) {
    if (!this.#recording) this.#early.push(error);
    else this.#recording.add({ file: error.location?.file, titles: [], outcome: "error", level: "group", failure: failureOf(error) });
  }

  /** @param {FullResult} result */
  onEnd(result) {
    for (const test of this.#open) this.#add(test);
    this.#recording?.end(STATUS[result.status]);
    this.#recording = undefined;
  }

  /** Say all that is known of a test: in a serial group one that had passed may run once more. @param {TestCase} test */
  #add(test) {
    this.#open.delete(test);
    const attempts = test.results.map((result) => outcomeOf(test, result)).filter((outcome) => outcome !== undefined);
    const outcome = attempts[attempts.length - 1];
    const last = test.results[test.results.length - 1];
    if (!this.#recording || outcome === undefined || last === undefined) return;
    this.#recording.add({
      file: test.location.file,
      titles: titlesOf(test),
      project: test.parent.project()?.name,
      outcome,
      failure: outcome === "fail" ? failureOf(last.errors[0] ?? UNEXPECTED) : undefined,
      milliseconds: last.duration,
      attempts,
    });
  }
}

/** What one attempt did; undefined where it did not run, or not to its end. @param {TestCase} test  @param {TestResult} result  @returns {Outcome | undefined} */
function outcomeOf(test, { status }) {
  const expected = status === test.expectedStatus;
  if (status === "interrupted") return undefined;
  if (status === "skipped") return expected ? "skip" : undefined;
  if (!expected) return "fail";
  // A test that is expected to fail, and does, is neither green nor red.
  return status === "passed" ? "pass" : "skip";
}

/** The titles within the file. @param {TestCase} test */
function titlesOf(test) {
  /** @type {string[]} */
  const titles = [test.title];
  for (let suite = /** @type {Suite | undefined} */ (test.parent); suite && suite.type === "describe"; suite = suite.parent) {
    if (suite.title) titles.unshift(suite.title);
  }
  return titles;
}

/** @param {TestError | undefined} error */
function failureOf(error) {
  if (!error) return undefined;
  return extract(error.message === undefined ? `Error: ${error.value ?? ""}` : errorText(error));
}

const SELECTING = /^(-g|--grep|-G|--grep-invert|--project|--only-changed|--last-failed|--test-list|--test-list-invert|--shard)$/;
const VALUED =
  /^(-c|--config|-g|--grep|-G|--grep-invert|-j|--workers|--add-reporter|--browser|--global-timeout|--last-failed-file|--max-failures|--output|--project|--repeat-each|--reporter|--retries|--run-agents|--shard|--test-list|--test-list-invert|--timeout|--trace|--tsconfig|-u|--update-snapshots|--ui-host|--ui-port|--update-source-method)$/;

/** What Playwright was asked for beside everything. */
function selectors() {
  const given = process.argv.slice(2);
  return [...positionals(given, VALUED).filter((word) => word !== "test"), ...options(given, SELECTING, VALUED)];
}

// A reporter for Mocha: `--reporter fixloop/mocha-reporter`, which shows what `spec` or the reporter in its option `reporter` shows.
// Mocha loads reporters with `require`, and Node 18 cannot load the rest of this package so: until it is there, what is told waits.
"use strict";
const { createRequire } = require("node:module");
const { join } = require("node:path");

/** @typedef {import("./mocha-runs.js").Runner} Runner */
/** @typedef {{reporterOptions?: {reporter?: string, record?: unknown}, reporterOption?: {reporter?: string, record?: unknown}}} Options */
/** @typedef {{done?(failures: number, end: (failures: number) => void): void}} Shown */

const EVENTS = ["pass", "pending", "retry", "fail", "end"];
const fromProject = createRequire(join(process.cwd(), "package.json"));

module.exports = class FixloopReporter {
  #shown;
  #told;

  /** @param {Runner} runner  @param {Options} [options] */
  constructor(runner, options) {
    const { reporter = "spec", record } = options?.reporterOptions ?? options?.reporterOption ?? {};
    this.#told = tell(runner, record === true || record === "true");
    this.#shown = new (shown(reporter))(runner, options);
  }

  /** @param {number} failures  @param {(failures: number) => void} end */
  done(failures, end) {
    void this.#told.then(() => (this.#shown.done ? this.#shown.done(failures, end) : end(failures)));
  }
};

/**
 * Pass on what the runner tells, from its beginning. Never rejects.
 * @param {Runner} runner
 * @param {boolean} record
 */
async function tell(runner, record) {
  /** @type {[string, unknown[]][]} */
  const waiting = [];
  /** @type {Map<string, (...told: any[]) => void>} */
  const listeners = new Map();
  for (const event of EVENTS) {
    runner.on(event, (...told) => {
      const listener = listeners.get(event);
      if (listener) listener(...told);
      else waiting.push([event, told]);
    });
  }
  const { suite, _opts, _grep, _defaultGrep } = runner;
  const only = suite?.hasOnly?.() ?? false;
  try {
    const { watch } = await import("./mocha-runs.js");
    watch(
      /** @type {Runner} */ ({
        on: (event, listener) => void listeners.set(event, listener),
        suite: { hasOnly: () => only },
        ...(_opts ? { _opts } : {}),
        ...(_grep ? { _grep } : {}),
        ...(_defaultGrep ? { _defaultGrep } : {}),
        get _abort() {
          return runner._abort ?? false;
        },
      }),
      record,
    );
    for (const [event, told] of waiting) listeners.get(event)?.(...told);
  } catch {
    // the run goes on as it would without
  }
}

/** The reporter whose output is shown. @param {string} name  @returns {new (runner: Runner, options?: Options) => Shown} */
function shown(name) {
  const builtIn = fromProject("mocha").reporters?.[name];
  if (builtIn) return builtIn;
  const found = fromProject(name);
  return found.default ?? found;
}

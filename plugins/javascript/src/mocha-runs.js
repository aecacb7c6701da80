// What Mocha's runner tells of a run. It is one object in the main process, which hears of all workers' tests under `--parallel` too.
import { statSync } from "node:fs";
import { positionals } from "./call.js";
import { errorText } from "./error-text.js";
import { extract } from "./failures.js";
import { begin } from "./recording.js";

/** @typedef {import("./recording.js").Outcome} Outcome */
/**
 * A test, or a hook, or what a worker sent of one.
 * @typedef {{titlePath(): string[], file?: string, type?: string, duration?: number, title: string, _currentRetry?: number, currentRetry?(): number}} Runnable
 */
/**
 * @typedef {object} Runner
 * @property {(event: string, listener: (test: Runnable, error?: unknown) => void) => void} on
 * @property {{hasOnly?(): boolean}} [suite]
 * @property {{dryRun?: boolean}} [_opts]
 * @property {RegExp} [_grep]
 * @property {RegExp} [_defaultGrep]
 * @property {boolean} [_abort]
 */

const VALUED =
  /^(-r|--require|-R|--reporter|-O|--reporter-options?|-u|--ui|-t|--timeouts?|-s|--slow|-j|--jobs|-g|--grep|-f|--fgrep|-n|--node-option|--config|--package|--file|--ignore|--exclude|--extension|--watch-files|--watch-ignore|--globals?|--retries)$/;
const WATCHED = Symbol.for("fixloop.watched");

/**
 * Record the run of a runner that has not begun, once.
 * @param {Runner} runner
 * @param {boolean} [record]
 */
export function watch(runner, record = false) {
  const marked = /** @type {Record<symbol, boolean>} */ (/** @type {unknown} */ (runner));
  if (marked[WATCHED] || runner._opts?.dryRun) return;
  Object.defineProperty(runner, WATCHED, { value: true });
  const recording = begin(() => ({ framework: "mocha", folder: process.cwd(), selectors: selectors(runner), record }));
  if (!recording) return;
  /** @type {Map<string, number>} failed attempts of the tests that are tried again */
  const retries = new Map();

  /** @param {Outcome} outcome  @returns {(test: Runnable, error?: unknown) => void} */
  const take = (outcome) => (test, error) => {
    const key = keyOf(test);
    const failed = retries.get(key) ?? 0;
    retries.delete(key); // another test may have the same title
    recording.add({
      file: test.file,
      titles: test.titlePath(),
      outcome,
      failure: outcome === "pass" || outcome === "skip" ? undefined : failureOf(error),
      milliseconds: test.duration,
      attempts: failed > 0 ? [.../** @type {Outcome[]} */ (Array(failed).fill("fail")), outcome] : [],
    });
  };
  runner.on("pass", take("pass"));
  runner.on("pending", take("skip"));
  runner.on("retry", (test) => void retries.set(keyOf(test), (test._currentRetry ?? test.currentRetry?.() ?? 0) + 1));
  runner.on("fail", (test, error) => {
    if (test.type !== "hook") return take("fail")(test, error);
    recording.add({ file: test.file, titles: test.titlePath(), outcome: "error", level: "group", failure: failureOf(error) });
  });
  runner.on("end", () => recording.end(runner._abort ? "aborted" : undefined));
}

/** @param {Runnable} test */
const keyOf = (test) => [test.file, ...test.titlePath()].join("\0");

/** @param {unknown} error */
function failureOf(error) {
  const uncaught = typeof error === "object" && error !== null && "uncaught" in error && error.uncaught === true;
  return extract(`${uncaught ? "Uncaught " : ""}${errorText(error)}`);
}

/** The files that were named. A glob or a folder is how all tests are named. */
export function files() {
  return positionals(process.argv.slice(2), VALUED).filter((word) => statSync(word, { throwIfNoEntry: false })?.isFile());
}

/** What Mocha was asked for beside everything. @param {Runner} runner */
function selectors(runner) {
  const grep = runner._grep && String(runner._grep) !== String(runner._defaultGrep) ? [`-g ${runner._grep.source}`] : [];
  return [...files(), ...grep, ...(runner.suite?.hasOnly?.() ? [".only"] : [])];
}

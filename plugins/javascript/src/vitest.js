// A reporter for Vitest: `--reporter=default --reporter=fixloop/vitest`. It is called in Vitest's main process; each rerun of watch mode is a run.
import { inspect } from "node:util";
import { options } from "./call.js";
import { errorText } from "./error-text.js";
import { extract } from "./failures.js";
import { begin } from "./recording.js";

/** @typedef {import("vitest/node").Vitest} Vitest */
/** @typedef {import("vitest/node").TestCase} TestCase */
/** @typedef {import("vitest/node").TestSuite} TestSuite */
/** @typedef {import("vitest/node").TestModule} TestModule */
/** @typedef {import("vitest/node").SerializedError} SerializedError */
/** @typedef {import("./recording.js").Outcome} Outcome */

/** @type {Record<string, Outcome>} */
const OUTCOMES = { passed: "pass", failed: "fail", skipped: "skip" };
const PROJECT = /^--project$/;

export default class FixloopReporter {
  #record;
  /** @type {Vitest | undefined} */
  #vitest;
  /** Runs of this process so far: all but the first were asked for by what changed. */
  #runs = 0;
  /** @type {import("./recording.js").Recording | undefined} */
  #recording;

  /** @param {{record?: boolean}} [options] */
  constructor(options) {
    this.#record = options?.record === true;
  }

  /** @param {Vitest} vitest */
  onInit(vitest) {
    this.#vitest = vitest;
  }

  /** @param {readonly {moduleId: string}[]} specifications */
  onTestRunStart(specifications) {
    const vitest = this.#vitest;
    if (!vitest) return;
    this.#runs += 1;
    this.#recording = begin(() => ({
      framework: "vitest",
      folder: vitest.config.root,
      selectors: [...selectors(vitest), ...(this.#runs > 1 ? specifications.map(({ moduleId }) => moduleId) : [])],
      record: this.#record,
    }));
  }

  /** @param {TestCase} test */
  onTestCaseResult(test) {
    const { state, errors = [] } = test.result();
    const known = OUTCOMES[state];
    if (known === undefined || isLeftOut(test, this.#vitest)) return;
    // A test that is expected to fail, and does, is neither green nor red.
    const outcome = test.options.fails && known === "pass" ? "skip" : known;
    const { duration, retryCount = 0 } = test.diagnostic() ?? {};
    this.#recording?.add({
      ...named(test),
      outcome,
      failure: outcome === "fail" ? failureOf(errors) : undefined,
      milliseconds: duration,
      attempts: retryCount > 0 ? [.../** @type {Outcome[]} */ (Array(retryCount).fill("fail")), outcome] : [],
    });
  }

  /** @param {TestSuite} suite */
  onTestSuiteResult(suite) {
    this.#addGroup(suite);
  }

  /** @param {TestModule} module */
  onTestModuleEnd(module) {
    this.#addGroup(module);
  }

  /** @param {unknown} _modules  @param {readonly SerializedError[]} errors  @param {"passed" | "failed" | "interrupted"} reason */
  onTestRunEnd(_modules, errors, reason) {
    for (const error of errors) {
      const file = error["VITEST_TEST_PATH"];
      const failure = failureOf([error]);
      this.#recording?.add({ file: typeof file === "string" ? file : undefined, titles: [], outcome: "error", level: "group", failure });
    }
    this.#recording?.end(reason === "interrupted" ? "aborted" : reason === "failed" ? "failure" : undefined);
    this.#recording = undefined;
  }

  /** What went wrong around tests: in a hook for all of them, or while their file was loaded. @param {TestSuite | TestModule} group */
  #addGroup(group) {
    const errors = group.errors();
    if (errors.length === 0) return;
    this.#recording?.add({ ...named(group), outcome: "error", level: "group", failure: failureOf(errors) });
  }
}

/** @param {TestCase | TestSuite | TestModule} task */
function named(task) {
  /** @type {string[]} */
  const titles = [];
  let above = task;
  while (above.type !== "module") {
    titles.unshift(above.name);
    above = above.parent;
  }
  return { file: above.moduleId, titles, project: task.project.name };
}

/** What a name filter left out did not run, and neither did what nobody skips: a hook before it failed, or the run was stopped. @param {TestCase} test  @param {Vitest | undefined} vitest */
function isLeftOut(test, vitest) {
  if (test.result().state !== "skipped") return false;
  const pattern = vitest?.config.testNamePattern;
  if (!pattern) return test.options.mode === "run";
  return !pattern.test(test.fullName.replaceAll(" > ", " ")) && !pattern.test(test.fullName);
}

/** The last error: of a test that was retried, that of its last attempt. @param {readonly SerializedError[]} errors */
function failureOf(errors) {
  const error = errors[errors.length - 1];
  if (!error) return undefined;
  const { name, message, diff, stacks, cause } = /** @type {SerializedError & {diff?: string, stacks?: {method: string, file: string, line: number, column: number}[]}} */ (error);
  const places = (stacks ?? []).map(({ method, file, line, column }) => ` ❯ ${method ? `${method} ` : ""}${file}:${line}:${column}`);
  const under = typeof cause === "object" && cause !== null ? [`Caused by: ${errorText(cause)}`] : [];
  return extract([`${name || "Unknown Error"}: ${message ?? inspect(error)}`, ...(diff ? ["", diff, ""] : []), ...places, ...under].join("\n"));
}

/** What Vitest was asked for beside everything. @param {Vitest} vitest */
function selectors(vitest) {
  const { config } = vitest;
  const pattern = config.testNamePattern;
  const named = /** @type {[unknown, string][]} */ ([
    [pattern, `-t ${pattern?.source}`],
    [config.changed, "--changed"],
    [config.related?.length, "related"],
    [config.shard, `--shard ${config.shard?.index}/${config.shard?.count}`],
  ]);
  const projects = options(process.argv.slice(2), PROJECT, PROJECT);
  return [...filters(vitest), ...named.filter(([set]) => set).map(([, selector]) => selector), ...projects];
}

/** The words by which files were chosen. @param {Vitest} vitest @returns {string[]} */
function filters(vitest) {
  const set = /** @type {{filenamePattern?: string[] | string}} */ (/** @type {unknown} */ (vitest)).filenamePattern;
  return typeof set === "string" ? [set] : Array.isArray(set) ? set : [];
}

// A reporter for Jest: `--reporters=default --reporters=fixloop/jest`. Jest makes one for each run, in watch mode too, in its main process.
import { options } from "./call.js";
import { errorText } from "./error-text.js";
import { extract } from "./failures.js";
import { begin } from "./recording.js";

/** @typedef {import("@jest/reporters").Config.GlobalConfig} GlobalConfig */
/** @typedef {import("@jest/reporters").Test} Test */
/** @typedef {import("@jest/reporters").TestResult} TestResult */
/** @typedef {import("@jest/reporters").AggregatedResult} AggregatedResult */
/** @typedef {TestResult["testResults"][number]} CaseResult */
/** @typedef {import("./recording.js").Outcome} Outcome */

/** @type {Record<string, Outcome>} */
const OUTCOMES = { passed: "pass", failed: "fail", pending: "skip", skipped: "skip", todo: "skip", disabled: "skip" };
const BLOCK = /^ {2}● (.*)$/m;
const PROJECTS = /^--(selectProjects|ignoreProjects)$/;
const NOT_RUN = "Test suite failed to run";

export default class FixloopReporter {
  #config;
  #record;
  /** @type {import("./recording.js").Recording | undefined} */
  #recording;

  /** @param {GlobalConfig} config  @param {{record?: boolean}} [options] */
  constructor(config, options) {
    this.#config = config;
    this.#record = options?.record === true;
  }

  onRunStart() {
    if (/** @type {{collectTests?: boolean}} */ (this.#config).collectTests) return;
    this.#recording = begin(() => ({
      framework: "jest",
      folder: this.#config.rootDir,
      selectors: selectors(this.#config),
      record: this.#record,
    }));
  }

  /** @param {Test} test  @param {TestResult} result */
  onTestFileResult(test, result) {
    const recording = this.#recording;
    if (!recording) return;
    const file = test.path;
    const project = projectOf(test);
    for (const one of result.testResults) {
      if (isLeftOut(one, this.#config)) continue;
      const outcome = outcomeOf(one);
      if (outcome === undefined) continue;
      recording.add({
        file,
        titles: [...one.ancestorTitles, one.title],
        project,
        outcome,
        failure: outcome === "fail" ? extract(asPrinted(one.failureMessages)) : undefined,
        milliseconds: one.duration ?? undefined,
        attempts: attemptsOf(one, outcome),
      });
    }
    if (result.testExecError) {
      const said = blockOf(result.failureMessage ?? "", NOT_RUN) ?? errorText(result.testExecError);
      recording.add({ file, titles: [], project, outcome: "error", level: "group", failure: extract(said) });
    }
  }

  /** @param {unknown} _contexts  @param {AggregatedResult} results */
  onRunComplete(_contexts, results) {
    // What it says of its success is set after this call.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites > 0 || results.snapshot.failure;
    const status = results.numTotalTestSuites === 0 ? "skipped" : failed ? "failure" : undefined;
    this.#recording?.end(results.wasInterrupted ? "aborted" : status);
    this.#recording = undefined;
  }
}

/** @param {CaseResult} result  @returns {Outcome | undefined} */
function outcomeOf(result) {
  const outcome = OUTCOMES[result.status];
  // A test that is expected to fail, and does, is neither green nor red.
  return result.failing && outcome === "pass" ? "skip" : outcome;
}

/** What a name filter left out is told as pending, and did not run. @param {CaseResult} result  @param {GlobalConfig} config */
function isLeftOut({ status, fullName }, config) {
  if (status !== "pending" || !config.testNamePattern) return false;
  return !new RegExp(config.testNamePattern, "i").test(fullName);
}

/** What is retried had failed. @param {CaseResult} result  @param {Outcome} outcome  @returns {Outcome[]} */
function attemptsOf({ invocations = 1 }, outcome) {
  return invocations > 1 ? [.../** @type {Outcome[]} */ (Array(invocations - 1).fill("fail")), outcome] : [];
}

/** In a cause, Jest names the plain type here and not in its report. @param {readonly string[]} messages */
const asPrinted = (messages) => messages.join("\n\n").replace(/^\[cause\]: Error: /gm, "[cause]: ");

/** @param {Test} test */
function projectOf(test) {
  const named = test.context?.config?.displayName;
  return typeof named === "string" ? named : named?.name;
}

/** What stands under a title in a file's report. @param {string} report  @param {string} title */
function blockOf(report, title) {
  const parts = report.replace(/\x1b\[[0-9;]*m/g, "").split(BLOCK);
  const at = parts.findIndex((part, index) => index % 2 === 1 && part === title);
  return at < 0 ? undefined : parts[at + 1];
}

/** What Jest was asked for beside everything. @param {GlobalConfig} config */
function selectors(config) {
  const patterns = config.testPathPatterns?.patterns ?? [/** @type {{testPathPattern?: string}} */ (config).testPathPattern ?? ""];
  const named = /** @type {[unknown, string][]} */ ([
    [config.testNamePattern, `-t ${config.testNamePattern}`],
    [config.onlyChanged, "--onlyChanged"],
    [config.lastCommit, "--lastCommit"],
    [config.changedSince, `--changedSince ${config.changedSince}`],
    [config.onlyFailures, "--onlyFailures"],
    [config.findRelatedTests, "--findRelatedTests"],
    [config.shard, `--shard ${config.shard?.shardIndex}/${config.shard?.shardCount}`],
    [config.filter, "--filter"],
  ]);
  const flags = options(process.argv.slice(2), PROJECTS, PROJECTS);
  return [...patterns.filter(Boolean), ...named.filter(([set]) => set).map(([, selector]) => selector), ...flags];
}

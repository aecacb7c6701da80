// A reporter for Node's test runner: `--test-reporter=fixloop/node-test --test-reporter-destination=stdout`, beside the one that is shown.
// It yields nothing. With `node --test` it is called in the main process, which hears of the tests of all files.
import { resolve } from "node:path";
import { options, positionals } from "./call.js";
import { errorText } from "./error-text.js";
import { extract } from "./failures.js";
import { begin, quietly } from "./recording.js";

/** @typedef {import("./recording.js").Outcome} Outcome */
/** @typedef {import("./recording.js").Recording} Recording */
/**
 * What is told of a test.
 * @typedef {object} Told
 * @property {string} name
 * @property {number} nesting
 * @property {string} [file]
 * @property {string | boolean} [skip]
 * @property {string | boolean} [todo]
 * @property {string} [message]
 * @property {{type?: string, duration_ms?: number, error?: Error & {failureType?: string}}} [details]
 */
/** @typedef {{type: string, data: Told}} Event */

/** Why a test was not run that nobody skipped. */
const LEFT_OUT = /^(test name does not match pattern|test name matches skip pattern|'only' option not set)/;
const SELECTING = /^--test-(name-pattern|skip-pattern|only|shard)$/;
const VALUED =
  /^(-r|--require|--import|--loader|--test-reporter|--test-reporter-destination|--test-concurrency|--test-timeout|--test-name-pattern|--test-skip-pattern|--test-shard|-C|--conditions|--env-file)$/;
const MAX_STDERR = 64 * 1024;

/** @param {AsyncIterable<Event>} source */
export default async function* fixloopReporter(source) {
  const recording = begin(() => ({ framework: "node", folder: process.cwd(), selectors: selectors() }));
  const files = new Files();
  try {
    for await (const event of source) if (recording) quietly(() => files.take(event, recording));
    recording?.end();
  } catch (error) {
    recording?.flush();
    throw error;
  }
  yield "";
}

/** The tests of a run, under the titles that they stand in. */
class Files {
  /** @type {Map<string, string[]>} of each file, the titles that are open, from the outermost on */
  #open = new Map();
  /** @type {Map<string, number>} of each file, how deep the last test was that was told */
  #depth = new Map();
  /** @type {Map<string, string>} what each file said that no test says for it */
  #said = new Map();

  /** @param {Event} event  @param {Recording} recording */
  take({ type, data }, recording) {
    // Newer versions name the file of what was printed as it was asked for.
    const key = data.file === undefined ? "" : resolve(data.file);
    if (type === "test:start") this.#start(key, data);
    else if (type === "test:pass" || type === "test:fail") this.#end(key, data, type === "test:fail", recording);
    else if (type === "test:stderr") this.#said.set(key, `${this.#said.get(key) ?? ""}${data.message ?? ""}`.slice(-MAX_STDERR));
  }

  /** @param {string} key  @param {Told} test */
  #start(key, { name, nesting }) {
    this.#open.set(key, [...(this.#open.get(key) ?? []).slice(0, nesting), name]);
  }

  /** @param {string} key  @param {Told} test  @param {boolean} failed  @param {Recording} recording */
  #end(key, test, failed, recording) {
    const { name, nesting, file, skip, todo, details } = test;
    const above = (this.#open.get(key) ?? []).slice(0, nesting);
    const hadTests = (this.#depth.get(key) ?? -1) > nesting;
    this.#depth.set(key, nesting);
    const { failureType, cause } = details?.error ?? {};
    if (failureType === "subtestsFailed" || (typeof skip === "string" && LEFT_OUT.test(skip))) return;
    const whole = nesting === 0 && file !== undefined && (name === file || file.endsWith(`/${name}`)) && above.length === 0;
    const isGroup = details?.type === "suite" || hadTests || whole;
    if (isGroup && !failed) return;
    /** @type {Outcome} */
    const outcome = skip !== undefined || todo !== undefined ? "skip" : !failed ? "pass" : isGroup || failureType === "cancelledByParent" ? "error" : "fail";
    recording.add({
      file,
      titles: whole ? [] : [...above, name],
      outcome,
      level: isGroup ? "group" : "case",
      failure: outcome === "pass" || outcome === "skip" ? undefined : extract(whole ? this.#saidOf(key, test) : errorText(cause ?? details?.error)),
      milliseconds: details?.duration_ms,
    });
  }

  /** What a file said before it ended in another way than by its tests. @param {string} key  @param {Told} test */
  #saidOf(key, { details }) {
    const lines = (this.#said.get(key) ?? "").split("\n");
    const begins = lines.findIndex((line) => /^(\w*Error|\w*Exception)\b.*:/.test(line));
    return begins < 0 ? errorText(details?.error) : lines.slice(begins).join("\n");
  }
}

/** What Node was asked for beside everything. */
function selectors() {
  return [...positionals(process.argv.slice(1), VALUED), ...options(process.execArgv, SELECTING, VALUED)];
}

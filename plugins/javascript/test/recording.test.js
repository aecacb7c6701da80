// A run as events: bounded, merged by name, private, and silent whatever happens.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { Digester } from "../src/digests.js";
import { Emitter } from "../src/emitter.js";
import { errorText } from "../src/error-text.js";
import { extract } from "../src/failures.js";
import { insideATest } from "../src/inside-a-test.js";
import { Recording } from "../src/recording.js";

/** @typedef {import("../src/recording.js").Result} Result */

let spool = "";
beforeEach(() => (spool = mkdtempSync(join(tmpdir(), "fixloop-"))));
afterEach(() => rmSync(spool, { recursive: true, force: true }));

/** @param {readonly Result[]} results  @param {readonly string[]} [selectors]  @param {string} [level]  @returns {Record<string, any>[]} */
function told(results, selectors = [], level = "digests") {
  const emitter = new Emitter(spool, "s1", "/srv/shop", new Digester(Buffer.from("k")), {}, level);
  const recording = new Recording(emitter, "jest", selectors);
  for (const result of results) recording.add(result);
  recording.end();
  const folder = join(spool, "sessions/s1/inbox");
  const lines = readdirSync(folder).sort().flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n"));
  assert.deepEqual(lines.filter((line) => Buffer.byteLength(line) > 256 * 1024), []);
  return lines.map((line) => JSON.parse(line).data);
}

/** @param {Record<string, any>[]} events */
const results = (events) => events.flatMap((data) => data["results"] ?? []);

/** @param {string} title  @param {Partial<Result>} [more]  @returns {Result} */
const result = (title, more = {}) => ({ file: "/srv/shop/a.test.js", titles: [title], outcome: "pass", ...more });

test("a run begins, tells its parts, and ends", () => {
  const [started, part, finished, ...more] = told([result("adds", { milliseconds: 1.5 })]);
  assert.deepEqual(more, []);
  assert.equal(started?.["scope"], "all");
  assert.deepEqual(part?.["results"], [{ test_case_name: "a.test.js > adds", outcome: "pass", duration: 0.0015 }]);
  assert.equal(finished?.["status"], "success");
  assert.equal(new Set([started, part, finished].map((data) => data?.["run_id"])).size, 1);
});

test("parts are numbered, and none is too large", () => {
  const events = told(Array.from({ length: 1_000 }, (_, at) => result(`${at} ${'"\n\u{1f642}'.repeat(400)}`)));
  const parts = events.filter((data) => data["results"]);
  assert.ok(parts.length > 5);
  assert.deepEqual(parts.map((data) => data["part"]), parts.map((_, at) => at));
  assert.equal(results(events).length, 1_000);
  assert.deepEqual(results(events).filter((one) => [...one.test_case_name].length > 1_024), []);
  assert.equal(events.at(-1)?.["parts"], parts.length);
});

test("of two tests of one title a failure is the word", () => {
  const events = told([result("x"), result("x", { outcome: "fail" }), result("x"), result("x", { outcome: "skip" })]);
  assert.deepEqual(results(events).map((one) => one.outcome), ["pass", "fail"]);
  assert.deepEqual(events.at(-1)?.["totals"], { passed: 0, failed: 1, errors: 0, skipped: 0 });
});

test("a test that is tried again has one outcome", () => {
  const events = told([result("x", { outcome: "pass", attempts: ["fail", "pass"] })]);
  assert.deepEqual(results(events), [{ test_case_name: "a.test.js > x", outcome: "pass", attempts: ["fail", "pass"] }]);
});

test("what lies outside of the working copy is told as a digest", () => {
  const events = told([result("x", { file: "/home/ada/secret.test.js" })], ["/home/ada/secret", "../other", "cart"]);
  assert.ok(!JSON.stringify(events).includes("secret"));
  assert.match(results(events)[0].test_case_name, /^[0-9a-f]{32} > x$/);
  const { selectors } = events[0]?.["command"];
  assert.equal(selectors[2], "cart");
  assert.match(selectors[1], /^[0-9a-f]{32}$/);
});

test("what is no selector of the project is told as a digest", () => {
  const untellable = ["PASSWORD=swordfish", '{"swordfish":1}', "https://swordfish@host/x", "C:\\swordfish", "~/swordfish", "$(swordfish)", "--config /opt/swordfish"];
  const { selectors } = told([], [...untellable, "-t ^adds$", "src/**/a.js"])[0]?.["command"];
  assert.ok(!JSON.stringify(selectors).includes("swordfish"));
  assert.deepEqual(selectors.slice(-2), ["-t ^adds$", "src/**/a.js"]);
});

test("a failure leaves as type and digests", () => {
  const failure = extract(errorText(new RangeError("the password is swordfish")));
  const events = told([result("x", { outcome: "fail", failure })]);
  assert.ok(!JSON.stringify(events).includes("swordfish"));
  const { signature } = results(events)[0];
  assert.equal(signature.error_type, "RangeError");
  assert.match(signature.digest, /^[0-9a-f]{32}$/);
});

test("at the level of masked texts a failure leaves with its masked message", () => {
  const failure = extract(errorText(new RangeError("line 7 of /home/ada/x/y.js is 12.5")));
  const [{ signature }] = results(told([result("x", { outcome: "fail", failure })], [], "masked_text"));
  assert.equal(signature.masked_message, ":<line> of <path>/y.js is <n>");
  assert.match(signature.digest, /^[0-9a-f]{32}$/);
});

test("a level that is none is the strictest, and is said in the log", () => {
  const emitter = Emitter.here({ HOME: spool, FIXLOOP_SPOOL: spool, FIXLOOP_LEVEL: "everything" }, spool);
  assert.equal(emitter?.tellsTexts, false);
  assert.match(readFileSync(join(spool, "emit.log"), "utf8"), /FIXLOOP_LEVEL has to be one of digests, paths, masked_text:/);
  assert.equal(Emitter.here({ HOME: spool, FIXLOOP_SPOOL: spool, FIXLOOP_LEVEL: "Masked_text " }, spool)?.tellsTexts, true);
});

test("a spool that cannot be written costs the events and nothing else", () => {
  const emitter = new Emitter("/dev/null/spool", "s1", "/srv/shop", new Digester(Buffer.from("k")), {});
  const recording = new Recording(emitter, "jest", []);
  recording.add(result("x"));
  recording.add(/** @type {any} */ (null));
  recording.end();
});

test("whatever is thrown has a text", () => {
  const circular = { message: "round", cause: {} };
  circular.cause = circular;
  for (const thrown of [undefined, null, 1, "text", Symbol("s"), {}, [], () => 1, circular, Object.create(null)]) assert.equal(typeof errorText(thrown), "string");
  assert.match(errorText(new Error("a", { cause: new TypeError("b") })), /^Error: a\n[^]*\n\[cause\]: TypeError: b\n/);
  const renamed = Object.assign(new Error("before"), { name: "Custom", message: "after" });
  assert.match(errorText(renamed), /^Custom: after\n\s+at /);
});

test("a runner that a test has started is known as such", () => {
  assert.equal(insideATest({ PATH: "x" }), false);
  assert.equal(insideATest({ JEST_WORKER_ID: "1" }), true);
});

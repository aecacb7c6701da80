// What Mocha's runner tells, as a run.
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { watch } from "../src/mocha-runs.js";

let spool = "";
beforeEach(() => {
  spool = mkdtempSync(join(tmpdir(), "fixloop-"));
  Object.assign(process.env, { FIXLOOP_SPOOL: spool, FIXLOOP_SESSION: "s1", FIXLOOP_DIGEST_KEY: "k" });
});
afterEach(() => rmSync(spool, { recursive: true, force: true }));

/** @param {readonly [event: string, error?: Error][]} said  @returns {Record<string, any>[]} the results */
function told(said) {
  const runner = new EventEmitter();
  watch(/** @type {any} */ (runner), true);
  for (const [event, error] of said) {
    const one = { titlePath: () => ["s", "same"], title: "same", file: "/srv/a.js", type: "test", _currentRetry: 0 };
    runner.emit(event, one, error);
  }
  runner.emit("end");
  const folder = join(spool, "sessions/s1/inbox");
  const lines = readdirSync(folder).sort().flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n"));
  return lines.flatMap((line) => JSON.parse(line).data.results ?? []);
}

test("attempts are those of the test that was tried again, and of no other with its title", () => {
  const found = told([["retry", new Error("no")], ["pass"], ["fail", new Error("no")]]);
  assert.deepEqual(found.map((one) => [one.outcome, one.attempts]), [["pass", ["fail", "pass"]], ["fail", undefined]]);
});

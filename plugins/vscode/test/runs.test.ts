import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { emitterIn } from "../src/emitting.ts";
import { Runs } from "../src/runs.ts";
import { socketPath } from "../src/status.ts";
import { Place, brief } from "./places.ts";

let place: Place;
let runs: Runs;
let edits: number;
let now: number;

beforeEach(() => {
  place = new Place();
  edits = 0;
  now = Date.now();
  runs = new Runs({
    emitterOf: () => emitterIn(place.root, place.environment),
    edits: () => edits,
    dataDirectory: () => place.data,
    now: () => now,
  });
});
afterEach(() => place.remove());

async function run(line: string, exitCode: number | undefined, seconds = 5): Promise<boolean> {
  const key = {};
  runs.began(key, { line, folder: place.root });
  now += seconds * 1_000;
  return runs.ended(key, exitCode);
}

const aRun = (source: string, extra: object = {}) => ({
  type: "dev.fixloop.testsuiterun.started.v1",
  source,
  time: new Date(now + 500).toISOString(),
  data: { session_id: "s1", run_id: "r", ...extra },
});

test("a run that no runner told of is told by its exit code, as one result of a group", async () => {
  assert.equal(await run("npm test -- --secret=hunter2", 1), true);
  assert.deepEqual(brief(place.told()), ["testsuiterun.started", "testsuiterun.results", "testsuiterun.finished failure"]);
  const [started, results, finished] = place.told();
  assert.deepEqual(results?.data["results"], [
    { test_case_name: `npm ${String((started?.data["command"] as { digest: string }).digest).slice(0, 12)}`, outcome: "fail", level: "group", signature: { version: 1, complete: false } },
  ]);
  assert.deepEqual([finished?.data["exit_code"], finished?.data["duration"], finished?.data["results_complete"]], [1, 5, false]);
  assert.equal(place.boxed().length, 1, "one file, so that nothing comes between");
  assert.doesNotMatch(JSON.stringify(place.told()), /hunter2|secret/);
});

test("a pass is a deduction", async () => {
  await run("make test", 0);
  assert.deepEqual(Object.entries((place.told()[1]?.data["results"] as object[])[0]!).slice(1), [
    ["outcome", "pass"],
    ["level", "group"],
    ["inferred", true],
  ]);
});

test("without an exit code nothing is said, and neither of other commands", async () => {
  assert.equal(await run("pytest", undefined), false);
  assert.equal(await run("ls", 0), false);
  assert.deepEqual(place.told(), []);
});

test("an exit code behind a pipe, or of a signal, says nothing of tests", async () => {
  await run("pytest | tail", 0);
  await run("pytest", 130);
  const finished = place.told().filter(({ type }) => type.includes("finished"));
  assert.deepEqual(finished.map(({ data }) => [data["status"], data["parts"], data["exit_code_reliable"]]), [
    ["unknown", 0, false],
    ["aborted", 0, true],
  ]);
});

test("a run that its runner told of is not told again, wherever the events are", async () => {
  place.spooled("another-session", [aRun("/runner/pytest", { seq: 0 })]);
  assert.equal(await run("pytest", 1), false);
  rmSync(join(place.spool, "sessions"), { recursive: true });
  now = Date.now();
  mkdirSync(place.box(), { recursive: true });
  writeFileSync(join(place.box(), "00000000000000000001-1-000000.jsonl"), `${JSON.stringify(aRun("/runner/vitest"))}\n`);
  assert.equal(await run("npx vitest run", 1), false);
});

test("an earlier run, or one that an agent guessed, is no word of the runner", async () => {
  place.spooled("s1", [aRun("/runner/pytest", { seq: 0 }), { ...aRun("/agent/codex", { seq: 1 }), time: new Date(now + 9_000).toISOString() }]);
  now += 5_000;
  assert.equal(await run("pytest", 1), true);
});

test("where the runner's events were read and deleted, the reader is asked", async () => {
  const folder = join(place.spool, "sessions/s1");
  const counted = (next: number) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "state"), JSON.stringify({ next_seq: next }));
  };
  counted(4);
  runs.began("run", { line: "pytest", folder: place.root });
  counted(9);
  assert.equal(await runs.ended("run", 1), false, "nobody can be asked: it may have been told");
  for (const [rows, told] of [[[[1]], false], [[[0]], true]] as const) {
    mkdirSync(place.data, { recursive: true });
    const server = createServer((socket) => socket.once("data", () => socket.end(JSON.stringify({ rows }))));
    await new Promise<void>((listening) => server.listen(socketPath(place.data), listening));
    now += 60_000;
    runs.began("run", { line: "pytest", folder: place.root });
    counted(told ? 20 : 15);
    assert.equal(await runs.ended("run", 1), told);
    await new Promise((closed) => server.close(closed));
  }
});

test("a task and its terminal are one run", async () => {
  for (const key of ["task", "terminal"]) runs.began(key, { line: "make test", folder: place.root });
  now += 3_000;
  assert.deepEqual([await runs.ended("task", 1), await runs.ended("terminal", 1)], [true, false]);
  assert.equal(await run("make test", 1), true, "the next one is another");
});

test("an edit during the run is said, and a task that calls itself a test is one", async () => {
  runs.began("task", { line: "./ci.sh", folder: place.root, calledATest: true });
  edits += 1;
  await runs.ended("task", 0);
  assert.deepEqual([place.told()[0]?.data["background"], place.told()[0]?.data["framework"]], [true, "task"]);
});

test("commands that never end do not pile up", async () => {
  for (let count = 0; count < 1_000; count++) runs.began(count, { line: "pytest", folder: place.root });
  assert.equal(await runs.ended(0, 1), false);
  assert.equal(await runs.ended(999, 1), true);
});

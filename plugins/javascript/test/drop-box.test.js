// The drop box as docs/spool.md has it.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { DropBox } from "../src/drop-box.js";

let spool = "";
beforeEach(() => (spool = mkdtempSync(join(tmpdir(), "fixloop-"))));
afterEach(() => rmSync(spool, { recursive: true, force: true }));

const inbox = () => join(spool, "sessions/s1/inbox");
const files = () => readdirSync(inbox()).sort();
/** @param {number} n */
const drafts = (n) => Array.from({ length: n }, (_, at) => ({ type: "t", source: "/x", data: { at } }));
const lines = () => files().flatMap((name) => readFileSync(join(inbox(), name), "utf8").trimEnd().split("\n")).map((line) => JSON.parse(line));

test("files come in the order in which they were dropped, whole, and private", () => {
  const box = new DropBox(spool, "s1");
  for (let at = 0; at < 20; at++) box.drop([{ type: "t", source: "/x", data: { at } }]);
  assert.deepEqual(lines().map(({ data }) => data.at), Array.from({ length: 20 }, (_, at) => at));
  assert.deepEqual(files().filter((name) => !/^\d{20}-\d+-\d{6}\.jsonl$/.test(name)), []);
  assert.equal(statSync(join(inbox(), files()[0] ?? "")).mode & 0o777, 0o600);
  assert.equal(statSync(inbox()).mode & 0o777, 0o700);
  assert.equal(new Set(lines().map(({ id }) => id)).size, 20);
});

test("the oldest go where there are too many, and are counted, those that others gave up too", () => {
  mkdirSync(inbox(), { recursive: true });
  for (let at = 0; at < 2_001; at++) writeFileSync(join(inbox(), `${String(at).padStart(20, "0")}-1-000000.jsonl`), '{"given_up":3}\n{}\n');
  new DropBox(spool, "s1").drop(drafts(1));
  assert.equal(files().length, 2_000);
  const last = readFileSync(join(inbox(), files().at(-1) ?? ""), "utf8").split("\n");
  assert.deepEqual(JSON.parse(last[0] ?? ""), { given_up: 8 });
  assert.equal(JSON.parse(last[1] ?? "").data.session_id, "s1");
});

test("what could not be written is counted with the next", () => {
  const box = new DropBox(spool, "s1");
  mkdirSync(join(spool, "sessions"));
  writeFileSync(join(spool, "sessions/s1"), "in the way");
  assert.throws(() => box.drop(drafts(2)));
  assert.throws(() => box.drop(drafts(1)));
  rmSync(join(spool, "sessions/s1"));
  box.drop(drafts(1));
  assert.deepEqual(lines()[0], { given_up: 3 });
  box.drop(drafts(1));
  assert.equal(lines().length, 3);
});

// Settings: switches, lists of repositories, and the file below the environment.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { chosen } from "../src/session-markers.js";
import { settingsOf, switchedOff, switchedOn } from "../src/settings.js";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "fixloop-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} content */
function file(content) {
  const path = join(folder, "config.toml");
  writeFileSync(path, content);
  return path;
}

test("off wins, on has to be said", () => {
  for (const off of ["0", "off", "OFF", " no ", "false"]) assert.deepEqual([switchedOff({ FIXLOOP: off }), switchedOn({ FIXLOOP: off })], [true, false]);
  for (const on of ["1", "on"]) assert.deepEqual([switchedOff({ FIXLOOP: on }), switchedOn({ FIXLOOP: on })], [false, true]);
  assert.deepEqual([switchedOff({}), switchedOn({}), switchedOn({ FIXLOOP: "" })], [false, false, false]);
});

test("repositories are allowed and denied by name", () => {
  const { allows } = settingsOf({ HOME: folder, FIXLOOP_ALLOW: "ada/*, Org/shop", FIXLOOP_DENY: "ada/secret?" });
  const names = ["ada/cart", "ada/secret1", "ada/secret", "org/shop", "org/shop2", undefined];
  assert.deepEqual(names.map(allows), [true, false, true, true, false, false]);
  assert.deepEqual([undefined, "x"].map(settingsOf({ HOME: folder }).allows), [true, true]);
});

test("what the environment does not say, the file does", () => {
  const path = file('# ours\nspool = "/a \\"b\\"" # here\ndigest_key = \'k\'\nhosts = [\n  "x",\n]\n\n[worker]\nspool = "/other"\n');
  const settings = settingsOf({ FIXLOOP_CONFIG: path });
  assert.deepEqual([settings.spool, settings.digestKey?.toString()], ['/a "b"', "k"]);
  assert.equal(settingsOf({ FIXLOOP_CONFIG: path, FIXLOOP_SPOOL: "/mine" }).spool, "/mine");
  assert.equal(settingsOf({ HOME: "/h", FIXLOOP_SPOOL: "" }).spool, "/h/.local/state/fixloop/spool");
});

test("a key may lie in a file of its own", () => {
  const path = file("k2\n");
  assert.equal(settingsOf({ HOME: folder, FIXLOOP_DIGEST_KEY_FILE: path }).digestKey?.toString(), "k2");
  assert.throws(() => settingsOf({ HOME: folder, FIXLOOP_DIGEST_KEY_FILE: `${path}.not` }));
  assert.throws(() => settingsOf({ HOME: folder, FIXLOOP_DIGEST_KEY_FILE: path, FIXLOOP_DIGEST_KEY: "k" }));
});

test("what cannot be understood switches off", () => {
  assert.throws(() => settingsOf({ FIXLOOP_CONFIG: file('deny = ["a/b"]\n') }));
  assert.throws(() => settingsOf({ FIXLOOP_CONFIG: join(folder, "missing.toml") }));
});

test("a marker counts for who descends from its agent, or is run by it", () => {
  const marker = { session: "m1", agent: "cursor", pid: 7, started: "70", age: 1 };
  const older = { ...marker, session: "m0", age: 2 };
  assert.equal(chosen([older, marker], [{ pid: 3, started: "1" }, { pid: 7, started: "70" }], undefined, new Set()), "m1");
  assert.equal(chosen([marker], [{ pid: 7, started: "71" }], undefined, new Set([7])), undefined);
  assert.equal(chosen([marker], [], "cursor", new Set([7])), "m1");
  assert.equal(chosen([marker], [], "cursor", new Set()), undefined);
  assert.equal(chosen([{ ...marker, age: 13 * 3600 }], [], "cursor", new Set([7])), undefined);
  assert.equal(chosen([marker], [], "opencode", new Set([7])), undefined);
});

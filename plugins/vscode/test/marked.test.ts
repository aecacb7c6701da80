// Marked texts through everything that is written for an editor's saves and runs: every byte is searched, at every level.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Edits } from "../src/edits.ts";
import { emitterIn } from "../src/emitting.ts";
import { Runs } from "../src/runs.ts";
import { Place } from "./places.ts";

const MARK = /qzw[a-z]*/g;
const [BRANCH, FOLDER, FILE] = ["qzwbranch", "qzwfolder", "qzwfile"];
/** The names book, which stays on the machine: what it is for is to know paths. */
const LOCAL = /^names\//;

for (const level of ["digests", "paths", "masked_text"]) {
  test(`nothing is written that the level of ${level} does not let out`, async () => {
    const place = new Place();
    try {
      execFileSync("git", ["checkout", "-q", "-b", `${BRANCH}/one`], { cwd: place.root });
      const remote = "https://qzwuser:qzwpassword@qzwhost.example/ada/shop.git";
      execFileSync("git", ["remote", "set-url", "origin", remote], { cwd: place.root });
      execFileSync("git", ["config", "user.email", "qzwuser@qzwhost.example"], { cwd: place.root });
      const environment = { ...place.environment, USER: "qzwuser", TOKEN: "qzwvariable", FIXLOOP_LEVEL: level };
      const emitterOf = () => emitterIn(place.root, environment);
      const edits = new Edits(emitterOf);
      const name = `src/${FOLDER}/${FILE}.py`;
      const path = place.write(name, '"""qzwdocstring"""\nqzwoldtext = 1\n');
      edits.willSave(path);
      edits.didSave(place.write(name, '"""qzwdocstring"""\nqzwnewtext = 2\n'));
      edits.didRename(path, place.write(`src/${FOLDER}/${FILE}_too.py`, "qzwnewtext = 2\n"));
      const runs = new Runs({ emitterOf, edits: () => edits.count, dataDirectory: () => place.data, now: Date.now });
      runs.began("task", { line: "TOKEN=qzwvariable pytest -k qzwcommand /opt/qzwoutside > /opt/qzwoutside", folder: place.root });
      assert.equal(await runs.ended("task", 1), true);
      const files = readdirSync(place.spool, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const found = files.flatMap((entry) => {
        const whole = join(entry.parentPath, entry.name).slice(place.spool.length + 1);
        const marks = `${whole}\n${readFileSync(join(place.spool, whole), "latin1")}`.toLowerCase().match(MARK) ?? [];
        return LOCAL.test(whole) ? marks.filter((mark) => mark !== FOLDER && mark !== FILE) : marks;
      });
      assert.deepEqual([...new Set(found)].sort(), [BRANCH, ...(level === "digests" ? [] : [FILE, FOLDER])]);
    } finally {
      place.remove();
    }
  });
}

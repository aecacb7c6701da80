import assert from "node:assert/strict";
import { test } from "node:test";
import { changeData, linesOf, stretchesBetween } from "../src/changes.ts";
import { KeyedDigests } from "../src/digests.ts";

const digests = new KeyedDigests(Buffer.from("key"));

test("a changed line is one stretch, and what stands around it is none", () => {
  assert.deepEqual(stretchesBetween("a\nb\nc\n", "a\nB\nc\n"), [{ removed: ["b"], added: ["B"] }]);
});

test("two changes with an equal line between them are two stretches", () => {
  assert.deepEqual(stretchesBetween("a\nkeep\nb\n", "A\nkeep\nB\nmore\n"), [
    { removed: ["a"], added: ["A"] },
    { removed: ["b"], added: ["B", "more"] },
  ]);
});

test("what is only added or only removed has nothing on the other side", () => {
  assert.deepEqual(stretchesBetween("a\n", "a\nb\n"), [{ removed: [], added: ["b"] }]);
  assert.deepEqual(stretchesBetween("a\nb\n", "a\n"), [{ removed: ["b"], added: [] }]);
  assert.deepEqual(stretchesBetween("same", "same"), []);
});

test("the stretches of two random texts turn one into the other", () => {
  let state = 7;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 200; round++) {
    const text = () => Array.from({ length: random(12) }, () => "abc"[random(3)]!);
    const [before, after] = [text(), text()];
    const stretches = stretchesBetween(before.join("\n"), after.join("\n"));
    const count = (lines: readonly string[], letter: string) => lines.filter((line) => line === letter).length;
    for (const letter of "abc") {
      const added = count(stretches.flatMap((stretch) => stretch.added), letter);
      const removed = count(stretches.flatMap((stretch) => stretch.removed), letter);
      assert.equal(count(after, letter) - count(before, letter), added - removed);
    }
  }
});

test("a large rewrite is told as counts and digests, and takes no time to compare", () => {
  const numbered = (word: string) => Array.from({ length: 20_000 }, (_, line) => `${word} ${line}`).join("\n");
  const data = changeData(digests, numbered("old"), numbered("new"));
  assert.equal(data["lines_added"], 20_000);
  assert.equal(data["hunks"], undefined);
  assert.ok(data["change_digest"]);
});

test("lines end where Python ends them", () => {
  assert.deepEqual(linesOf("a\r\nb\rc\u2028d\x0ce\n"), ["a", "b", "c", "d", "e"]);
  assert.deepEqual(linesOf(""), []);
});

test("what is not known is absent", () => {
  assert.deepEqual(changeData(digests, undefined, undefined), {});
  assert.deepEqual(Object.keys(changeData(digests, undefined, "a")), ["file_digest_after"]);
});

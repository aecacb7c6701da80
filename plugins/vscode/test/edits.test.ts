import assert from "node:assert/strict";
import { readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { Edits } from "../src/edits.ts";
import { emitterIn } from "../src/emitting.ts";
import { Place, brief } from "./places.ts";

let place: Place;
let edits: Edits;

beforeEach(() => {
  place = new Place();
  edits = new Edits(() => emitterIn(place.root, place.environment));
});
afterEach(() => place.remove());

function save(name: string, text: string | Uint8Array): void {
  edits.willSave(join(place.root, name));
  edits.didSave(place.write(name, text));
}

test("a save is an edit with the digests of both texts, the changed lines, and no text", () => {
  place.write("shop.py", "a = 1\nb = 2\n");
  save("shop.py", "a = 1\nb = 3\n");
  const [{ data, source, partitionkey } = assert.fail()] = place.told();
  assert.deepEqual([source, partitionkey, data["session_id"], data["seq"]], ["/editor/vscode", "s1", "s1", undefined]);
  assert.deepEqual([data["path_role"], data["change"], data["origin"]], ["product", "modified", "person"]);
  assert.deepEqual([data["lines_added"], data["lines_removed"], data["vcs_repository_name"]], [1, 1, "ada/shop"]);
  assert.ok(data["file_digest_before"] && data["file_digest_after"] && data["change_digest"]);
  assert.doesNotMatch(JSON.stringify(place.told()), /shop\.py|b = |ada@|"ada"/);
});

test("at the level of paths a file is named in plain too, when it lies in the working copy", () => {
  const emitter = emitterIn(place.root, { ...place.environment, FIXLOOP_LEVEL: "paths" })!;
  new Edits(() => emitter).didSave(place.write("src/shop.py", "a\n"));
  assert.equal(place.told()[0]?.data["code_file_path"], "src/shop.py");
  assert.deepEqual(["/etc/x", "../x", "C:/x", "~/x", "a\nb", "x".repeat(1_025)].map((path) => emitter.plain(path)), [{}, {}, {}, {}, {}, {}]);
});

test("a level that is none is the strictest, and is said in the log", () => {
  const emitter = emitterIn(place.root, { ...place.environment, FIXLOOP_LEVEL: "everything" })!;
  assert.deepEqual(emitter.plain("shop.py"), {});
  assert.match(readFileSync(join(place.spool, "emit.log"), "utf8"), /FIXLOOP_LEVEL has to be one of/);
});

test("a save that changes nothing is no edit, and line ends are no change", () => {
  place.write("shop.py", "a\nb\n");
  save("shop.py", "a\nb\n");
  save("shop.py", "a\r\nb\r\n");
  assert.deepEqual(place.told(), []);
});

test("the first save of a new file creates it", () => {
  save("new.py", "x = 1\n");
  assert.deepEqual(brief(place.told()), ["edit.applied created"]);
  assert.equal(place.told()[0]?.data["file_digest_before"], undefined);
});

test("a save of which no word came before is an edit whose text before is not known", () => {
  edits.didSave(place.write("shop.py", "a\n"));
  const [{ data } = assert.fail()] = place.told();
  assert.deepEqual([data["change"], data["file_digest_before"], data["hunks"]], ["modified", undefined, undefined]);
  assert.ok(data["file_digest_after"]);
});

test("what is no text, or very large, is an edit without digests", () => {
  place.write("image.bin", Uint8Array.of(0xff, 0xfe, 0x00));
  save("image.bin", Uint8Array.of(0xff, 0xfe, 0x01));
  place.write("large.py", "x".repeat(3_000_000));
  save("large.py", "y".repeat(3_000_000));
  assert.deepEqual(
    place.told().map(({ data }) => [data["change"], data["file_digest_after"]]),
    [
      ["modified", undefined],
      ["modified", undefined],
    ],
  );
});

test("a rename is the end of one path and the beginning of another, with one text", () => {
  const from = place.write("old.py", "x\n");
  const to = join(place.root, "new.py");
  renameSync(from, to);
  edits.didRename(from, to);
  assert.deepEqual(brief(place.told()), ["edit.applied deleted", "edit.applied created"]);
  const [left, entered] = place.told();
  assert.equal(left?.data["file_digest_before"], entered?.data["file_digest_after"]);
});

test("a folder that is renamed or deleted is its files", () => {
  place.write("src/a.py", "a\n");
  place.write("src/deep/b.py", "b\n");
  place.write("src/node_modules/c.js", "c\n");
  renameSync(join(place.root, "src"), join(place.root, "lib"));
  edits.didRename(join(place.root, "src"), join(place.root, "lib"));
  assert.equal(place.told().length, 4);
  edits.willDelete(join(place.root, "lib"));
  rmSync(join(place.root, "lib"), { recursive: true });
  edits.didDelete(join(place.root, "lib"));
  assert.deepEqual(brief(place.told()).slice(4), ["edit.applied deleted", "edit.applied deleted"]);
});

test("what an agent's hook has just told is not told again", () => {
  place.write("shop.py", "a\n");
  save("shop.py", "b\n");
  const [told = assert.fail()] = place.told();
  rmSync(place.box(), { recursive: true });
  const hooks = { ...told, source: "/agent/claude-code", time: new Date().toISOString() };
  place.spooled("the-agents", [hooks]);
  place.write("shop.py", "a\n");
  save("shop.py", "b\n");
  assert.deepEqual(place.told(), []);
  place.spooled("the-agents", [{ ...hooks, time: new Date(Date.now() - 2_500).toISOString() }]);
  place.write("shop.py", "a\n");
  save("shop.py", "b\n");
  assert.equal(place.told().length, 1, "after two seconds it is another edit");
});

test("the names of files stay on the machine, and everything is its owner's alone", () => {
  save("shop.py", "a\n");
  const digest = String(place.told()[0]?.data["path"]);
  assert.ok(statSync(join(place.spool, "names", digest)));
  for (const [path, mode] of [
    [place.spool, 0o700],
    [place.box(), 0o700],
    [join(place.box(), place.boxed()[0]!), 0o600],
    [join(place.spool, "digest.key"), 0o600],
    [join(place.spool, "names", digest), 0o600],
  ] as const) {
    assert.equal(statSync(path).mode & 0o777, mode, path);
  }
});

test("saves keep their order, however fast they come", () => {
  for (let count = 0; count < 200; count++) save("shop.py", `x = ${count}\n`);
  const told = place.told();
  assert.equal(told.length, 200);
  for (let count = 1; count < 200; count++) assert.equal(told[count]?.data["file_digest_before"], told[count - 1]?.data["file_digest_after"]);
});

test("a spool that cannot be written is nobody's trouble", () => {
  const broken = new Edits(() => emitterIn(place.root, { ...place.environment, FIXLOOP_SPOOL: "/proc/no" }));
  broken.willSave(join(place.root, "a.py"));
  broken.didSave(place.write("a.py", "x"));
  assert.equal(broken.count, 0);
});

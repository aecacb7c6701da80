import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { type Server, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type * as vscode from "vscode";
import { type Recording, start } from "../src/recording.ts";
import { socketPath } from "../src/status.ts";
import { remove, save, task, terminal } from "./acting.ts";
import { Place, brief } from "./places.ts";
import { StandIn, contextWith, uri } from "./standIn.ts";

let place: Place;
let host: StandIn;
let context: ReturnType<typeof contextWith>;
let recording: Recording;
const servers: Server[] = [];

beforeEach(() => {
  place = new Place();
  host = new StandIn(place.root);
  context = contextWith();
  recording = start(host, context, place.environment);
});
afterEach(async () => {
  context.end();
  await Promise.all(servers.splice(0).map((server) => new Promise((closed) => server.close(closed))));
  place.remove();
});

async function up(answer: object): Promise<void> {
  mkdirSync(place.data, { recursive: true });
  const server = createServer((socket) => socket.once("data", () => socket.end(JSON.stringify(answer))));
  servers.push(server);
  await new Promise<void>((listening) => server.listen(socketPath(place.data), listening));
}

async function until(what: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5_000; !what(); await wait(10)) assert.ok(Date.now() < deadline, "it did not come about");
}

const SESSION = { session_id: "s1", repository: "ada/shop", agent: null, last_event_at: null, bugs_open: 1, laps: 2, alerts: 1, last_run: null };

test("saves, files that come and go, and nothing else, are events", () => {
  place.write("shop.py", "a\n");
  save(host, place, "shop.py", "b\n");
  host.didCreate.fire({ files: [uri(place.write("new.py", ""))] });
  remove(host, join(place.root, "new.py"));
  save(host, place, ".git/COMMIT_EDITMSG", "fix\n");
  host.didSave.fire({ uri: uri("/elsewhere/a.py") } as vscode.TextDocument);
  host.didSave.fire({ uri: uri(join(place.root, "a.py"), "untitled") } as vscode.TextDocument);
  assert.deepEqual(brief(place.told()), ["edit.applied modified", "edit.applied created", "edit.applied deleted"]);
});

test("a notebook is a file", () => {
  const notebook = { uri: uri(place.write("a.ipynb", "{}")) } as vscode.NotebookDocument;
  host.willSaveNotebook.fire({ notebook } as vscode.NotebookDocumentWillSaveEvent);
  place.write("a.ipynb", '{"cells":[]}');
  host.didSaveNotebook.fire(notebook);
  assert.deepEqual(brief(place.told()), ["edit.applied modified"]);
});

test("test commands in the terminal and in tasks are runs", async () => {
  terminal(host, place.root, "make test", { PATH: place.environment["PATH"] });
  await until(() => place.told().length === 3);
  task(host, place.root, { execution: { process: "npm", args: ["run", "test"] } as vscode.ProcessExecution }, 0);
  await until(() => place.told().length === 6);
  task(host, place.root, { execution: { command: "./check.sh", args: [] } as unknown as vscode.ShellExecution, group: { id: "test" } as vscode.TaskGroup }, 1);
  await until(() => place.told().length === 9);
  assert.deepEqual(
    place.told().filter(({ type }) => type.includes("finished")).map(({ data }) => data["status"]),
    ["failure", "success", "failure"],
  );
});

test("an exit code that the shell did not say, and a command that was guessed, are nothing", async () => {
  terminal(host, place.root, "make test", { PATH: place.environment["PATH"] }, false);
  const execution = { commandLine: { value: "make test", isTrusted: false, confidence: 0 }, cwd: uri(place.root) } as vscode.TerminalShellExecution;
  host.shellBegan.fire({ execution } as vscode.TerminalShellExecutionStartEvent);
  host.shellEnded.fire({ execution, exitCode: 1 } as vscode.TerminalShellExecutionEndEvent);
  task(host, place.root, { execution: { process: "make", args: ["test"] } as vscode.ProcessExecution }, undefined);
  await wait(50);
  assert.deepEqual(place.told(), []);
});

test("a pause is kept for the next start, and seen", async () => {
  const kept = new Map<string, unknown>();
  const first = contextWith(kept);
  start(host, first, place.environment);
  await host.run("fixloop.pause");
  assert.deepEqual([host.contexts["fixloop.paused"], host.item.visible], [true, true]);
  first.end();
  context.end();
  const second = contextWith(kept);
  recording = start(host, second, place.environment);
  save(host, place, "shop.py", "a\n");
  assert.deepEqual([recording.why(), place.told()], ["paused", []]);
  await host.run("fixloop.resume");
  save(host, place, "shop.py", "b\n");
  assert.equal(place.told().length, 1);
  second.end();
});

test("no telemetry, no trust, FIXLOOP=off and a denied repository each mean that nothing is written, not even a folder", () => {
  const silent = (environment: object, prepare: (one: StandIn) => void): string => {
    const other = new StandIn(place.root);
    prepare(other);
    const ended = contextWith();
    const { why } = start(other, ended, { ...place.environment, ...environment });
    save(other, place, "shop.py", String(Math.random()));
    ended.end();
    return why();
  };
  context.end();
  const nothing = () => undefined;
  assert.equal(silent({}, (one) => (one.telemetry = false)), "telemetry");
  silent({}, (one) => (one.trusted = false));
  for (const word of ["off", "0", "No"]) assert.equal(silent({ FIXLOOP: word }, nothing), "off");
  assert.equal(silent({ FIXLOOP_DENY: "other/*, ADA/*" }, nothing), "denied");
  assert.equal(silent({ FIXLOOP_ALLOW: "other/*" }, nothing), "denied");
  assert.equal(silent({}, (one) => (one.configured["deny"] = ["ada/sh?p"])), "denied");
  place.write("../config.toml", 'deny = "ada/*" # all of hers\n[worker]\n');
  assert.equal(silent({}, nothing), "denied");
  assert.deepEqual([place.told(), place.boxed()], [[], []]);
});

test("telemetry that is switched off while it runs ends it at once", () => {
  host.telemetry = false;
  save(host, place, "shop.py", "a\n");
  assert.deepEqual(place.told(), []);
});

test("the status bar shows the session of this window, as fixloop up says it", async () => {
  await recording.statusBar.look();
  assert.equal(host.item.visible, false);
  await up({ version: 1, store: { sessions_open: 2, sessions: [SESSION, { ...SESSION, session_id: "another" }] } });
  await recording.statusBar.look();
  assert.deepEqual([host.item.text, host.item.visible, host.item.warning], ["$(sync) 2 laps, 1 red", true, true]);
  assert.equal(host.item.command, "fixloop.showSession");
});

test("the board is the address that is set, else what fixloop explain tells", async () => {
  host.configured["boardUrl"] = "https://boards.example.org/d/session?var-session=${session}";
  await host.run("fixloop.openBoard");
  assert.deepEqual(host.opened, ["https://boards.example.org/d/session?var-session=s1"]);
  host.configured["boardUrl"] = "command:workbench.action.quit";
  host.configured["command"] = "echo";
  await host.run("fixloop.openBoard");
  assert.equal(host.opened.length, 1, "only addresses of the web are opened");
  assert.deepEqual(host.shown, ["explain -- s1\n"]);
});

test("a program that is not there is said", async () => {
  host.configured["command"] = "/no/such/fixloop";
  await host.run("fixloop.showSession");
  assert.match(host.shown[0] ?? "", /was not found: install fixloop/);
});

test("a listener that fails is nobody's trouble", () => {
  host.didSave.fire(undefined as unknown as vscode.TextDocument);
  host.shellBegan.fire({} as vscode.TerminalShellExecutionStartEvent);
  host.taskEnded.fire({} as vscode.TaskProcessEndEvent);
});

test("what is disposed of hears nothing", () => {
  context.end();
  for (const event of [host.willSave, host.didSave, host.didCreate, host.shellEnded, host.taskEnded, host.telemetryChanged, host.windowChanged]) {
    assert.equal(event.listeners, 0);
  }
  assert.equal(host.item.disposed, true);
  assert.equal(host.registered.size, 0);
});

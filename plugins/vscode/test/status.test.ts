import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { type Socket, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ask, askStatus, socketPath } from "../src/status.ts";

async function answering(answer: (socket: Socket) => void, what: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "fixloop-status-"));
  const server = createServer((socket) => socket.once("data", () => answer(socket)).on("error", () => undefined));
  await new Promise<void>((listening) => server.listen(socketPath(directory), listening));
  try {
    await what(directory);
  } finally {
    server.close();
    rmSync(directory, { recursive: true });
  }
}

test("the answer is what the socket says until it hangs up", () =>
  answering(
    (socket) => {
      socket.write('{"version":1,"store":{"sess');
      setTimeout(() => socket.end('ions_open":0,"sessions":[]}}'), 20);
    },
    async (directory) => assert.deepEqual(await askStatus(directory), { version: 1, store: { sessions_open: 0, sessions: [] } }),
  ));

test("nobody, nonsense, errors and silence are no answer", async () => {
  assert.equal(await askStatus("/no/such/folder"), undefined);
  await answering((socket) => socket.end("{"), async (directory) => assert.equal(await askStatus(directory), undefined));
  await answering((socket) => socket.end('{"error":"no"}'), async (directory) => assert.equal(await askStatus(directory), undefined));
  await answering((socket) => socket.end('{"version":1,"store":{"sessions":7}}'), async (directory) => assert.equal(await askStatus(directory), undefined));
  await answering(
    (socket) => setTimeout(() => socket.destroy(), 500),
    async (directory) => assert.equal(await ask(directory, {}, 50), undefined),
  );
});

test("a path that is too long for a socket is elsewhere", () => {
  const directory = join(mkdtempSync(join(tmpdir(), "fixloop-status-")), "x".repeat(100));
  mkdirSync(directory);
  assert.match(socketPath(directory), /^\/tmp\/fixloop-\d+\/[0-9a-f]{24}\.sock$/);
});

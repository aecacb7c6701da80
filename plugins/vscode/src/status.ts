// How things stand, asked from `fixloop up` over its socket, without starting Python (docs/status.md). No VS Code in here.
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";

export interface RunStatus {
  readonly session_id: string;
  readonly at: string | null;
  readonly framework: string | null;
  readonly status: string | null;
  readonly finished: boolean;
}

export interface SessionStatus {
  readonly session_id: string;
  readonly repository: string | null;
  readonly agent: string | null;
  readonly last_event_at: string | null;
  readonly bugs_open: number;
  readonly laps: number;
  readonly alerts: number;
  readonly last_run: RunStatus | null;
}

export interface Status {
  readonly version: number;
  readonly store: { readonly sessions_open: number; readonly sessions: readonly SessionStatus[] } | null;
}

const MAX_PATH_BYTES = 103;
const MAX_ANSWER = 4 * 1024 * 1024;

/** Where the owner of a store listens; the same rule as `fixloop.land.store_socket`. */
export function socketPath(directory: string): string {
  let whole = resolve(directory);
  try {
    whole = realpathSync(whole);
  } catch {
    // not made yet: nobody listens there
  }
  const path = join(whole, "fixloop.sock");
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return path;
  const digest = createHash("sha256").update(path).digest("hex").slice(0, 24);
  return `/tmp/fixloop-${process.getuid?.() ?? 0}/${digest}.sock`;
}

/** The answer to a question; undefined when nobody listens, or nothing sensible comes in time. */
export function ask(directory: string, question: unknown, milliseconds = 3_000): Promise<unknown> {
  return new Promise((answered) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const socket = connect(socketPath(directory));
    const end = (answer: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      answered(answer);
    };
    const timer = setTimeout(() => end(undefined), milliseconds);
    socket.on("connect", () => socket.write(`${JSON.stringify(question)}\n`));
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_ANSWER) end(undefined);
    });
    socket.on("error", () => end(undefined));
    socket.on("end", () => {
      try {
        end(JSON.parse(Buffer.concat(chunks).toString("utf8")));
      } catch {
        end(undefined);
      }
    });
  });
}

/** How things stand; undefined when `fixloop up` does not run. */
export async function askStatus(directory: string): Promise<Status | undefined> {
  const answer = await ask(directory, { status: true });
  return isStatus(answer) ? answer : undefined;
}

function isStatus(answer: unknown): answer is Status {
  if (typeof answer !== "object" || answer === null || !("version" in answer) || !("store" in answer)) return false;
  const { store } = answer as { store: unknown };
  return store === null || (typeof store === "object" && Array.isArray((store as { sessions?: unknown }).sessions));
}

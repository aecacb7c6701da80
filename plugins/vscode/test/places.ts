// A machine of its own for a test: a working copy, a spool, a home.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Line } from "../src/recently.ts";
import type { Environment } from "../src/settings.ts";

export type Told = Line & { readonly id: string; readonly partitionkey: string };

export class Place {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), "fixloop-vscode-")));
  readonly root = join(this.base, "shop");
  readonly spool = join(this.base, "spool");
  readonly data = join(this.base, "data");
  readonly environment: Environment = {
    PATH: process.env["PATH"],
    HOME: this.base,
    FIXLOOP_SPOOL: this.spool,
    FIXLOOP_DATA: this.data,
    FIXLOOP_SESSION: "s1",
    FIXLOOP_CONFIG: join(this.base, "config.toml"),
    USER: "ada",
  };

  constructor() {
    mkdirSync(this.root);
    execFileSync("git", ["init", "-q", "-b", "main"], { cwd: this.root });
    execFileSync("git", ["remote", "add", "origin", "git@example.org:ada/shop.git"], { cwd: this.root });
  }

  /** Write a file of the working copy; its path. */
  write(name: string, text: string | Uint8Array): string {
    const path = join(this.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Leave lines in a session's folder as another emitter would have. */
  spooled(session: string, lines: readonly object[], segment = "0000000000.jsonl"): void {
    const folder = join(this.spool, "sessions", session);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, segment), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }

  /** What lies in the drop box of a session, in order. */
  told(session = "s1"): Told[] {
    return this.boxed(session).flatMap((name) =>
      readFileSync(join(this.box(session), name), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Told),
    );
  }

  box(session = "s1"): string {
    return join(this.spool, "sessions", session, "inbox");
  }

  boxed(session = "s1"): string[] {
    try {
      return readdirSync(this.box(session)).sort();
    } catch {
      return [];
    }
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}

/** Type and change of each event, briefly. */
export function brief(told: readonly Told[]): string[] {
  return told.map((line) => `${line.type.replace(/^dev\.fixloop\.|\.v1$/g, "")} ${String(line.data["change"] ?? line.data["status"] ?? "")}`.trim());
}

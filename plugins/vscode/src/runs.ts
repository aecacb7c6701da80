// Test runs that were seen from outside, by their command and exit code: the second-best source. No VS Code in here.
import { randomBytes } from "node:crypto";
import { SOURCE } from "./edits.ts";
import type { Emitter } from "./emitting.ts";
import { linesSince, nextSeq, runnerReported } from "./recently.ts";
import { ask } from "./status.ts";
import { testCommand } from "./testCommand.ts";

const RUN_STARTED = "dev.fixloop.testsuiterun.started.v1";
const RUN_RESULTS = "dev.fixloop.testsuiterun.results.v1";
const RUN_FINISHED = "dev.fixloop.testsuiterun.finished.v1";

/** A clock's grain, and the time between a shell's start of a command and its word of it. */
const GRAIN = 1_000;
/** A task and the shell that runs it are both heard. */
const SAME_RUN = 2_000;
const MAX_OPEN = 50;

/** Exit codes that say how a run ended, and nothing of its tests: of signals, and of shells that found no program. */
const STOPPED: Readonly<Record<number, string>> = { 124: "timed_out", 126: "aborted", 127: "aborted", 130: "aborted", 137: "aborted", 143: "aborted" };

export interface Command {
  /** What was run; empty where a task does not say it. */
  readonly line: string;
  readonly folder: string;
  /** Its project calls it a test, whatever the command line looks like. */
  readonly calledATest?: boolean;
}

interface Open {
  readonly command: Command;
  readonly runner: string;
  readonly exitCodeReliable: boolean;
  readonly startedAt: number;
  readonly edits: number;
  readonly emitter: Emitter;
  readonly nextSeq: number | undefined;
}

export interface Surroundings {
  emitterOf(folder: string): Emitter | undefined;
  /** Edits that were told so far. */
  edits(): number;
  /** Where `fixloop up` has its store. */
  dataDirectory(): string;
  now(): number;
}

/** Pairs the starts and ends of commands that run tests, and tells of those that no runner told of. */
export class Runs {
  readonly #here: Surroundings;
  readonly #open = new Map<unknown, Open>();
  #last: { folder: string; runner: string; startedAt: number; endedAt: number } | undefined;

  constructor(here: Surroundings) {
    this.#here = here;
  }

  /** A command began; `key` is the thing that will say that it ended. */
  began(key: unknown, command: Command): void {
    const found = testCommand(command.line);
    const runner = found?.runner ?? (command.calledATest ? "task" : undefined);
    const emitter = runner === undefined ? undefined : this.#here.emitterOf(command.folder);
    if (runner === undefined || emitter === undefined) return;
    if (this.#open.size >= MAX_OPEN) this.#open.delete(this.#open.keys().next().value);
    this.#open.set(key, {
      command,
      runner,
      exitCodeReliable: found?.exitCodeReliable ?? true,
      startedAt: this.#here.now(),
      edits: this.#here.edits(),
      emitter,
      nextSeq: nextSeq(emitter.folder),
    });
  }

  /** A command ended; true when its run was told. Without an exit code nothing is known, and nothing is said. */
  async ended(key: unknown, exitCode: number | undefined): Promise<boolean> {
    const run = this.#open.get(key);
    this.#open.delete(key);
    if (run === undefined || exitCode === undefined) return false;
    const endedAt = this.#here.now();
    const last = this.#last;
    const same =
      last?.folder === run.command.folder &&
      last.runner === run.runner &&
      Math.abs(last.startedAt - run.startedAt) < SAME_RUN &&
      Math.abs(last.endedAt - endedAt) < SAME_RUN;
    this.#last = { folder: run.command.folder, runner: run.runner, startedAt: run.startedAt, endedAt };
    if (same || (await this.#runnerReported(run))) return false;
    return this.#tell(run, exitCode, (endedAt - run.startedAt) / 1_000);
  }

  /** Whether the runner told of the run itself. Where that cannot be known it counts as told: one run must never be two. */
  async #runnerReported(run: Open): Promise<boolean> {
    const since = run.startedAt - GRAIN;
    if (runnerReported(run.emitter.spool, since)) return true;
    const next = nextSeq(run.emitter.folder);
    if (next === undefined || next === (run.nextSeq ?? 0)) return false;
    const first = run.nextSeq ?? 0;
    const here = linesSince(run.emitter.folder, 0).filter((line) => Number(line.data["seq"]) >= first);
    if (here.length >= next - first) return false;
    // Some were delivered and deleted since: who has them can be asked.
    const moment = new Date(since).toISOString().replace("T", " ").replace("Z", "");
    const sql = `SELECT count() FROM events WHERE type = '${RUN_STARTED}' AND startsWith(source, '/runner/') AND time >= '${moment}'`;
    const answer = (await ask(this.#here.dataDirectory(), { sql })) as { rows?: number[][] } | undefined;
    return answer?.rows?.[0]?.[0] !== 0;
  }

  #tell(run: Open, exitCode: number, seconds: number): boolean {
    const { emitter } = run;
    const runId = randomBytes(16).toString("hex");
    const digest = emitter.digests.text(run.command.line || run.runner);
    const stopped = STOPPED[exitCode];
    const known = run.exitCodeReliable && stopped === undefined;
    const passed = exitCode === 0;
    const result = {
      // One name for one command line, which must not leave.
      test_case_name: `${run.runner} ${digest.slice(0, 12)}`,
      outcome: passed ? "pass" : "fail",
      level: "group",
      ...(passed ? { inferred: true } : { signature: { version: emitter.signatureVersion, complete: false } }),
    };
    const started = {
      run_id: runId,
      framework: run.runner,
      command: { runner: run.runner, digest },
      scope: "unknown",
      // The numbers are given when it is read: an edit during the run stands before it.
      ...(this.#here.edits() > run.edits ? { background: true } : {}),
    };
    const finished = {
      run_id: runId,
      parts: known ? 1 : 0,
      status: stopped ?? (known ? (passed ? "success" : "failure") : "unknown"),
      exit_code: exitCode,
      exit_code_reliable: run.exitCodeReliable,
      results_complete: false,
      duration: Math.max(0, seconds),
    };
    return emitter.emitAll(SOURCE, [
      [RUN_STARTED, started],
      ...(known ? ([[RUN_RESULTS, { run_id: runId, part: 0, results: [result] }]] as const) : []),
      [RUN_FINISHED, finished],
    ]);
  }
}

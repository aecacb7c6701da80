// What a person does in the editor, through the stand-in.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import type * as vscode from "vscode";
import type { Place } from "./places.ts";
import { type StandIn, uri } from "./standIn.ts";

/** Change a file and save it. */
export function save(host: StandIn, place: Pick<Place, "write" | "root">, name: string, text: string): void {
  const document = { uri: uri(`${place.root}/${name}`) } as vscode.TextDocument;
  host.willSave.fire({ document } as vscode.TextDocumentWillSaveEvent);
  place.write(name, text);
  host.didSave.fire(document);
}

export function remove(host: StandIn, path: string): void {
  host.willDelete.fire({ files: [uri(path)] } as unknown as vscode.FileWillDeleteEvent);
  rmSync(path);
  host.didDelete.fire({ files: [uri(path)] });
}

/** Run a command in the terminal; what it really exits with, unless the shell does not say. */
export function terminal(host: StandIn, folder: string, line: string, environment: NodeJS.ProcessEnv, said = true): number {
  const execution = {
    commandLine: { value: line, isTrusted: true, confidence: 2 },
    cwd: uri(folder),
  } as vscode.TerminalShellExecution;
  host.shellBegan.fire({ execution } as vscode.TerminalShellExecutionStartEvent);
  let exitCode = 0;
  try {
    execFileSync("/bin/sh", ["-c", line], { cwd: folder, env: environment, stdio: "ignore" });
  } catch (error) {
    exitCode = (error as { status: number }).status;
  }
  host.shellEnded.fire({ execution, exitCode: said ? exitCode : undefined } as vscode.TerminalShellExecutionEndEvent);
  return exitCode;
}

/** A task ran and ended. */
export function task(host: StandIn, folder: string, what: Partial<vscode.Task>, exitCode: number | undefined): void {
  const execution = { task: { scope: { uri: uri(folder), name: "", index: 0 }, ...what } } as unknown as vscode.TaskExecution;
  host.taskBegan.fire({ execution, processId: 1 });
  host.taskEnded.fire({ execution, exitCode });
}

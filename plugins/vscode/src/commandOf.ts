// The command line of a task and the folder it runs in, as far as the task says them. Pure.
import type * as vscode from "vscode";
import type { Command } from "./runs.ts";

/** What a task runs; undefined where it runs in no folder that is known. */
export function commandOfTask(task: vscode.Task, folders: readonly string[]): Command | undefined {
  const { execution, scope } = task;
  const scoped = typeof scope === "object" ? scope.uri.fsPath : undefined;
  const options = execution !== undefined && "options" in execution ? execution.options : undefined;
  const cwd = options?.cwd?.replace("${workspaceFolder}", scoped ?? folders[0] ?? "");
  const folder = cwd !== undefined && /^([/\\]|[a-z]:)/i.test(cwd) && !cwd.includes("${") ? cwd : (scoped ?? only(folders));
  if (folder === undefined) return undefined;
  return { line: lineOf(execution), folder, calledATest: task.group?.id === "test" };
}

/** What a terminal ran; undefined where that is a guess, or in no folder that is known. */
export function commandOfTerminal(execution: vscode.TerminalShellExecution, folders: readonly string[]): Command | undefined {
  const { commandLine, cwd } = execution;
  if (commandLine.confidence === LOW) return undefined;
  const folder = cwd?.scheme === "file" ? cwd.fsPath : cwd === undefined ? only(folders) : undefined;
  return folder === undefined ? undefined : { line: commandLine.value, folder };
}

/** `TerminalShellExecutionCommandLineConfidence.Low`: read from the screen. */
const LOW = 0;

function lineOf(execution: vscode.Task["execution"]): string {
  if (execution === undefined) return "";
  if ("process" in execution) return [execution.process, ...execution.args].map(quoted).join(" ");
  if (!("commandLine" in execution)) return "";
  if (execution.commandLine) return execution.commandLine;
  const words = [execution.command, ...(execution.args ?? [])].filter((word) => word !== undefined);
  return words.map((word) => (typeof word === "string" ? word : quoted(word.value))).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

function only(folders: readonly string[]): string | undefined {
  return folders.length === 1 ? folders[0] : undefined;
}

// Joins VS Code to what does the work. Everything that VS Code calls is caught: an extension must never be in the way.
import type * as vscode from "vscode";
import { registerCommands } from "./actions.ts";
import { commandOfTask, commandOfTerminal } from "./commandOf.ts";
import { Edits } from "./edits.ts";
import { Emitters } from "./emitting.ts";
import type { Context, Host } from "./host.ts";
import { Runs } from "./runs.ts";
import { type Environment, settingsOf } from "./settings.ts";
import { StatusBar } from "./statusBar.ts";
import type { Why } from "./statusText.ts";

const PAUSED = "fixloop.paused";

/** What runs now; tests wait for it. */
export interface Recording {
  readonly runs: Runs;
  readonly statusBar: StatusBar;
  why(): Why;
}

/** Record until what is in `context.subscriptions` is disposed of. */
export function start(host: Host, context: Context, environment: Environment): Recording {
  const folders = (): string[] =>
    (host.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file").map((folder) => folder.uri.fsPath);
  const settings = () => settingsOf(environment, (name) => host.workspace.getConfiguration("fixloop").get(name));
  let paused = context.workspaceState.get(PAUSED) === true;
  const emitters = new Emitters(settings, folders);

  const why = (): Why => {
    if (settings().off) return "off";
    if (!host.env.isTelemetryEnabled) return "telemetry";
    if (paused) return "paused";
    const all = folders();
    return all.length > 0 && all.every((folder) => emitters.isDenied(folder)) ? "denied" : "recording";
  };
  const records = (): boolean => host.workspace.isTrusted && !paused && host.env.isTelemetryEnabled && !settings().off;
  const emitterOf = (path: string) => (records() ? emitters.of(path) : undefined);

  const edits = new Edits(emitterOf);
  const runs = new Runs({
    emitterOf,
    edits: () => edits.count,
    dataDirectory: () => settings().dataDirectory,
    now: Date.now,
  });
  const statusBar = new StatusBar(host, {
    why,
    dataDirectory: () => settings().dataDirectory,
    sessions: () => folders().flatMap((folder) => emitters.sessionOf(folder) ?? []),
  });

  const pause = async (value: boolean): Promise<void> => {
    paused = value;
    await context.workspaceState.update(PAUSED, value);
    await host.commands.executeCommand("setContext", PAUSED, value);
    await statusBar.look();
  };

  const { workspace, window, tasks } = host;
  const heard: vscode.Disposable[] = [
    workspace.onWillSaveTextDocument(guarded(({ document }) => forFile(document.uri, (path) => edits.willSave(path)))),
    workspace.onDidSaveTextDocument(guarded((document) => forFile(document.uri, (path) => edits.didSave(path)))),
    workspace.onWillSaveNotebookDocument(guarded(({ notebook }) => forFile(notebook.uri, (path) => edits.willSave(path)))),
    workspace.onDidSaveNotebookDocument(guarded((notebook) => forFile(notebook.uri, (path) => edits.didSave(path)))),
    workspace.onDidCreateFiles(guarded(({ files }) => each(files, (path) => edits.didCreate(path)))),
    workspace.onWillDeleteFiles(guarded(({ files }) => each(files, (path) => edits.willDelete(path)))),
    workspace.onDidDeleteFiles(guarded(({ files }) => each(files, (path) => edits.didDelete(path)))),
    workspace.onDidRenameFiles(
      guarded(({ files }) => {
        for (const { oldUri, newUri } of files) {
          if (oldUri.scheme === "file" && newUri.scheme === "file") edits.didRename(oldUri.fsPath, newUri.fsPath);
        }
      }),
    ),
    tasks.onDidStartTaskProcess(
      guarded(({ execution }) => {
        const command = commandOfTask(execution.task, folders());
        if (command) runs.began(execution, command);
      }),
    ),
    tasks.onDidEndTaskProcess(guarded(({ execution, exitCode }) => runs.ended(execution, exitCode))),
    window.onDidStartTerminalShellExecution(
      guarded(({ execution }) => {
        const command = commandOfTerminal(execution, folders());
        if (command) runs.began(execution, command);
      }),
    ),
    window.onDidEndTerminalShellExecution(guarded(({ execution, exitCode }) => runs.ended(execution, exitCode))),
    workspace.onDidChangeConfiguration(guarded((change) => {
      if (change.affectsConfiguration("fixloop")) emitters.forget();
    })),
    workspace.onDidChangeWorkspaceFolders(guarded(() => emitters.forget())),
    host.env.onDidChangeTelemetryEnabled(guarded(() => statusBar.look())),
  ];
  context.subscriptions.push(...heard, statusBar, ...registerCommands(host, { pause, statusBar, settings }));
  void Promise.resolve(host.commands.executeCommand("setContext", PAUSED, paused)).catch(() => undefined);
  statusBar.begin();
  return { runs, statusBar, why };
}

/** A listener whose failure is nobody's. */
function guarded<T>(listener: (event: T) => unknown): (event: T) => void {
  return (event) => {
    try {
      void Promise.resolve(listener(event)).catch(() => undefined);
    } catch {
      // what could not be recorded is lost, and the editor goes on
    }
  };
}

function forFile(uri: vscode.Uri, what: (path: string) => void): void {
  if (uri.scheme === "file") what(uri.fsPath);
}

function each(uris: readonly vscode.Uri[], what: (path: string) => void): void {
  for (const uri of uris) forFile(uri, what);
}

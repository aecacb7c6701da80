// What is used of VS Code, and no more: the real module has it, and so does the stand-in of the tests. `tsc` checks both.
import type * as vscode from "vscode";

export interface Host {
  readonly workspace: Pick<
    typeof vscode.workspace,
    | "workspaceFolders"
    | "isTrusted"
    | "getConfiguration"
    | "onDidChangeConfiguration"
    | "onDidChangeWorkspaceFolders"
    | "onWillSaveTextDocument"
    | "onDidSaveTextDocument"
    | "onWillSaveNotebookDocument"
    | "onDidSaveNotebookDocument"
    | "onDidCreateFiles"
    | "onWillDeleteFiles"
    | "onDidDeleteFiles"
    | "onDidRenameFiles"
    | "openTextDocument"
    | "registerTextDocumentContentProvider"
  >;
  readonly window: Pick<
    typeof vscode.window,
    | "createStatusBarItem"
    | "onDidStartTerminalShellExecution"
    | "onDidEndTerminalShellExecution"
    | "onDidChangeWindowState"
    | "state"
    | "showInformationMessage"
    | "showQuickPick"
    | "showTextDocument"
  >;
  readonly tasks: Pick<typeof vscode.tasks, "onDidStartTaskProcess" | "onDidEndTaskProcess">;
  readonly commands: Pick<typeof vscode.commands, "registerCommand" | "executeCommand">;
  readonly env: Pick<typeof vscode.env, "isTelemetryEnabled" | "onDidChangeTelemetryEnabled" | "openExternal">;
  readonly Uri: Pick<typeof vscode.Uri, "parse" | "from">;
  readonly ThemeColor: typeof vscode.ThemeColor;
  readonly StatusBarAlignment: typeof vscode.StatusBarAlignment;
}

/** What is used of the context that VS Code gives to an extension. */
export interface Context {
  readonly subscriptions: { dispose(): unknown }[];
  readonly workspaceState: Pick<vscode.Memento, "get" | "update">;
}

// A stand-in of the part of VS Code that the extension uses. That it has the shape of the real one is what `tsc` checks.
import type * as vscode from "vscode";
import type { Context, Host } from "../src/host.ts";

type Listener<T> = (event: T) => unknown;

/** One of VS Code's events, and how to fire it. */
export class Fired<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly event: vscode.Event<T> = (listener) => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  get listeners(): number {
    return this.#listeners.size;
  }

  fire(event: T): void {
    for (const listener of this.#listeners) listener(event);
  }
}

export function uri(path: string, scheme = "file"): vscode.Uri {
  return { scheme, fsPath: path, path, toString: () => `${scheme}:${path}` } as vscode.Uri;
}

export class StandIn implements Host {
  readonly willSave = new Fired<vscode.TextDocumentWillSaveEvent>();
  readonly didSave = new Fired<vscode.TextDocument>();
  readonly willSaveNotebook = new Fired<vscode.NotebookDocumentWillSaveEvent>();
  readonly didSaveNotebook = new Fired<vscode.NotebookDocument>();
  readonly didCreate = new Fired<vscode.FileCreateEvent>();
  readonly willDelete = new Fired<vscode.FileWillDeleteEvent>();
  readonly didDelete = new Fired<vscode.FileDeleteEvent>();
  readonly didRename = new Fired<vscode.FileRenameEvent>();
  readonly configurationChanged = new Fired<vscode.ConfigurationChangeEvent>();
  readonly foldersChanged = new Fired<vscode.WorkspaceFoldersChangeEvent>();
  readonly windowChanged = new Fired<vscode.WindowState>();
  readonly telemetryChanged = new Fired<boolean>();
  readonly shellBegan = new Fired<vscode.TerminalShellExecutionStartEvent>();
  readonly shellEnded = new Fired<vscode.TerminalShellExecutionEndEvent>();
  readonly taskBegan = new Fired<vscode.TaskProcessStartEvent>();
  readonly taskEnded = new Fired<vscode.TaskProcessEndEvent>();

  readonly configured: Record<string, unknown> = {};
  readonly registered = new Map<string, (...args: unknown[]) => unknown>();
  readonly contexts: Record<string, unknown> = {};
  readonly opened: string[] = [];
  readonly shown: string[] = [];
  readonly said: string[] = [];
  readonly item = { text: "", tooltip: "", visible: false, warning: false, command: "", disposed: false };
  provider: vscode.TextDocumentContentProvider | undefined;
  telemetry = true;
  trusted = true;

  constructor(private readonly root: string) {}

  readonly workspace = this.#workspace();
  readonly window = this.#window();
  readonly tasks = { onDidStartTaskProcess: this.taskBegan.event, onDidEndTaskProcess: this.taskEnded.event };
  readonly commands: Host["commands"] = {
    registerCommand: (name, callback) => {
      this.registered.set(name, callback);
      return { dispose: () => this.registered.delete(name) };
    },
    executeCommand: <T>(name: string, ...rest: unknown[]) => {
      if (name === "setContext") this.contexts[String(rest[0])] = rest[1];
      return Promise.resolve(undefined as T);
    },
  };
  readonly env: Host["env"] = this.#env();
  readonly Uri: Host["Uri"] = {
    parse: (value) => uri(value, "parsed"),
    from: ({ scheme, path, query }) => uri(`${path ?? ""}?${query ?? ""}`, scheme),
  };
  readonly ThemeColor = class {
    constructor(readonly id: string) {}
  } as Host["ThemeColor"];
  readonly StatusBarAlignment = { Left: 1, Right: 2 } as Host["StatusBarAlignment"];

  /** Run one of the commands. */
  async run(command: string): Promise<void> {
    await this.registered.get(command)?.();
  }

  #workspace(): Host["workspace"] {
    const self = this;
    return {
      get workspaceFolders() {
        return [{ uri: uri(self.root), name: "shop", index: 0 }];
      },
      get isTrusted() {
        return self.trusted;
      },
      getConfiguration: () => ({ get: (name: string) => self.configured[name] }) as vscode.WorkspaceConfiguration,
      onDidChangeConfiguration: this.configurationChanged.event,
      onDidChangeWorkspaceFolders: this.foldersChanged.event,
      onWillSaveTextDocument: this.willSave.event,
      onDidSaveTextDocument: this.didSave.event,
      onWillSaveNotebookDocument: this.willSaveNotebook.event,
      onDidSaveNotebookDocument: this.didSaveNotebook.event,
      onDidCreateFiles: this.didCreate.event,
      onWillDeleteFiles: this.willDelete.event,
      onDidDeleteFiles: this.didDelete.event,
      onDidRenameFiles: this.didRename.event,
      openTextDocument: ((given: vscode.Uri) => Promise.resolve({ uri: given } as vscode.TextDocument)) as unknown as Host["workspace"]["openTextDocument"],
      registerTextDocumentContentProvider: (_scheme, provider) => {
        self.provider = provider;
        return { dispose: () => undefined };
      },
    };
  }

  #window(): Host["window"] {
    const self = this;
    return {
      createStatusBarItem: (() => self.#statusBarItem()) as Host["window"]["createStatusBarItem"],
      onDidStartTerminalShellExecution: this.shellBegan.event,
      onDidEndTerminalShellExecution: this.shellEnded.event,
      onDidChangeWindowState: this.windowChanged.event,
      state: { focused: true, active: true },
      showInformationMessage: ((message: string) => {
        self.said.push(message);
        return Promise.resolve(undefined);
      }) as Host["window"]["showInformationMessage"],
      showQuickPick: ((items: readonly vscode.QuickPickItem[]) => Promise.resolve(items[0])) as unknown as Host["window"]["showQuickPick"],
      showTextDocument: (async (document: vscode.TextDocument) => {
        const text = await self.provider?.provideTextDocumentContent(document.uri, {} as vscode.CancellationToken);
        self.shown.push(text ?? "");
        return {} as vscode.TextEditor;
      }) as unknown as Host["window"]["showTextDocument"],
    };
  }

  #env(): Host["env"] {
    const self = this;
    return {
      get isTelemetryEnabled() {
        return self.telemetry;
      },
      onDidChangeTelemetryEnabled: this.telemetryChanged.event,
      openExternal: (target) => {
        self.opened.push(target.path);
        return Promise.resolve(true);
      },
    };
  }

  #statusBarItem(): vscode.StatusBarItem {
    const { item } = this;
    return {
      set text(value: string) {
        item.text = value;
      },
      set tooltip(value: string) {
        item.tooltip = value;
      },
      set command(value: string) {
        item.command = value;
      },
      set backgroundColor(value: vscode.ThemeColor | undefined) {
        item.warning = value !== undefined;
      },
      set name(_value: string) {},
      show: () => {
        item.visible = true;
      },
      hide: () => {
        item.visible = false;
      },
      dispose: () => {
        item.disposed = true;
      },
    } as vscode.StatusBarItem;
  }
}

/** The context of a first start, or of one that follows another with the same `kept`. */
export function contextWith(kept: Map<string, unknown> = new Map()): Context & { end(): void } {
  const subscriptions: { dispose(): unknown }[] = [];
  return {
    subscriptions,
    workspaceState: {
      get: ((name: string) => kept.get(name)) as vscode.Memento["get"],
      update: (name, value) => {
        kept.set(name, value);
        return Promise.resolve();
      },
    },
    end: () => subscriptions.forEach((one) => one.dispose()),
  };
}

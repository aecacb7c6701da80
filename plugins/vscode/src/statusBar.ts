// The item in the status bar: asks the socket of `fixloop up` now and then, and shows what `statusText` makes of it.
import type * as vscode from "vscode";
import type { Host } from "./host.ts";
import { type SessionStatus, type Status, askStatus } from "./status.ts";
import { type Facts, type Why, oursOf, statusItem } from "./statusText.ts";

/** While somebody looks, and while nobody does. */
const EVERY = 5_000;
const EVERY_UNSEEN = 60_000;

export interface Surroundings {
  why(): Why;
  dataDirectory(): string;
  /** The ids of the sessions of this window's folders. */
  sessions(): string[];
}

export class StatusBar {
  readonly #host: Host;
  readonly #here: Surroundings;
  readonly #item: vscode.StatusBarItem;
  readonly #heard: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #status: Status | undefined;

  constructor(host: Host, here: Surroundings) {
    this.#host = host;
    this.#here = here;
    this.#item = host.window.createStatusBarItem("fixloop.status", host.StatusBarAlignment.Left, 0);
    this.#item.name = "fixloop";
    this.#item.command = "fixloop.showSession";
    this.#heard = host.window.onDidChangeWindowState(({ focused }) => {
      if (focused) void this.look();
    });
  }

  /** Look now, and again and again. */
  begin(): void {
    void this.look().finally(() => {
      if (this.#ended) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.begin(), this.#host.window.state.focused ? EVERY : EVERY_UNSEEN);
      this.#timer.unref();
    });
  }

  /** Ask, and show. */
  async look(): Promise<void> {
    const status = await askStatus(this.#here.dataDirectory());
    if (this.#ended) return;
    this.#status = status;
    try {
      this.#show();
    } catch {
      // settings that cannot be read, or a folder that went away: the item stays as it was
    }
  }

  /** The open sessions of this window, the newest first. */
  ours(): SessionStatus[] {
    return oursOf(this.#status, this.#here.sessions());
  }

  /** The id of the session that the window's first folder belongs to, open or not. */
  session(): string | undefined {
    return this.ours()[0]?.session_id ?? this.#here.sessions()[0];
  }

  dispose(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#heard.dispose();
    this.#item.dispose();
  }

  #show(): void {
    const when = this.#host.workspace.getConfiguration("fixloop").get<Facts["when"]>("statusBar") ?? "quiet";
    const item = statusItem({ why: this.#here.why(), status: this.#status, sessions: this.#here.sessions(), when });
    if (item === undefined) {
      this.#item.hide();
      return;
    }
    this.#item.text = item.text;
    this.#item.tooltip = item.tooltip;
    this.#item.backgroundColor = item.warning ? new this.#host.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.#item.show();
  }
}

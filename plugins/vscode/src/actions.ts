// The commands in the palette.
import { execFile } from "node:child_process";
import type * as vscode from "vscode";
import type { Host } from "./host.ts";
import type { Settings } from "./settings.ts";
import type { StatusBar } from "./statusBar.ts";

/** Documents of this scheme hold what `fixloop explain` tells. */
const SCHEME = "fixloop";
const MAX_OUTPUT = 16 * 1024 * 1024;
const EXPLAIN_MILLISECONDS = 60_000;

export interface Needed {
  pause(value: boolean): Promise<void>;
  readonly statusBar: StatusBar;
  settings(): Settings;
}

/** Register the commands that the manifest names; what comes back takes them away again. */
export function registerCommands(host: Host, needed: Needed): vscode.Disposable[] {
  const told = new Map<string, string>();
  const { commands, workspace } = host;
  const explain = async (session: string): Promise<void> => {
    const uri = host.Uri.from({ scheme: SCHEME, path: `/${session.replaceAll("/", "_")}.txt`, query: String(Date.now()) });
    told.clear();
    told.set(uri.toString(), await explained(needed.settings(), session));
    await host.window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  };
  const noSession = () => host.window.showInformationMessage("fixloop: there is no session in this window yet.");
  const openBoard = async (): Promise<void> => {
    const session = needed.statusBar.session();
    const { boardUrl } = needed.settings();
    if (/^https?:\/\//i.test(boardUrl)) {
      await host.env.openExternal(host.Uri.parse(boardUrl.replaceAll("${session}", encodeURIComponent(session ?? ""))));
    } else if (session === undefined) await noSession();
    else await explain(session);
  };
  const showSession = async (): Promise<void> => {
    await needed.statusBar.look();
    const ours = needed.statusBar.ours();
    const session = needed.statusBar.session();
    if (ours.length < 2) {
      await (session === undefined ? noSession() : explain(session));
      return;
    }
    const items = ours.map((one) => ({
      label: one.repository ?? one.session_id,
      description: `${one.agent ?? ""} ${one.bugs_open} red, ${one.laps} laps`.trim(),
      detail: one.session_id,
    }));
    const chosen = await host.window.showQuickPick(items, { placeHolder: "Which session?" });
    if (chosen) await explain(chosen.detail);
  };
  return [
    workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => told.get(uri.toString()) ?? "Run “fixloop: Show Session” again.",
    }),
    commands.registerCommand("fixloop.pause", () => needed.pause(true)),
    commands.registerCommand("fixloop.resume", () => needed.pause(false)),
    commands.registerCommand("fixloop.openBoard", openBoard),
    commands.registerCommand("fixloop.showSession", showSession),
  ];
}

/** What `fixloop explain` tells, or why it does not. No shell: a session's id may hold anything. */
function explained(settings: Settings, session: string): Promise<string> {
  const options = {
    env: { ...settings.environment, FIXLOOP_DATA: settings.dataDirectory, NO_COLOR: "1", PYTHONUTF8: "1" } as NodeJS.ProcessEnv,
    maxBuffer: MAX_OUTPUT,
    timeout: EXPLAIN_MILLISECONDS,
  };
  return new Promise((answered) => {
    // `--` ends the options: an id that begins with a dash is still an id.
    execFile(settings.command, ["explain", "--", session], options, (error, stdout, stderr) => {
      if (!error) answered(stdout);
      else if ("code" in error && error.code === "ENOENT") {
        answered(`The program ${settings.command} was not found: install fixloop (pip install 'fixloop[local]'), or name it in the setting fixloop.command.\n`);
      } else answered(stderr.trim() || error.message);
    });
  });
}

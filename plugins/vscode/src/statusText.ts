// What the status bar says. Pure.
import type { SessionStatus, Status } from "./status.ts";

export type Why = "recording" | "paused" | "off" | "telemetry" | "denied";

export interface Facts {
  readonly why: Why;
  /** Undefined when `fixloop up` does not run. */
  readonly status: Status | undefined;
  /** The ids of the sessions of this window's folders. */
  readonly sessions: readonly string[];
  readonly when: "quiet" | "always" | "never";
}

export interface Item {
  readonly text: string;
  readonly tooltip: string;
  readonly warning: boolean;
}

const SILENT: Record<Exclude<Why, "recording">, string> = {
  paused: "Recording is paused in this workspace.",
  off: "fixloop is switched off (FIXLOOP).",
  telemetry: "Nothing is recorded while telemetry is switched off in VS Code.",
  denied: "This repository is not recorded (allow and deny lists).",
};

/** The item; undefined when there is nothing to show. */
export function statusItem({ why, status, sessions, when }: Facts): Item | undefined {
  if (when === "never") return undefined;
  if (why !== "recording") {
    if (when === "quiet" && why !== "paused") return undefined;
    return { text: "$(debug-pause) fixloop", tooltip: SILENT[why], warning: false };
  }
  const ours = oursOf(status, sessions);
  if (ours.length === 0) {
    if (when === "quiet") return undefined;
    const tooltip = status ? "No session is open in this workspace." : "`fixloop up` does not run: events wait in the spool.";
    return { text: "$(circle-outline) fixloop", tooltip, warning: false };
  }
  const red = total(ours, "bugs_open");
  const laps = total(ours, "laps");
  const alerts = total(ours, "alerts");
  return { text: text(red, laps, alerts, ours), tooltip: ours.map(told).join("\n"), warning: alerts > 0 };
}

/** The open sessions of this window, the newest first. */
export function oursOf(status: Status | undefined, sessions: readonly string[]): SessionStatus[] {
  return (status?.store?.sessions ?? []).filter((session) => sessions.includes(session.session_id));
}

function text(red: number, laps: number, alerts: number, ours: readonly SessionStatus[]): string {
  if (alerts > 0) return `$(sync) ${laps > 0 ? counted(laps, "lap") : "going round"}${red > 0 ? `, ${red} red` : ""}`;
  if (red > 0) return `$(circle-slash) ${red} red`;
  return ours.some((session) => session.last_run !== null) ? "$(check) green" : "$(circle-outline) fixloop";
}

function told(session: SessionStatus): string {
  const who = session.agent ?? "this working copy";
  const run = session.last_run;
  const last = run === null ? "no test run yet" : `last run: ${run.framework ?? "tests"}, ${run.status ?? "not finished"}`;
  return `${session.repository ?? session.session_id} (${who}): ${counted(session.bugs_open, "bug")} open, ${counted(session.laps, "lap")}; ${last}`;
}

function total(sessions: readonly SessionStatus[], field: "bugs_open" | "laps" | "alerts"): number {
  return sessions.reduce((sum, session) => sum + session[field], 0);
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

// Settings: what VS Code's own say, else the environment, else the defaults that fixloop has everywhere. No VS Code in here.
import { homedir } from "node:os";
import { join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Settings {
  /** Switched off for everything: `FIXLOOP=off`. */
  readonly off: boolean;
  /** The environment, with VS Code's settings laid over it. */
  readonly environment: Environment;
  readonly dataDirectory: string;
  readonly boardUrl: string;
  readonly command: string;
  readonly statusBar: "quiet" | "always" | "never";
}

/** The settings; `configured` says what VS Code has under a name, of whatever type. */
export function settingsOf(environment: Environment, configured: (name: string) => unknown): Settings {
  const text = (name: string): string => {
    const value = configured(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const names = (name: string): string[] => {
    const value = configured(name);
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string" && one.trim() !== "") : [];
  };
  const home = environment["HOME"] || homedir();
  const data = text("dataDirectory") || environment["FIXLOOP_DATA"] || join(environment["XDG_DATA_HOME"] || join(home, ".local/share"), "fixloop");
  const shown = text("statusBar");
  const allow = names("allow");
  const deny = names("deny");
  return {
    off: ["0", "off", "no", "false"].includes((environment["FIXLOOP"] ?? "").trim().toLowerCase()),
    environment: {
      ...environment,
      ...(text("spoolDirectory") ? { FIXLOOP_SPOOL: text("spoolDirectory") } : {}),
      ...(allow.length > 0 ? { FIXLOOP_ALLOW: allow.join(",") } : {}),
      // Both lists hold: what one of them denies is denied.
      ...(deny.length > 0 ? { FIXLOOP_DENY: [environment["FIXLOOP_DENY"], ...deny].filter(Boolean).join(",") } : {}),
    },
    dataDirectory: data,
    boardUrl: text("boardUrl"),
    command: text("command") || "fixloop",
    statusBar: shown === "always" || shown === "never" ? shown : "quiet",
  };
}

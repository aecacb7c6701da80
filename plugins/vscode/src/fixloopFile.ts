// The settings file that emitters read (docs/settings.md): of its TOML, the plain texts above the first table. No VS Code in here.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./settings.ts";

const EVERYBODYS = "/etc/fixloop/config.toml";
const ENTRY = /^\s*([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([\d.]+))\s*(?:#.*)?$/;

/** A setting: of the environment, else of the first file that there is. */
export function setting(environment: Environment, variable: string): string | undefined {
  const set = environment[variable];
  if (set !== undefined) return set || undefined;
  return fileOf(environment).get(variable.replace(/^FIXLOOP_/, "").toLowerCase()) || undefined;
}

/** A setting that may be in a file of its own, which the variable with `_FILE` behind its name names. */
export function secret(environment: Environment, variable: string): string | undefined {
  const nearer = environment[variable] || environment[`${variable}_FILE`] ? { ...environment, FIXLOOP_CONFIG: "/dev/null" } : environment;
  const named = setting(nearer, `${variable}_FILE`);
  if (named === undefined) return setting(nearer, variable);
  return readFileSync(named.replace(/^~(?=\/)/, environment["HOME"] || homedir()), "utf8").trim() || undefined;
}

function fileOf(environment: Environment): Map<string, string> {
  const named = environment["FIXLOOP_CONFIG"];
  const users = join(environment["XDG_CONFIG_HOME"] || join(environment["HOME"] || homedir(), ".config"), "fixloop/config.toml");
  for (const path of named ? [named] : [users, EVERYBODYS]) {
    try {
      return entries(readFileSync(path, "utf8"));
    } catch {
      // the next one
    }
  }
  return new Map();
}

function entries(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*\[/.test(line)) break;
    const entry = ENTRY.exec(line);
    if (entry) found.set(entry[1]!, entry[2]?.replace(/\\(["\\])/g, "$1") ?? entry[3] ?? entry[4] ?? "");
  }
  return found;
}

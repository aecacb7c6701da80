// The settings of emitters: the environment, and below it the plain entries of fixloop's settings file (docs/settings.md of fixloop).
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */
/**
 * @typedef {object} Settings
 * @property {string} spool the folder that emitters write to
 * @property {Buffer | undefined} digestKey the organisation's key
 * @property {string} level what may leave the machine, as it was set
 * @property {(repository: string | undefined) => boolean} allows whether work in a repository may be told
 */

const EVERYBODYS_FILE = "/etc/fixloop/config.toml";
const ENTRY = /^\s*([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([-+\w.:]+))\s*(?:#.*)?$/;
const OURS = /^\s*["']?(?:spool|digest_key|digest_key_file|level|allow|deny)\b/;
const OFF = ["0", "off", "no", "false"];

/** From the strictest on: digests alone, the names of files too, masked failure messages too. */
export const LEVELS = /** @type {const} */ (["digests", "paths", "masked_text"]);

/** Whether everything is to be quiet. @param {Environment} environment */
export const switchedOff = (environment) => OFF.includes((environment["FIXLOOP"] ?? "").trim().toLowerCase());

/** Whether test runners are asked for their runs. @param {Environment} environment */
export const switchedOn = (environment) => Boolean(environment["FIXLOOP"]) && !switchedOff(environment);

/**
 * What an emitter needs.
 * @param {Environment} environment
 * @returns {Settings}
 * @throws where a file that is named, or that holds the key, cannot be read
 */
export function settingsOf(environment) {
  const file = fileOf(environment);
  const key = secret(environment, file, "FIXLOOP_DIGEST_KEY");
  const [allow, deny] = [globs(setting(environment, file, "FIXLOOP_ALLOW")), globs(setting(environment, file, "FIXLOOP_DENY"))];
  return {
    spool: spoolOf(environment, file),
    digestKey: key === undefined ? undefined : Buffer.from(key, "utf8"),
    level: (setting(environment, file, "FIXLOOP_LEVEL") ?? LEVELS[0]).trim().toLowerCase(),
    allows(repository) {
      const name = (repository ?? "").toLowerCase();
      if (deny.some((glob) => glob.test(name))) return false;
      return allow.length === 0 || allow.some((glob) => glob.test(name));
    },
  };
}

/** The spool's folder. @param {Environment} environment  @param {Map<string, string>} [file] */
export function spoolOf(environment, file = new Map()) {
  const state = environment["XDG_STATE_HOME"] || join(home(environment), ".local/state");
  return setting(environment, file, "FIXLOOP_SPOOL") ?? join(state, "fixloop/spool");
}

/** @param {Environment} environment */
export const home = (environment) => environment["HOME"] || homedir();

/** @param {Environment} environment  @param {Map<string, string>} file  @param {string} variable */
function setting(environment, file, variable) {
  const set = environment[variable];
  if (set !== undefined) return set || undefined;
  return file.get(variable.replace(/^FIXLOOP_/, "").toLowerCase()) || undefined;
}

/** What was set, or what stands in the file that is named instead. @param {Environment} environment  @param {Map<string, string>} file  @param {string} variable */
function secret(environment, file, variable) {
  const nearer = environment[variable] || environment[`${variable}_FILE`] ? new Map() : file;
  const value = setting(environment, nearer, variable);
  const named = setting(environment, nearer, `${variable}_FILE`);
  if (value !== undefined && named !== undefined) throw new RangeError(`${variable} and ${variable}_FILE are both set`);
  if (named === undefined) return value;
  return readFileSync(named.replace(/^~(?=\/)/, home(environment)), "utf8").trim() || undefined;
}

/** @param {Environment} environment  @returns {Map<string, string>} */
function fileOf(environment) {
  const named = environment["FIXLOOP_CONFIG"];
  if (named) return entries(readFileSync(named.replace(/^~(?=\/)/, home(environment)), "utf8"));
  const users = join(environment["XDG_CONFIG_HOME"] || join(home(environment), ".config"), "fixloop/config.toml");
  const found = [users, EVERYBODYS_FILE].find((path) => existsSync(path));
  return found === undefined ? new Map() : entries(readFileSync(found, "utf8"));
}

/**
 * The plain entries above the first table; others are not for emitters.
 * @param {string} text
 * @throws where one that is for them cannot be understood: who may be denied is better not told
 */
function entries(text) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*\[[^\]]+\]\s*(?:#.*)?$/.test(line)) break;
    const entry = ENTRY.exec(line);
    if (entry) found.set(/** @type {string} */ (entry[1]), entry[2]?.replace(/\\(["\\])/g, "$1") ?? entry[3] ?? entry[4] ?? "");
    else if (OURS.test(line)) throw new SyntaxError("a setting that cannot be understood");
  }
  return found;
}

/** Names with `*` and `?`, separated by commas. @param {string | undefined} listed */
function globs(listed) {
  const names = (listed ?? "").split(",").map((name) => name.trim().toLowerCase());
  return names.filter(Boolean).map((name) => new RegExp(`^${name.split(/(\[!?[^\]]+\]|[*?])/).map(globbed).join("")}$`, "su"));
}

/** @param {string} part */
function globbed(part) {
  if (part === "*") return ".*";
  if (part === "?") return ".";
  if (/^\[.+\]$/s.test(part)) return `[${part.slice(1, -1).replace(/^!/, "^").replace(/[\\[\]]/g, "\\$&")}]`;
  return part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

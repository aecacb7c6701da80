// Which session work in a folder belongs to, whose it is, and the door through which it is told; the twin of `fixloop/emit/emitter.py`.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import type { Digests } from "./changes.ts";
import { KeyedDigests } from "./digests.ts";
import { createWhole, drop, folderName, makeDirectory } from "./dropBox.ts";
import { secret, setting } from "./fixloopFile.ts";
import { note } from "./emitLog.ts";
import { type PathRole, pathRole } from "./pathRole.ts";
import type { Environment, Settings } from "./settings.ts";
import { type WorkingCopy, gitSettings, realpath, workingCopy } from "./workingCopy.ts";

/** Levels that are none, and of which the log says so already. */
const refused = new Set<string>();
/** Of the rules by which failures are masked; it is said even of a failure of which nothing is known. */
const SIGNATURE_VERSION = 1;
const MAX_ID = 256;
const MAX_FILE_PATH = 1024;
const LEVELS = ["digests", "paths", "masked_text"];
const OUTSIDE = /^(?:[/~\\]|\.\.(?:\/|$)|[A-Za-z]:)/;
/** Not in a path that is told: what cannot be seen or encoded. */
const UNPRINTABLE = /[\p{C}\p{Z}]/u;
/** How long a branch and its commit are taken as known: a save must not read them again for each file. */
const KNOWN_MILLISECONDS = 1_000;
const MAX_KNOWN = 200;

/** What is needed to speak for a session. */
export interface Emitter {
  readonly spool: string;
  readonly session: string;
  /** The session's folder in the spool. */
  readonly folder: string;
  readonly digests: Digests;
  readonly signatureVersion: number;
  /** A path as it is told before it is digested: relative to the working copy, with slashes. */
  relative(path: string): string;
  role(relative: string): PathRole;
  /** The field that names a file in plain, where the level lets it. */
  plain(relative: string): { readonly code_file_path?: string };
  /** Write an event; false when it could not be written. */
  emit(type: string, source: string, data: Readonly<Record<string, unknown>>): boolean;
  /** Write several events that stay together. */
  emitAll(source: string, events: readonly (readonly [type: string, data: Readonly<Record<string, unknown>>])[]): boolean;
  /** Remember, on this machine alone, what a path's digest stands for. */
  name(digest: string, path: string): void;
}

interface Known {
  readonly at: number;
  readonly emitter: Emitter | undefined;
}

/** The emitters of a window. */
export class Emitters {
  readonly #settings: () => Settings;
  readonly #folders: () => readonly string[];
  readonly #known = new Map<string, Known>();

  constructor(settings: () => Settings, folders: () => readonly string[]) {
    this.#settings = settings;
    this.#folders = folders;
  }

  /** The emitter for a file or folder of the window's; undefined where nothing is to be said: outside of it, in git's own folder, denied. */
  of(path: string): Emitter | undefined {
    if (!this.#folders().some((folder) => path === folder || path.startsWith(folder + sep))) return undefined;
    if (path.split(sep).includes(".git")) return undefined;
    return this.#at(this.#folders().includes(path) ? path : dirname(path));
  }

  /** The session that a folder of the window belongs to. */
  sessionOf(folder: string): string | undefined {
    return this.#at(folder)?.session;
  }

  /** Whether the lists forbid the folder's repository. */
  isDenied(folder: string): boolean {
    return !allows(this.#settings().environment, workingCopy(folder)?.name);
  }

  /** Settings or folders are others now. */
  forget(): void {
    this.#known.clear();
  }

  #at(folder: string): Emitter | undefined {
    const known = this.#known.get(folder);
    if (known !== undefined && Date.now() - known.at < KNOWN_MILLISECONDS) return known.emitter;
    const emitter = emitterIn(folder, this.#settings().environment);
    this.#known.delete(folder);
    this.#known.set(folder, { at: Date.now(), emitter });
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    return emitter;
  }
}

/** The emitter for work in a folder; undefined where the lists forbid it, or there is no key for digests. */
export function emitterIn(folder: string, environment: Environment): Emitter | undefined {
  const copy = workingCopy(folder);
  if (!allows(environment, copy?.name)) return undefined;
  const spool = spoolOf(environment);
  try {
    const digests = new KeyedDigests(keyOf(environment, spool));
    const root = copy?.root ?? realpath(folder);
    const session = sessionId(environment, digests, root);
    const said = (setting(environment, "FIXLOOP_LEVEL") ?? "digests").trim().toLowerCase();
    const level = LEVELS.includes(said) ? said : "digests";
    if (level !== said && !refused.has(said)) {
      refused.add(said);
      note(spool, `FIXLOOP_LEVEL has to be one of ${LEVELS.join(", ")}: nothing but digests leaves`);
    }
    return new SpoolEmitter(spool, session, root, digests, attribution(environment, digests, copy), level);
  } catch (error) {
    note(spool, "vscode: no digests", error);
    return undefined;
  }
}

/** The spool's folder. */
export function spoolOf(environment: Environment): string {
  const home = environment["HOME"] || homedir();
  return setting(environment, "FIXLOOP_SPOOL") ?? join(environment["XDG_STATE_HOME"] || join(home, ".local/state"), "fixloop/spool");
}

/**
 * The session's id: the one that is named, else a lasting one of the working copy. An agent's variables do not count here:
 * an editor that was started from an agent's shell outlives the agent's session.
 */
export function sessionId(environment: Environment, digests: Digests, root: string): string {
  const named = environment["FIXLOOP_SESSION"];
  if (!named) return `local-${digests.path(realpath(root).replaceAll("\\", "/"))}`;
  const encodable = named.toWellFormed();
  return Array.from(encodable).length > MAX_ID ? createHash("sha256").update(encodable, "utf8").digest("hex") : encodable;
}

/** Whether work in a repository may be told; undefined is work in none, which no list can name. */
export function allows(environment: Environment, repository: string | undefined): boolean {
  const name = (repository ?? "").toLowerCase();
  const listed = (variable: string): RegExp[] =>
    (setting(environment, variable) ?? "")
      .split(",")
      .map((one) => one.trim().toLowerCase())
      .filter((one) => one !== "")
      .map(glob);
  if (listed("FIXLOOP_DENY").some((pattern) => pattern.test(name))) return false;
  const allowed = listed("FIXLOOP_ALLOW");
  return allowed.length === 0 || allowed.some((pattern) => pattern.test(name));
}

class SpoolEmitter implements Emitter {
  readonly signatureVersion = SIGNATURE_VERSION;
  readonly folder: string;
  readonly #root: string;
  readonly #attribution: Readonly<Record<string, string>>;
  /** What may leave the machine; in every event, for the session may begin with any. */
  readonly #level: string;
  readonly #tellsPaths: boolean;

  constructor(
    readonly spool: string,
    readonly session: string,
    root: string,
    readonly digests: Digests,
    known: Readonly<Record<string, string>>,
    level: string,
  ) {
    this.folder = join(spool, "sessions", folderName(session));
    this.#root = root;
    this.#attribution = known;
    this.#level = level;
    this.#tellsPaths = level === "paths" || level === "masked_text";
  }

  relative(path: string): string {
    for (const candidate of [path, join(realpath(dirname(path)), basename(path))]) {
      const inside = relative(this.#root, candidate);
      if (inside !== "" && inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) return inside.replaceAll("\\", "/");
    }
    return path.replaceAll("\\", "/");
  }

  role(path: string): PathRole {
    return pathRole(path);
  }

  plain(path: string): { readonly code_file_path?: string } {
    const whole = Array.from(path).length <= MAX_FILE_PATH && !UNPRINTABLE.test(path.replaceAll(" ", ""));
    return this.#tellsPaths && whole && !OUTSIDE.test(path) ? { code_file_path: path } : {};
  }

  emit(type: string, source: string, data: Readonly<Record<string, unknown>>): boolean {
    return this.emitAll(source, [[type, data]]);
  }

  emitAll(source: string, events: readonly (readonly [string, Readonly<Record<string, unknown>>])[]): boolean {
    const drafts = events.map(([type, data]) => ({ type, source, data: { capture_level: this.#level, ...this.#attribution, ...data } }));
    try {
      drop(this.folder, this.session, drafts);
      return true;
    } catch (error) {
      note(this.spool, "vscode: events not written", error);
      return false;
    }
  }

  name(digest: string, path: string): void {
    try {
      makeDirectory(join(this.spool, "names"));
      createWhole(join(this.spool, "names", digest), path);
    } catch (error) {
      note(this.spool, "vscode: a name not written", error);
    }
  }
}

/** The organisation's key, else this machine's, which is made if need be. */
function keyOf(environment: Environment, spool: string): Buffer {
  const organisation = secret(environment, "FIXLOOP_DIGEST_KEY");
  if (organisation !== undefined) return Buffer.from(organisation, "utf8");
  const path = join(spool, "digest.key");
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    makeDirectory(spool);
    createWhole(path, randomBytes(32));
    return readFileSync(path);
  }
}

function attribution(environment: Environment, digests: KeyedDigests, copy: WorkingCopy | undefined): Record<string, string> {
  const person = emailOf(environment, copy) ?? (environment["USER"] || environment["LOGNAME"]);
  const known: Record<string, string | undefined> = {
    vcs_repository_name: copy?.name,
    vcs_ref_head_name: copy?.branch,
    vcs_ref_head_revision: copy?.revision,
    enduser_pseudo_id: person ? digests.person(person.trim().toLowerCase()) : undefined,
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => (value ? [[name, Array.from(value.toWellFormed()).slice(0, MAX_ID).join("")]] : [])),
  );
}

/** The address that git would put on a commit here. */
function emailOf(environment: Environment, copy: WorkingCopy | undefined): string | undefined {
  const named = environment["GIT_AUTHOR_EMAIL"] || copy?.email;
  if (named) return named;
  const home = environment["HOME"] || homedir();
  const configured = [join(home, ".gitconfig"), join(environment["XDG_CONFIG_HOME"] || join(home, ".config"), "git/config")];
  return configured.flatMap(gitSettings).find(({ section, subsection, key }) => section === "user" && subsection === "" && key === "email")?.value;
}

function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "s");
}

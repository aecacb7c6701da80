/**
 * fixloop's plugin for OpenCode: hands what the agent did to `fixloop-hook`, which makes digests of it on this machine.
 *
 * OpenCode never waits for it and never hears of it: calls go through a bounded queue to one process at a time, so that a session's
 * events keep their order, and whatever goes wrong is swallowed. README.md has the form of the calls.
 */
import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** What is started for a call. `fixloop install opencode` puts the whole path here: OpenCode's PATH may be another one than a shell's. */
const COMMAND = ["fixloop-hook", "opencode"];

const VERSION = 1;
const MAX_WAITING = 256;
const MAX_WAITING_CHARACTERS = 32 * 1024 * 1024;
const MAX_FILES = 100;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_CALL_BYTES = 4 * 1024 * 1024;
const MAX_OUTPUT = 1024 * 1024;
const MAX_BEGUN = 16;
const MAX_REMEMBERED = 1_000;
const MAX_DEPTH = 10;
/** After so long a hook that hangs is ended; it gives up by itself after one second. */
const HOOK_MS = 5_000;
/** For so long OpenCode may wait at its end, for what is still queued. */
const FAREWELL_MS = 300;

const PATCHED = /^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+?)\s*$/gm;

/** @typedef {string | null | undefined} Content A file's text; null: there is none; undefined: not known. */
/** @typedef {Map<string, Content>} Snapshot By path. */

/** @type {import("@opencode-ai/plugin").Plugin} */
export const Fixloop = async ({ directory }) => {
  if (/^\s*(0|off|no|false)\s*$/i.test(process.env["FIXLOOP"] ?? "")) return {};

  const teller = new Teller(directory);
  /** @type {Map<string, Snapshot>} */
  const begun = new Map();

  /** @type {import("@opencode-ai/plugin").Hooks} */
  const hooks = {
    async event({ event }) {
      teller.event(event.type, event.properties);
    },

    async "chat.message"({ sessionID, model }, { message }) {
      const named = text(message?.model?.modelID) ?? text(model?.modelID);
      if (named && isFirst("message", message?.id)) teller.works(sessionID, named);
    },

    async "tool.execute.before"({ tool, sessionID, callID }, { args }) {
      const paths = pathsOf(tool, args, directory);
      if (paths.length > 0) remember(begun, `${sessionID} ${callID}`, snapshot(paths), MAX_BEGUN);
    },

    async "tool.execute.after"({ tool, sessionID, callID, args }, { output, metadata }) {
      const call = `${sessionID} ${callID}`;
      if (!isFirst("call", call)) return;
      if (tool === "bash") {
        if (text(args?.command)) teller.tell("command", sessionID, commandOf(args, output, metadata, directory));
        return;
      }
      const files = changesOf(pathsOf(tool, args, directory), call, begun);
      if (files.length > 0) {
        teller.tell("edit", sessionID, { tool, files, old: text(args.oldString), new: text(args.newString) });
      }
    },

    async "shell.env"({ cwd, sessionID }, { env }) {
      if (!sessionID || process.env["FIXLOOP_SESSION"] || env["FIXLOOP_SESSION"] || isLinked(cwd)) return;
      env["FIXLOOP_SESSION"] = teller.who(sessionID).session;
    },

    async dispose() {
      await teller.end();
    },
  };
  return quiet(hooks);
};

/** Tells of sessions: whose child each is, which model works in it, and whether its start was told. */
class Teller {
  #queue = new Queue();
  /** @type {Map<string, string>} */
  #parents = new Map();
  /** @type {Map<string, string>} */
  #models = new Map();
  /** @type {Set<string>} */
  #open = new Set();

  /** @param {string} directory */
  constructor(directory) {
    this.directory = directory;
  }

  /** @param {string} kind @param {string} id @param {Record<string, unknown>} fields */
  tell(kind, id, fields) {
    const { session } = this.who(id);
    if (!this.#open.has(session)) this.#start(session, "resume");
    this.#say(kind, id, fields);
  }

  /** @param {string} type @param {any} properties */
  event(type, properties) {
    const { info, sessionID } = properties;
    if (type === "session.created" || type === "session.updated") {
      if (text(info.parentID)) remember(this.#parents, info.id, info.parentID, MAX_REMEMBERED);
      else if (type === "session.created" && isFirst("created", info.id)) this.#start(info.id, "startup");
    } else if (type === "session.compacted") {
      if (this.#open.has(sessionID)) this.#say("started", sessionID, { reason: "compact" });
    } else if (type === "session.deleted") {
      if (this.#open.delete(info.id)) this.#say("ended", info.id, { reason: "clear" });
    }
  }

  /** From now on this model works in the session. @param {string} id @param {string} model */
  works(id, model) {
    if (this.#models.get(id) === model) return;
    remember(this.#models, id, model, MAX_REMEMBERED);
    if (this.#parents.has(id)) return; // what tests run in the shell is of the session at the top, and its model's
    if (this.#open.has(id)) this.#say("model", id, {});
    else this.#start(id, "resume");
  }

  /** The session as fixloop has it: a sub-agent speaks for the session that it was started from. @param {string} id */
  who(id) {
    let session = id;
    for (let steps = 0; steps < MAX_DEPTH; steps += 1) session = this.#parents.get(session) ?? session;
    return { session, sub_agent: session === id ? undefined : id, model: this.#models.get(id) };
  }

  /** OpenCode ends. */
  async end() {
    for (const id of this.#open) this.#say("ended", id, { reason: "exit" });
    this.#open.clear();
    await this.#queue.emptied(FAREWELL_MS);
  }

  /** @param {string} id @param {string} reason */
  #start(id, reason) {
    this.#open.add(id);
    this.#say("started", id, { reason });
  }

  /** @param {string} kind @param {string} id @param {Record<string, unknown>} fields */
  #say(kind, id, fields) {
    const { directory } = this;
    this.#queue.put({ v: VERSION, kind, ...this.who(id), folder: directory, project: directory, ...fields });
  }
}

/** Calls that wait for the one process that may run. */
class Queue {
  /** @type {string[]} */
  #waiting = [];
  #characters = 0;
  #busy = false;
  /** There is no hook to call. */
  #gone = false;
  /** Calls that found no room, by session: the next one that finds some says how many. @type {Map<string, number>} */
  #lost = new Map();
  /** @type {Array<() => void>} */
  #onEmpty = [];

  /** @param {Record<string, unknown> & { session: string }} call */
  put(call) {
    if (this.#gone) return;
    const lost = this.#lost.get(call.session) ?? 0;
    const content = JSON.stringify(lost > 0 ? { ...call, lost } : call);
    if (this.#waiting.length >= MAX_WAITING || this.#characters + content.length > MAX_WAITING_CHARACTERS) {
      remember(this.#lost, call.session, lost + 1, MAX_REMEMBERED);
      return;
    }
    this.#lost.delete(call.session);
    this.#waiting.push(content);
    this.#characters += content.length;
    if (this.#busy) return;
    this.#busy = true;
    setImmediate(() => this.#next());
  }

  /** When nothing waits any more, at the latest after so long. @param {number} ms @returns {Promise<void>} */
  emptied(ms) {
    if (!this.#busy) return Promise.resolve();
    return new Promise((resolved) => {
      const limit = setTimeout(resolved, ms);
      this.#onEmpty.push(() => {
        clearTimeout(limit);
        resolved();
      });
    });
  }

  #next() {
    const content = this.#waiting.shift();
    if (content === undefined || this.#gone) {
      this.#waiting = [];
      this.#busy = false;
      for (const empty of this.#onEmpty.splice(0)) empty();
      return;
    }
    this.#characters -= content.length;
    hand(content, (found) => {
      this.#gone = !found;
      this.#next();
    });
  }
}

/**
 * Give one call to a process of its own, which outlives this one.
 * @param {string} content
 * @param {(found: boolean) => void} done called once: when it ended, was ended, or could not be started
 */
function hand(content, done) {
  const [program = "", ...args] = COMMAND;
  let over = false;
  /** @param {boolean} [found] */
  const end = (found = true) => {
    if (over) return;
    over = true;
    clearTimeout(limit);
    done(found);
  };
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let child;
  const limit = setTimeout(() => {
    child?.kill("SIGKILL");
    end();
  }, HOOK_MS);
  limit.unref();
  try {
    child = spawn(program, args, { detached: true, stdio: ["pipe", "ignore", "ignore"], windowsHide: true });
    child.on("error", (error) => end(isThere(error)));
    child.on("exit", () => end());
    child.unref();
    child.stdin?.on("error", () => {});
    child.stdin?.end(content);
    /** @type {any} */ (child.stdin)?.unref?.();
  } catch (error) {
    end(isThere(error));
  }
}

/** Whether a program that could not be started is there, and may start the next time. @param {unknown} error */
const isThere = (error) => !["ENOENT", "EACCES"].includes(/** @type {any} */ (error)?.code);

/** @param {any} args @param {unknown} output @param {any} metadata @param {string} directory */
function commandOf(args, output, metadata, directory) {
  const [kept, shown] = [text(metadata?.output) ?? "", text(output) ?? ""];
  const printed = kept.length > shown.length ? kept : shown; // OpenCode shows the model less than it keeps
  const folder = resolve(directory, text(args.workdir) ?? "");
  return { line: args.command, output: printed.slice(-MAX_OUTPUT), exit: metadata?.exit, folder };
}

/**
 * The files that a call changed, and those of which that is not known.
 * @param {string[]} paths @param {string} call @param {Map<string, Snapshot>} begun what was there when each call began
 */
function changesOf(paths, call, begun) {
  const before = begun.get(call);
  begun.delete(call);
  const after = snapshot(paths);
  for (const other of begun.values()) {
    // Of a call that began beside this one, the file before is now this call's file after.
    for (const [path, content] of after) if (other.has(path)) other.set(path, content);
  }
  return paths
    .map((path) => ({ path, before: before?.get(path), after: after.get(path) }))
    .filter((file) => file.before === undefined || file.before !== file.after);
}

/**
 * The files that a call of a tool may change, absolute.
 * @param {string} tool @param {any} args @param {string} directory
 */
function pathsOf(tool, args, directory) {
  /** @type {unknown[]} */
  let named = [];
  if (tool === "edit" || tool === "write" || tool === "multiedit") {
    const edits = Array.isArray(args?.edits) ? args.edits : [];
    named = [args, ...edits].map((one) => one?.filePath);
  } else if (tool === "apply_patch" || tool === "patch") {
    named = [...(text(args?.patchText) ?? "").matchAll(PATCHED)].map((match) => match[1]);
  }
  const paths = named.flatMap((name) => (text(name) ? [resolve(directory, String(name))] : []));
  return [...new Set(paths)].slice(0, MAX_FILES);
}

/** The files as they are now, as far as they are small. @param {string[]} paths @returns {Snapshot} */
function snapshot(paths) {
  let left = MAX_CALL_BYTES;
  return new Map(
    paths.map((path) => {
      const content = contentOf(path, Math.min(left, MAX_FILE_BYTES));
      left -= content?.length ?? 0;
      return [path, content];
    }),
  );
}

/** @param {string} path @param {number} most in bytes @returns {Content} */
function contentOf(path, most) {
  try {
    const known = statSync(path);
    if (!known.isFile() || known.size > most) return undefined;
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    return /** @type {any} */ (error)?.code === "ENOENT" ? null : undefined;
  }
}

/**
 * Whether the folder may be in a linked worktree, where the session has a name that only the hook can give.
 * @param {string} folder
 */
function isLinked(folder) {
  for (let here = resolve(folder), above = ""; here !== above; above = here, here = dirname(here)) {
    const known = statSync(join(here, ".git"), { throwIfNoEntry: false });
    if (known) return known.isFile();
  }
  return false;
}

/**
 * Whether this is the first to speak of it: OpenCode loads the plugin twice where it is installed for a person and for a project.
 * @param {string} what @param {unknown} id
 */
function isFirst(what, id) {
  if (typeof id !== "string") return true;
  const known = /** @type {any} */ (globalThis);
  /** @type {Map<string, true>} */
  const told = (known[Symbol.for("fixloop.opencode")] ??= new Map());
  const key = `${what} ${id}`;
  if (told.has(key)) return false;
  remember(told, key, true, MAX_REMEMBERED);
  return true;
}

/**
 * Set an entry; the oldest goes where there are too many.
 * @template K, V @param {Map<K, V>} map @param {K} key @param {V} value @param {number} most
 */
function remember(map, key, value, most) {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) break;
    map.delete(oldest);
  }
}

/** @param {unknown} value */
function text(value) {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * The same hooks, of which none ever fails: an error of ours is not OpenCode's.
 * @param {import("@opencode-ai/plugin").Hooks} hooks
 * @returns {import("@opencode-ai/plugin").Hooks}
 */
function quiet(hooks) {
  return Object.fromEntries(
    Object.entries(hooks).map(([name, hook]) => [
      name,
      async (/** @type {unknown[]} */ ...told) => {
        try {
          await hook(...told);
        } catch {}
      },
    ]),
  );
}

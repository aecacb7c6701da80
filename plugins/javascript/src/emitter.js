// The door through which events go: which session, whose work, or nothing at all because somebody said so. The port of `fixloop/emit/emitter.py`.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { Digester } from "./digests.js";
import { DropBox } from "./drop-box.js";
import { note } from "./emit-log.js";
import { codeOf, createWhole, makeDirectory } from "./private-files.js";
import { rules } from "./rules.js";
import { environments } from "./processes.js";
import { agentName, sessionId } from "./session.js";
import { markedSession } from "./session-markers.js";
import { LEVELS, settingsOf, switchedOff } from "./settings.js";
import { encodable, first } from "./texts.js";
import { gitEmail, realpath, workingCopy } from "./working-copy.js";

/** @typedef {import("./settings.js").Environment} Environment */

const KEY_BYTES = 32;

/** What is needed to speak for a session. */
export class Emitter {
  #box;

  /**
   * @param {string} spool
   * @param {string} session
   * @param {string} root the working copy's root, else the folder: paths are relative to it
   * @param {Digester} digester
   * @param {Record<string, string>} attribution
   * @param {string} [level] what may leave the machine; in every event, for the session may begin with any
   */
  constructor(spool, session, root, digester, attribution, level = LEVELS[0]) {
    this.spool = spool;
    this.session = session;
    this.root = root;
    this.digester = digester;
    this.attribution = attribution;
    this.level = level;
    /** Whether a failure's masked message may leave. */
    this.tellsTexts = level === "masked_text";
    this.#box = new DropBox(spool, session);
  }

  /**
   * The emitter for work in a folder; undefined where nothing is to be said.
   * @param {Environment} environment
   * @param {string} folder
   * @throws where the settings cannot be read, or the key of the digests can neither be read nor made
   */
  static here(environment, folder) {
    if (switchedOff(environment)) return undefined;
    const settings = settingsOf(environment);
    const copy = workingCopy(folder);
    if (!settings.allows(copy?.name)) return undefined;
    const digester = new Digester(settings.digestKey ?? machineKey(settings.spool));
    const root = copy?.root ?? realpath(folder);
    const agent = agentName(environment, environments);
    const marked = () => (copy ? markedSession(copy.git, agent) : undefined);
    const session = sessionId(environment, digester, root, { linked: copy?.linked ?? false, marked, around: environments });
    const level = LEVELS.find((one) => one === settings.level) ?? LEVELS[0];
    if (level !== settings.level) note(settings.spool, `FIXLOOP_LEVEL has to be one of ${LEVELS.join(", ")}: nothing but digests leaves`);
    return new Emitter(settings.spool, session, root, digester, attribution(environment, digester, copy, agent), level);
  }

  /**
   * Write events, in order.
   * @param {string} source
   * @param {readonly (readonly [type: string, data: Record<string, unknown>])[]} events
   * @returns {boolean} whether they were written
   */
  emit(source, events) {
    try {
      this.#box.drop(events.map(([type, data]) => ({ type, source, data: { capture_level: this.level, ...this.attribution, ...data } })));
      return true;
    } catch (error) {
      note(this.spool, "javascript: events not written", error);
      return false;
    }
  }

  /** A path as it is told: relative to the root, or as a digest where it lies outside. @param {string} path */
  place(path) {
    for (const known of [resolve, realpath]) {
      const inside = relative(this.root, known(path));
      const outside = inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
      if (!outside) return inside.replaceAll("\\", "/") || ".";
    }
    return this.digester.path(resolve(path).replaceAll("\\", "/"));
  }
}

/** The machine's key, which is made if need be. @param {string} spool */
function machineKey(spool) {
  const path = join(spool, "digest.key");
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    makeDirectory(spool);
    createWhole(path, randomBytes(KEY_BYTES));
    return readFileSync(path);
  }
}

/**
 * Who, with what, on which code; what is not known is absent.
 * @param {Environment} environment
 * @param {Digester} digester
 * @param {import("./working-copy.js").WorkingCopy | undefined} copy
 * @param {string | undefined} agent
 */
function attribution(environment, digester, copy, agent) {
  const person = gitEmail(environment, copy) || environment["USER"] || environment["LOGNAME"];
  const known = {
    gen_ai_agent_name: agent,
    gen_ai_provider_name: agent === "claude-code" ? "anthropic" : undefined,
    gen_ai_request_model: environment["FIXLOOP_MODEL"],
    vcs_repository_name: copy?.name,
    vcs_ref_head_name: copy?.branch,
    vcs_ref_head_revision: copy?.revision,
    enduser_pseudo_id: person ? digester.person(person.trim().toLowerCase()) : undefined,
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => (value ? [[name, first(encodable(value), rules.limits.name)]] : [])),
  );
}

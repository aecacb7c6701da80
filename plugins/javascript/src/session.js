// Which session a run belongs to, so that an agent's edits and the test runs that it starts meet in one (docs/sessions.md of fixloop).
import { sha256 } from "./digests.js";
import { encodable, size } from "./texts.js";

/** @typedef {import("./digests.js").Digester} Digester */
/** @typedef {import("./settings.js").Environment} Environment */
/** @typedef {() => Iterable<Environment>} Around what the processes around this one were started with, the nearest first */

/** Set by agents for the commands that they run, to the id that they tell their hooks. A thread of Codex may be a sub-agent's. */
const SESSION_VARIABLES = /** @type {const} */ ([
  ["CLAUDE_CODE_SESSION_ID", "claude-code"],
  ["CODEX_SESSION_ID", "codex"],
  ["CODEX_THREAD_ID", "codex"],
  ["COPILOT_AGENT_SESSION_ID", "copilot-cli"],
]);
/** Set for the commands that an agent runs, and say no session. */
const AGENT_VARIABLES = /** @type {const} */ ([
  ["GEMINI_CLI", "gemini-cli"],
  ["CURSOR_AGENT", "cursor"],
  ["OPENCODE", "opencode"],
]);
const VARIABLES = [...SESSION_VARIABLES, ...AGENT_VARIABLES];
const MAX = 256;
const TREE_DIGITS = 8;

/**
 * The session's id.
 * @param {Environment} environment
 * @param {Digester} digester makes the id of a session that nobody named
 * @param {string} root the working copy's root, else the folder; a real path
 * @param {object} more
 * @param {string | null | undefined} [more.told] what the agent told
 * @param {boolean} [more.linked] the working copy is a linked worktree of another one
 * @param {() => string | null | undefined} [more.marked] the session by markers; asked only when nothing else is known
 * @param {Around} [more.around] asked only when one agent runs inside another
 */
export function sessionId(environment, digester, root, { told, linked = false, marked = () => undefined, around = () => [] } = {}) {
  const own = environment["FIXLOOP_SESSION"];
  if (own) return bounded(own);
  const named = told || nameOf(environment, marked, around);
  const tree = digester.path(root.replaceAll("\\", "/"));
  if (!named) return `local-${tree}`;
  return bounded(linked ? `${named}~${tree.slice(0, TREE_DIGITS)}` : named);
}

/**
 * The agent that started this process, as far as the environment says: of several inside each other, the innermost.
 * @param {Environment} environment
 * @param {Around} [around]
 */
export function agentName(environment, around = () => []) {
  return environment["FIXLOOP_AGENT"] || innermost(environment, around);
}

/** @param {Environment} environment  @param {Around} around */
function innermost(environment, around) {
  const said = VARIABLES.filter(([name]) => environment[name]);
  if (new Set(said.map(([, agent]) => agent)).size < 2) return said[0]?.[1];
  for (const outside of around()) {
    // What a process was not started with, it or its shell has set for what it runs.
    const own = said.find(([name]) => outside[name] !== environment[name]);
    if (own) return own[1];
  }
  return said[0]?.[1];
}

/** @param {Environment} environment  @param {() => string | null | undefined} marked  @param {Around} around */
function nameOf(environment, marked, around) {
  const variables = SESSION_VARIABLES.filter(([name]) => environment[name]);
  const agent = variables.length > 0 ? innermost(environment, around) : undefined;
  const own = variables.find(([, whose]) => whose === agent);
  const [first] = own ?? variables[0] ?? [];
  if (first === undefined) return marked();
  return (own ? undefined : marked()) || environment[first];
}

/** @param {string} named */
function bounded(named) {
  const whole = encodable(named);
  return size(whole) <= MAX ? whole : sha256(whole);
}

// Which session a run belongs to, so that an agent's edits and the test runs that it starts meet in one (docs/sessions.md of fixloop).
import { sha256 } from "./digests.js";
import { encodable, size } from "./texts.js";

/** @typedef {import("./digests.js").Digester} Digester */
/** @typedef {import("./settings.js").Environment} Environment */

/** Set by agents for the commands that they run, to the id that they tell their hooks. */
const SESSION_VARIABLES = /** @type {const} */ ([
  ["CLAUDE_CODE_SESSION_ID", "claude-code"],
  ["CODEX_THREAD_ID", "codex"],
  ["COPILOT_AGENT_SESSION_ID", "copilot-cli"],
]);
/** Set for the commands that an agent runs, and say no session. */
const AGENT_VARIABLES = /** @type {const} */ ([
  ["GEMINI_CLI", "gemini-cli"],
  ["CURSOR_AGENT", "cursor"],
  ["OPENCODE", "opencode"],
]);
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
 */
export function sessionId(environment, digester, root, { told, linked = false, marked = () => undefined } = {}) {
  const own = environment["FIXLOOP_SESSION"];
  if (own) return bounded(own);
  const variable = SESSION_VARIABLES.map(([name]) => environment[name]).find(Boolean);
  const named = told || variable || marked();
  const tree = digester.path(root.replaceAll("\\", "/"));
  if (!named) return `local-${tree}`;
  return bounded(linked ? `${named}~${tree.slice(0, TREE_DIGITS)}` : named);
}

/** The agent that started this process, as far as the environment says. @param {Environment} environment */
export function agentName(environment) {
  if (environment["FIXLOOP_AGENT"]) return environment["FIXLOOP_AGENT"];
  return [...SESSION_VARIABLES, ...AGENT_VARIABLES].find(([name]) => environment[name])?.[1];
}

/** @param {string} named */
function bounded(named) {
  const whole = encodable(named);
  return size(whole) <= MAX ? whole : sha256(whole);
}

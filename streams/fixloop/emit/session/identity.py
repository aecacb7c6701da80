"""Which session an emitter speaks for, so that an agent's edits and the test runs that it starts meet in one.

First match wins: `FIXLOOP_SESSION`; what the agent told its hook; the variable that the agent sets for every command that it runs; a
marker that the agent's hook left in the git directory; else one lasting session of this working copy, `local-<digest of its root>`. The
last has no day in it: a session that ended at midnight would lose the bug that was fixed before and came back after.

In a linked worktree, an agent's session is one of its own: sub-agents that work side by side in worktrees share the agent's session, and
the same path is another file in each. docs/sessions.md is the rule for other languages, with golden cases.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from fixloop_schemas.digest import Digester

CLAUDE_CODE: Final = "claude-code"
CODEX: Final = "codex"
COPILOT: Final = "copilot-cli"
GEMINI: Final = "gemini-cli"
CURSOR: Final = "cursor"
OPENCODE: Final = "opencode"

SESSION_VARIABLES: Final = {
    "CLAUDE_CODE_SESSION_ID": CLAUDE_CODE,
    "CODEX_SESSION_ID": CODEX,
    "CODEX_THREAD_ID": CODEX,
    "COPILOT_AGENT_SESSION_ID": COPILOT,
}
"""Set by agents for the commands that they run, to the id that they tell
their hooks. A thread of Codex is a sub-agent's, or the session's where it is too old to name that (before 2026-05)."""

AGENT_VARIABLES: Final = {"GEMINI_CLI": GEMINI, "CURSOR_AGENT": CURSOR, "OPENCODE": OPENCODE}
"""Set for the commands that an agent runs, and say no session."""

_VARIABLES: Final = {**SESSION_VARIABLES, **AGENT_VARIABLES}
Around = Callable[[], Iterable[Mapping[str, str]]]

_MAX: Final = 256
_TREE_DIGITS: Final = 8


def session_id(
    environment: Mapping[str, str],
    digester: Digester,
    root: Path,
    told_by_agent: str | None = None,
    *,
    linked: bool = False,
    marked: Callable[[], str | None] = lambda: None,
    around: Around = tuple,
) -> str:
    """The session's id, for work in the working copy at `root`.

    Args:
        environment: the process's.
        digester: makes the id of a session that nobody named.
        root: the working copy's root, else the folder.
        told_by_agent: what the agent told its hook.
        linked: the working copy is a linked worktree of another one.
        marked: the session by the markers in the git directory; asked only when nothing else is known.
        around: what the processes around this one were started with; asked only when one agent runs inside another.
    """
    if own := environment.get("FIXLOOP_SESSION"):
        return _bounded(own)
    named = told_by_agent or _named(environment, marked, around)
    tree = digester.path(root.resolve().as_posix())
    if not named:
        return f"local-{tree}"
    return _bounded(f"{named}~{tree[:_TREE_DIGITS]}" if linked else named)


def agent_name(environment: Mapping[str, str], around: Around = tuple) -> str | None:
    """The agent that started this process, as far as the environment says: of several inside each other, the innermost."""
    if named := environment.get("FIXLOOP_AGENT"):
        return named
    said = [name for name in _VARIABLES if environment.get(name)]
    if len({_VARIABLES[name] for name in said}) < 2:
        return _VARIABLES[said[0]] if said else None
    for outside in around():
        same = [name for name in said if outside.get(name) == environment[name]]
        if len(same) < len(said):
            # What a process was not started with, it or its shell has set for what it runs.
            return _VARIABLES[next(name for name in said if name not in same)]
    return _VARIABLES[said[0]]


def _named(environment: Mapping[str, str], marked: Callable[[], str | None], around: Around) -> str | None:
    variables = {name: whose for name, whose in SESSION_VARIABLES.items() if environment.get(name)}
    agent = agent_name({**environment, "FIXLOOP_AGENT": ""}, around) if variables else None
    if agent is not None and not names_its_session(agent) and (session := marked()):
        return session
    own = next((name for name, whose in variables.items() if whose == agent), None)
    first = own or next(iter(variables), None)
    return environment[first] if first else marked()


def names_its_session(agent: str) -> bool:
    """Whether the agent tells its session to the commands that it runs, so that no marker is needed."""
    return agent in SESSION_VARIABLES.values()


def _bounded(named: str) -> str:
    encodable = named.encode("utf-8", "replace").decode()
    return encodable if len(encodable) <= _MAX else hashlib.sha256(encodable.encode()).hexdigest()

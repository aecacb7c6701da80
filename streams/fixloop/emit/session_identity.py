"""Which session an emitter speaks for, so that an agent's edits and the test runs that it starts meet in one.

First match wins: `FIXLOOP_SESSION`; what the agent told its hook; the variable that the agent sets for every command that it runs; a
marker that the agent's hook left in the git directory; else one lasting session of this working copy, `local-<digest of its root>`. The
last has no day in it: a session that ended at midnight would lose the bug that was fixed before and came back after.

In a linked worktree, an agent's session is one of its own: sub-agents that work side by side in worktrees share the agent's session, and
the same path is another file in each. docs/sessions.md is the rule for other languages, with golden cases.
"""

import hashlib
from collections.abc import Callable, Mapping
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
    "CODEX_THREAD_ID": CODEX,
    "COPILOT_AGENT_SESSION_ID": COPILOT,
}
"""Set by agents for the commands that they run, to the id that they tell
their hooks. Where one runs inside another, the first here wins."""

AGENT_VARIABLES: Final = {"GEMINI_CLI": GEMINI, "CURSOR_AGENT": CURSOR, "OPENCODE": OPENCODE}
"""Set for the commands that an agent runs, and say no session."""

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
) -> str:
    """The session's id, for work in the working copy at `root`.

    Args:
        environment: the process's.
        digester: makes the id of a session that nobody named.
        root: the working copy's root, else the folder.
        told_by_agent: what the agent told its hook.
        linked: the working copy is a linked worktree of another one.
        marked: the session by the markers in the git directory; asked only when nothing else is known.
    """
    if own := environment.get("FIXLOOP_SESSION"):
        return _bounded(own)
    variables = (environment.get(name) for name in SESSION_VARIABLES)
    named = told_by_agent or next((value for value in variables if value), None) or marked()
    tree = digester.path(root.resolve().as_posix())
    if not named:
        return f"local-{tree}"
    return _bounded(f"{named}~{tree[:_TREE_DIGITS]}" if linked else named)


def agent_name(environment: Mapping[str, str]) -> str | None:
    """The agent that started this process, as far as the environment says."""
    if named := environment.get("FIXLOOP_AGENT"):
        return named
    return next(
        (agent for name, agent in {**SESSION_VARIABLES, **AGENT_VARIABLES}.items() if environment.get(name)),
        None,
    )


def names_its_session(agent: str) -> bool:
    """Whether the agent tells its session to the commands that it runs, so that no marker is needed."""
    return agent in SESSION_VARIABLES.values()


def _bounded(named: str) -> str:
    encodable = named.encode("utf-8", "replace").decode()
    return encodable if len(encodable) <= _MAX else hashlib.sha256(encodable.encode()).hexdigest()

"""Which session an emitter speaks for, so that an agent's edits and the test runs that it starts meet in one.

First match wins: `FIXLOOP_SESSION`; what the agent told its hook; `CLAUDE_CODE_SESSION_ID`, which Claude Code sets for every command
that it runs; else one lasting session of this working copy, `local-<digest of its root>`. The last has no day in it: a session that
ended at midnight would lose the bug that was fixed before and came back after.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fixloop_schemas.digest import Digester

CLAUDE_CODE: Final = "claude-code"
_MAX: Final = 256


def session_id(
    environment: Mapping[str, str], digester: Digester, root: Path, told_by_agent: str | None = None
) -> str:
    """The session's id, for work in the working copy at `root`."""
    named = (
        environment.get("FIXLOOP_SESSION") or told_by_agent or environment.get("CLAUDE_CODE_SESSION_ID")
    )
    if not named:
        return f"local-{digester.path(root.resolve().as_posix())}"
    named = named.encode("utf-8", "replace").decode()
    if len(named) > _MAX:
        return hashlib.sha256(named.encode()).hexdigest()
    return named


def agent_name(environment: Mapping[str, str]) -> str | None:
    """The agent that started this process, as far as the environment says."""
    if named := environment.get("FIXLOOP_AGENT"):
        return named
    return CLAUDE_CODE if environment.get("CLAUDE_CODE_SESSION_ID") else None

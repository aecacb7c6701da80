"""A session begins, or goes on after a break."""

from typing import Literal

from fixloop_schemas.events.wire import SessionEvent
from fixloop_schemas.vocabulary import CaptureLevel


class SessionStartedV1(SessionEvent):
    """One stretch of work by one agent or person in one workspace begins."""

    reason: Literal["startup", "resume", "clear", "compact", "fork", "unknown"] = "unknown"
    """Why the agent says that it starts (Claude Code's `SessionStart.source`)."""
    capture_level: CaptureLevel | None = None
    """What may leave the machine: digests alone, the names of files too, or masked failure messages too. Absent when who told of the start
    did not know."""
    independent: bool = False
    """Each attempt in this session starts from a fresh tree."""
    isolated: bool = False
    """The workspace was made for this session alone, from a commit: it holds nothing that another session did (a benchmark's container)."""

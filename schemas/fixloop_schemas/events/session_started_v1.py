"""A session begins, or goes on after a break."""

from typing import Literal

from fixloop_schemas.events.wire import SessionEvent


class SessionStartedV1(SessionEvent):
    """One stretch of work by one agent or person in one workspace begins."""

    reason: Literal["startup", "resume", "clear", "compact", "fork", "unknown"] = "unknown"
    """Why the agent says that it starts (Claude Code's `SessionStart.source`)."""
    capture_level: Literal["digests", "masked_text"] = "digests"
    """What leaves the machine: digests alone, or masked failure texts too."""
    independent: bool = False
    """Each attempt in this session starts from a fresh tree."""
    isolated: bool = False
    """The workspace was made for this session alone, from a commit: it holds nothing that another session did (a benchmark's container)."""

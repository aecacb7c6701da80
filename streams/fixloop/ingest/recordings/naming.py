"""Keys of what was recorded: readable, the same at every reading, never longer than the wire allows."""

from typing import Final
from urllib.parse import quote

from fixloop_schemas.names import bounded

_MAX_SOURCE: Final = 1024


def session_key(dataset: str, session: str) -> str:
    """The session's id. The data set is part of it: one SWE-bench instance is recorded with several agents."""
    return bounded(f"{dataset}/{session}")


def event_key(session: str, recorded: int | str, suffix: str = "") -> str:
    """The id of an event within its source: session, recorded number, and for a run which of its parts."""
    return bounded(f"{session}:{recorded}{suffix}")


def source_of(dataset: str) -> str:
    """The CloudEvents source: a URI reference, so what a URI cannot hold is escaped."""
    return bounded(f"/recording/{quote(dataset, safe='/:@')}", _MAX_SOURCE)

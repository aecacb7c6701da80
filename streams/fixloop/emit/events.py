"""What an emitter says, before the spool has given it a number: plain dictionaries, no model.

The golden examples and the JSON Schemas judge these dictionaries in tests; at run time nothing but the standard library is there.
"""

import os
import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from fixloop_schemas.cloudevents import JSON_CONTENT, SPECVERSION

SESSION_STARTED: Final = "dev.fixloop.session.started.v1"
SESSION_ENDED: Final = "dev.fixloop.session.ended.v1"
EDIT_APPLIED: Final = "dev.fixloop.edit.applied.v1"
RUN: Final = "dev.fixloop.testsuiterun."
"""What the types of a run's events begin with."""
RUN_STARTED: Final = "dev.fixloop.testsuiterun.started.v1"
RUN_RESULTS: Final = "dev.fixloop.testsuiterun.results.v1"
RUN_FINISHED: Final = "dev.fixloop.testsuiterun.finished.v1"
WORKSPACE_RESTORED: Final = "dev.fixloop.workspace.restored.v1"
COMMIT_CREATED: Final = "dev.fixloop.commit.created.v1"
EVENTS_DROPPED: Final = "dev.fixloop.events.dropped.v1"

MAX_NAME: Final = 256


_NOBODY: Final[Mapping[str, str]] = {}


class Draft(NamedTuple):
    """An event without its id, time and place in the session."""

    session_id: str
    type: str
    source: str
    """Who says it, as a URI reference: `/agent/claude-code`, `/runner/pytest`."""
    data: Mapping[str, Any]
    attribution: Mapping[str, str] = _NOBODY
    """Who, with what, on which code: goes into this event."""
    remember: Mapping[str, str] = _NOBODY
    """Attribution that later events of the session have too, where they don't say otherwise."""


def event_of(draft: Draft) -> dict[str, Any]:
    """The draft as a CloudEvents dictionary, without its place in the session."""
    known = {**draft.remember, **draft.attribution}
    attribution = {name: text(value) for name, value in known.items() if value}
    return new_event(draft.source, draft.type, {"session_id": draft.session_id, **attribution, **draft.data})


def new_event(source: str, event_type: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """A CloudEvents dictionary that happens now."""
    return {
        "specversion": SPECVERSION,
        "id": os.urandom(16).hex(),
        "source": source,
        "type": event_type,
        "time": now(),
        "datacontenttype": JSON_CONTENT,
        "data": dict(data),
    }


def now() -> str:
    """The time of an event that happens now, RFC 3339 in UTC to the microsecond."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{nanoseconds // 1000:06}Z"


def text(value: str, limit: int = MAX_NAME) -> str:
    """`value` as the wire takes it: no lone surrogates, not too long."""
    return value.encode("utf-8", "replace").decode()[:limit]

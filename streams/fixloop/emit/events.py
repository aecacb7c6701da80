"""What an emitter says, before the spool has given it a number: plain dictionaries, no model.

The golden examples and the JSON Schemas judge these dictionaries in tests; at run time nothing but the standard library is there.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from fixloop_schemas.cloudevents import JSON_CONTENT, SPECVERSION

SESSION_STARTED: Final = "dev.fixloop.session.started.v1"
SESSION_ENDED: Final = "dev.fixloop.session.ended.v1"
EDIT_APPLIED: Final = "dev.fixloop.edit.applied.v1"
RUN_STARTED: Final = "dev.fixloop.testsuiterun.started.v1"
RUN_RESULTS: Final = "dev.fixloop.testsuiterun.results.v1"
RUN_FINISHED: Final = "dev.fixloop.testsuiterun.finished.v1"
WORKSPACE_RESTORED: Final = "dev.fixloop.workspace.restored.v1"
COMMIT_CREATED: Final = "dev.fixloop.commit.created.v1"
EVENTS_DROPPED: Final = "dev.fixloop.events.dropped.v1"

MAX_NAME: Final = 256


@dataclass(frozen=True, slots=True)
class Draft:
    """An event without its id, time and place in the session."""

    session_id: str
    type: str
    source: str
    """Who says it, as a URI reference: `/agent/claude-code`, `/runner/pytest`."""
    data: Mapping[str, Any]
    attribution: Mapping[str, str] = field(default_factory=dict)
    """Who, with what, on which code: goes into this event."""
    remember: Mapping[str, str] = field(default_factory=dict)
    """Attribution that later events of the session have too, where they don't say otherwise."""


def event_of(draft: Draft, seq: int, remembered: Mapping[str, str]) -> dict[str, Any]:
    """The draft as a CloudEvents dictionary, at place `seq` of its session."""
    known = {**_inherited(draft, remembered), **draft.remember, **draft.attribution}
    attribution = {name: text(value) for name, value in known.items() if value}
    return {
        "specversion": SPECVERSION,
        "id": os.urandom(16).hex(),
        "source": draft.source,
        "type": draft.type,
        "time": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "datacontenttype": JSON_CONTENT,
        "partitionkey": draft.session_id,
        "data": {"session_id": draft.session_id, "seq": seq, **attribution, **draft.data},
    }


def text(value: str, limit: int = MAX_NAME) -> str:
    """`value` as the wire takes it: no lone surrogates, not too long."""
    return value.encode("utf-8", "replace").decode()[:limit]


def _inherited(draft: Draft, remembered: Mapping[str, str]) -> Mapping[str, str]:
    if "gen_ai_agent_id" in draft.attribution:
        # A sub-agent may use another model than the session it runs in.
        return {name: value for name, value in remembered.items() if name != "gen_ai_request_model"}
    return remembered

"""An event's place in its session: its number, the edits before it, and who is at work where it does not say so."""

from collections.abc import Mapping
from typing import Any, Final

from fixloop.emit.events import EDIT_APPLIED, EVENTS_DROPPED, RUN_STARTED, SESSION_STARTED, new_event
from fixloop.emit.spool.session_file import SessionMemory, note_run
from fixloop_schemas.cloudevents import dump
from fixloop_schemas.limits import MAX_EVENT_BYTES

SPOOL: Final = "/fixloop/spool"
"""The source of what the spool says itself."""

_WHO: Final = frozenset(
    {
        "session_id",
        "gen_ai_agent_name",
        "gen_ai_agent_id",
        "gen_ai_agent_version",
        "gen_ai_provider_name",
        "gen_ai_request_model",
        "vcs_repository_name",
        "vcs_ref_head_name",
        "vcs_ref_head_revision",
        "enduser_pseudo_id",
    }
)
_LEVEL: Final = "capture_level"
_SAID_AT_THE_START: Final = ("gen_ai_agent_name", "gen_ai_provider_name", "gen_ai_request_model")


def placed(memory: SessionMemory, event: Mapping[str, Any]) -> bytes:
    """An event as the next line of its session, with what has to come before it; the memory counts them.

    Args:
        memory: of the session; it is changed.
        event: without a number, and without what later events of a session know by themselves.
    """
    lines = b""
    who = _who(event)
    if memory.dropped_from is not None:
        lines += _line(memory, dropped(who, memory.dropped_from, memory.next_seq - 1, "spool_full"))
        memory.dropped_from = None
    if memory.next_seq == 0 and event["type"] != SESSION_STARTED:
        start = new_event(event["source"], SESSION_STARTED, {**who, **_level(event), "reason": "unknown"})
        lines += _line(memory, {**start, "time": event["time"]} if "time" in event else start)
    seq = memory.next_seq
    line = _line(memory, event)
    if len(line) > MAX_EVENT_BYTES:
        line = _line(memory, dropped(who, seq, seq, "too_large"))
        memory.given_up += 1
    return lines + line


def dropped(who: Mapping[str, Any], first: int, last: int, reason: str) -> dict[str, Any]:
    """What says that a range of events will never come; `who` has the session's id, and who was at work."""
    return new_event(SPOOL, EVENTS_DROPPED, {**who, "first_seq": first, "last_seq": last, "reason": reason})


def _line(memory: SessionMemory, event: Mapping[str, Any]) -> bytes:
    data: Mapping[str, Any] = event["data"]
    known = dict(memory.attribution)
    if "gen_ai_agent_id" in data:
        known.pop(
            "gen_ai_request_model", None
        )  # a sub-agent may use another model than the session it runs in
    if event["type"] == RUN_STARTED:
        data = {**data, "code_state": {**data.get("code_state", {}), "edits": memory.edits}}
    if event["type"] != SESSION_STARTED and _LEVEL in data:
        data = {name: value for name, value in data.items() if name != _LEVEL}
    elif event["type"] == SESSION_STARTED:
        memory.attribution |= {name: data[name] for name in _SAID_AT_THE_START if data.get(name)}
    whole = {**event, "partitionkey": data["session_id"], "data": {**known, **data, "seq": memory.next_seq}}
    note_run(memory, event, memory.next_seq)
    memory.next_seq += 1
    memory.edits += event["type"] == EDIT_APPLIED
    return dump(whole) + b"\n"


def _level(event: Mapping[str, Any]) -> dict[str, Any]:
    """What may leave the machine, as the event's emitter has it: a word of the session's start alone."""
    data = event["data"]
    return {_LEVEL: data[_LEVEL]} if _LEVEL in data else {}


def _who(event: Mapping[str, Any]) -> dict[str, Any]:
    """Session and attribution of an event."""
    return {name: value for name, value in event["data"].items() if name in _WHO}

"""Recorded lines to events: one session after the other, each from `session.started` to `session.ended`, its events numbered from 0.

What cannot be a fact comes out as `Rejected`, beside the events that could be read; nothing is raised, and no session is held in memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from fixloop.ingest.recordings.edits import edit_applied
from fixloop.ingest.recordings.line import Line, parse
from fixloop.ingest.recordings.naming import event_key, session_key, source_of
from fixloop.ingest.recordings.order import in_order_of_happening
from fixloop.ingest.recordings.repositories import repository_of, works_on_its_own_tree
from fixloop.ingest.recordings.restores import restore_operation, restored
from fixloop.ingest.recordings.runs import results_of, run_events
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.digest import Digester
from fixloop_schemas.events.session_ended_v1 import SessionEndedV1
from fixloop_schemas.events.session_started_v1 import SessionStartedV1
from fixloop_schemas.events.wire import SessionEvent
from fixloop_schemas.names import bounded
from fixloop_schemas.vocabulary import DeadReason

DIGESTER: Final = Digester(key=b"fixloop-recording")
"""One fixed key: recordings are public, and their digests have to compare between any two readings."""

Read = tuple[str, codec.Event | Rejected]


@dataclass(slots=True)
class _Session:
    """Where the reading of one session stands."""

    dataset: str
    session: str
    who: dict[str, Any]
    next_seq: int = 0
    last_recorded: int = -1
    last_time: datetime | None = None


@dataclass(slots=True)
class _File:
    """Where the reading of one file stands; a session that comes up again later counts on."""

    sessions: dict[tuple[str, str], _Session] = field(default_factory=dict)
    open: _Session | None = None


def read_lines(lines: Iterable[tuple[str, bytes]]) -> Iterator[Read]:
    """The events of recorded lines, each with the place that it came from.

    Args:
        lines: place (`file:line`) and text of each line, ordered by session and number.
    """
    file = _File()
    place = ""
    for place, line in in_order_of_happening(_parsed(lines)):
        if isinstance(line, Rejected):
            yield place, line
            continue
        yield from ((place, event) for event in _turn_to(file, line))
        yield from ((place, item) for item in _converted(file, line))
    if file.open:
        yield place, _ended(file.open)


def _parsed(lines: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, Line | Rejected]]:
    """Checked lines; within a session the recorded numbers have to grow."""
    last: dict[tuple[str, str], int] = {}
    for place, raw in lines:
        try:
            line = parse(raw)
        except Rejected as rejected:
            yield place, rejected
            continue
        key = (line.dataset, line.session)
        if line.seq <= last.get(key, -1):
            yield (
                place,
                Rejected(
                    DeadReason.INVALID_DATA, f"seq {line.seq} of its session came before or out of order"
                ),
            )
            continue
        last[key] = line.seq
        yield place, line


def _turn_to(file: _File, line: Line) -> Iterator[codec.Event]:
    """Close the session that was open and open the line's, where that is another one."""
    key = (line.dataset, line.session)
    if file.open and (file.open.dataset, file.open.session) == key:
        return
    if file.open:
        yield _ended(file.open)
    known = key in file.sessions
    session = file.sessions.setdefault(key, _Session(line.dataset, line.session, {}))
    file.open = session
    if not known:
        isolated = works_on_its_own_tree(line.session)
        data = SessionStartedV1(**_attribution(line), isolated=isolated, seq=0)
        session.who, session.next_seq, session.last_time = _attribution(line), 1, line.time
        yield codec.new_event(event_key(line.session, "started"), source_of(line.dataset), line.time, data)


def _converted(file: _File, line: Line) -> Iterator[codec.Event | Rejected]:
    """The line's events. A line that cannot be read takes no number."""
    session = file.open
    if session is None:
        return
    who = _attribution(line)
    try:
        events = list(_facts(line, session.next_seq, who))
    except Rejected as rejected:
        yield rejected
        return
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        yield Rejected(DeadReason.INVALID_DATA, f"{place}: {first['msg'][:300]}")
        return
    for suffix, data in events:
        if isinstance(data, Rejected):
            yield data
            continue
        yield codec.new_event(
            event_key(line.session, line.seq, suffix), source_of(line.dataset), line.time, data
        )
        session.next_seq = data.seq + 1
    session.who, session.last_recorded = who, line.seq
    session.last_time = line.time or session.last_time


def _facts(line: Line, seq: int, who: dict[str, Any]) -> Iterator[tuple[str, SessionEvent | Rejected]]:
    if line.kind == "edit":
        operation = restore_operation(line.text("op") or "")
        if operation:
            yield "", restored(line, operation, DIGESTER, seq, who)
        else:
            yield "", edit_applied(line, DIGESTER, seq, who)
    elif line.kind == "test":
        results = results_of(line, DIGESTER)
        yield from run_events(line, results, DIGESTER, seq, who)
        if results.unreadable:
            detail = f"{results.unreadable} results of the run have no name or a status that is none"
            yield "", Rejected(DeadReason.INVALID_DATA, detail)
    else:
        raise Rejected(DeadReason.UNKNOWN_TYPE, f"no rule for the recorded kind {line.kind[:100]!r}")


def _attribution(line: Line) -> dict[str, Any]:
    """Who, with what, on which code. An unnamed agent stays unnamed."""
    agent, model, branch = line.text("agent"), line.text("model"), line.text("branch")
    return {
        "session_id": session_key(line.dataset, line.session),
        "gen_ai_agent_name": bounded(agent) if agent else None,
        "gen_ai_agent_id": "subagent" if line.flag("subagent") else None,
        "gen_ai_request_model": bounded(model) if model else None,
        "vcs_repository_name": repository_of(line.dataset, line.session),
        "vcs_ref_head_name": bounded(branch) if branch else None,
    }


def _ended(session: _Session) -> codec.Event:
    who = {**session.who, "gen_ai_agent_id": None}
    data = SessionEndedV1(**who, seq=session.next_seq)
    session.next_seq += 1
    key = event_key(session.session, max(session.last_recorded, 0), ":ended")
    return codec.new_event(key, source_of(session.dataset), session.last_time, data)

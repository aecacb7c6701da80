"""One session for `fixloop explain`: its events from the store or from files, folded anew, beside what was detected in it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from fixloop.board.bugs import BugState, Stand
from fixloop.board.grid import Grid, grid_of
from fixloop.board.growth import Said, by_detection
from fixloop.detect import DETECTOR_VERSION, SessionState
from fixloop.detect.state import Bug, TrackedTest
from fixloop.emit.names_book import read_name
from fixloop.errors import UsageError
from fixloop.ingest.event_files import read_events
from fixloop.land.asking import literal
from fixloop.land.store import Result
from fixloop.workers import folding
from fixloop.workers.session_choice import MAX_NAMED, choose
from fixloop.workers.watched_sessions import WatchedSessions
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import SPECVERSION, RawEvent, Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.events.wire import Attribution, SessionEvent

Ask = Callable[[str], Result]
"""Answers a question in SQL."""

_SESSIONS: Final = """
SELECT session_id FROM events WHERE position(session_id, {wanted}) > 0 GROUP BY session_id
ORDER BY session_id != {wanted}, NOT endsWith(session_id, {wanted}), session_id LIMIT {limit}"""
_EVENTS: Final = """
SELECT type, source, event_id, time, data FROM events WHERE session_id = {session}"""
_VERSIONS: Final = """
SELECT detected_at, data FROM detection_versions WHERE session_id = {session}"""
_ALL_FILES: Final = ""
"""A session whose events lie in several files is one session here."""
_HINT: Final = '`fixloop sql "SELECT DISTINCT session_id FROM events"`'


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that is told of one session."""

    session_id: str
    who: Attribution
    events: int
    first_time: datetime | None
    last_time: datetime | None
    grid: Grid
    bugs: tuple[BugState, ...]
    """As this detector sees them, when it folds the events in the order of their `seq`."""
    detections: tuple[tuple[Said, ...], ...]
    """The versions of each detection, oldest first."""
    lost: int
    """Events that should be there and are not."""
    waiting: int
    """Events at the end that wait for one that has not come; they are in the timeline, and in nothing that was concluded."""
    unreadable: int
    """Events that this version cannot read, or lines of the files that are none."""

    @property
    def detector_version(self) -> str:
        """The version of the detector that folded the events now."""
        return DETECTOR_VERSION

    @property
    def other_detectors(self) -> tuple[str, ...]:
        """The versions of detectors, other than this one, that made detections of this session."""
        versions = {said.detection.detector_version for versions in self.detections for said in versions}
        return tuple(sorted(versions - {DETECTOR_VERSION}))


def explain_from_store(ask: Ask, wanted: str, where: str) -> Explanation:
    """The session that `wanted` means, with the detections that the store has.

    Raises:
        UsageError: no session of the store is meant, or more than one.
        FixloopError: the store cannot be asked.
    """
    found = ask(_SESSIONS.format(wanted=literal(wanted), limit=MAX_NAMED + 1))
    session_id = choose(wanted, [str(row[0]) for row in found.rows])
    if session_id is None:
        raise UsageError(
            f"No session in {where} has {wanted!r} in its id: ask for those it has with {_HINT}."
        )
    stored = [_stored(session_id, row) for row in ask(_EVENTS.format(session=literal(session_id))).rows]
    versions = [
        Said(DetectionRecordedV1.model_validate_json(data), time and datetime.fromisoformat(time))
        for time, data in ask(_VERSIONS.format(session=literal(session_id))).rows
    ]
    return _explanation(session_id, [event for event in stored if event], stored.count(None), versions)


def explain_from_files(paths: Sequence[Path], wanted: str) -> Explanation:
    """The session that `wanted` means in event files, with the detections that folding all of them gives.

    Raises:
        UsageError: no session of the files is meant, or more than one, or there are no event files.
    """
    sessions: dict[str, list[Event]] = {}
    watched = WatchedSessions()
    unreadable = 0
    for _, item in read_events(paths):
        if isinstance(item, Rejected):
            unreadable += 1
            continue
        session_id = item.data.session_id
        events = sessions.setdefault(session_id, [])
        # What happened in one session may be known only by what another one had fixed: all are folded.
        watched.fold(watched.of(_ALL_FILES, session_id), item)
        if wanted in session_id:
            events.append(item)
    chosen = choose(wanted, [session_id for session_id, events in sessions.items() if events])
    if chosen is None:
        first = ", ".join(list(sessions)[:3]) + (", ..." if len(sessions) > 3 else "")
        raise UsageError(f"No session in the files has {wanted!r} in its id: name one of theirs ({first}).")
    found = [
        Said(said, event.time)
        for event in watched.of(_ALL_FILES, chosen).found
        if isinstance(said := event.data, DetectionRecordedV1)
    ]
    return _explanation(chosen, sessions[chosen], unreadable, found)


def file_names(spool: Path) -> Callable[[str], str | None]:
    """What the names book in a spool knows a file's path by; it is on this machine only."""

    def name_of(path: str) -> str | None:
        name = read_name(spool, path)
        # A file's name may be no text; what stands in for the rest can be printed anywhere.
        return name and name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    return name_of


def bugs_of(state: SessionState) -> tuple[BugState, ...]:
    """The bugs that the core remembers, in the order in which their tests were met."""
    return tuple(_bug(tracked, bug) for tracked in state.tests.values() for bug in tracked.bugs)


def _bug(tracked: TrackedTest, bug: Bug) -> BugState:
    cleared = bug.fix.green if bug.fix else bug.last_clear
    return BugState(
        bug_id=bug.bug_id,
        test_case_name=bug.test,
        error_type=bug.failure.error_type,
        stand=Stand.OPEN if bug.open else Stand.FIXED if bug.fix else Stand.GONE,
        returns=bug.returns,
        attempts=bug.attempts,
        flaky=tracked.flip is not None,
        displaced=bool(bug.fix and bug.fix.displaced),
        opened_run=bug.opened.run_id,
        last_red_run=bug.last_red.run_id,
        cleared_run=cleared.run_id if cleared and not bug.open else None,
    )


def _explanation(
    session_id: str,
    events: Iterable[Event],
    unreadable: int,
    recorded: Sequence[Said],
) -> Explanation:
    """The explanation of a session.

    Args:
        session_id: its id.
        events: its events, in any order and with repetitions.
        unreadable: how many more could not be read.
        recorded: the versions of its detections.
    """
    ordered = _in_order(events)
    if not ordered:
        raise UsageError(
            f"Nothing of the session {session_id} can be read by this version: install a newer one."
        )
    state = folding.empty(session_id)
    for event in ordered:
        state, _ = folding.fold(state, event)
    times = [event.time for event in ordered if event.time]
    return Explanation(
        session_id=session_id,
        who=ordered[0].data,
        events=len(ordered),
        first_time=min(times, default=None),
        last_time=max(times, default=None),
        grid=grid_of(session_id, ordered),
        bugs=bugs_of(state),
        detections=by_detection(recorded),
        lost=state.lost,
        waiting=len(state.held),
        unreadable=unreadable,
    )


def _in_order(events: Iterable[Event]) -> list[Event]:
    """The facts of a session in its own order, each once."""
    facts = {
        (event.data.seq, event.source, event.id): event
        for event in events
        if isinstance(event.data, SessionEvent)
    }
    return [event for _, event in sorted(facts.items())]


def _stored(session_id: str, row: Sequence[Any]) -> Event | None:
    """An event from its row; None when this version does not know its type."""
    event_type, source, event_id, time, data = row
    attributes = {
        "specversion": SPECVERSION,
        "type": event_type,
        "source": source,
        "id": event_id,
        "partitionkey": session_id,
        **({"time": time} if time else {}),
    }
    try:
        return codec.decode(RawEvent(attributes, data.encode()))
    except Rejected:
        return None

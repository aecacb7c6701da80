"""States as the worker writes them: what comes back is what was written, whatever is in it."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from fixloop.detect import SessionState, SnapshotError
from fixloop.detect.ledger import LedgerState
from fixloop.detect.ledger.state import LEDGER_VERSION
from fixloop.detect.state import STATE_VERSION
from fixloop.ingest.event_files import read_events
from fixloop.ingest.recordings import shipped_paths
from fixloop.workers.folding import fold
from fixloop.workers.foldings import LEDGERS
from fixloop.workers.state_codec import StateCodec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from tests.builders import Session
from tests.property.test_ledger import told_by

SESSION = StateCodec(SessionState, STATE_VERSION)


def _states(events: Iterable[Event]) -> list[SessionState]:
    """Each session after each of its events."""
    last: dict[str, SessionState] = {}
    states = []
    for event in events:
        last[event.data.session_id], _ = fold(last.get(event.data.session_id), event)
        states.append(last[event.data.session_id])
    return states


def test_recorded_sessions_come_back() -> None:
    """After each of their events; equal, and equal bytes when written again."""
    states = _states(event for _, event in read_events(shipped_paths()) if not isinstance(event, Rejected))
    written = [SESSION.encode(state) for state in states]
    assert states == [SESSION.decode(data) for data in written]
    assert written == [SESSION.encode(SESSION.decode(data)) for data in written]


def test_what_waits_for_earlier_events_comes_back() -> None:
    """Facts of each kind: they are told apart."""
    session = Session("s1").run(a="fail").edit().run(a="pass").restore().commit().dropped(3).ended()
    states = _states(session.events[1:])
    kinds = {type(fact).__name__ for state in states for fact in state.held}
    assert len(kinds) > 4
    assert states == [SESSION.decode(SESSION.encode(state)) for state in states]


def test_a_ledger_comes_back() -> None:
    """What was told of tests by several sessions."""
    codec = StateCodec(LedgerState, LEDGER_VERSION)
    states: dict[str, LedgerState] = {}
    for name in ("s1", "s2"):
        session = Session(name)
        for outcome in ("pass", "fail", "pass", "fail"):
            session.edit().run({"tests/test_a.py::test_a": outcome})
        for event in told_by(session):
            key = event.data.partition_key
            states[key], _ = LEDGERS.fold(states.get(key), event)
            assert states[key] == codec.decode(codec.encode(states[key]))
    assert any(state.entries for state in states.values())


@pytest.mark.parametrize("number", [2**53 + 1, 2**63 - 1, -(2**63)])
def test_large_numbers_come_back(number: int) -> None:
    """As far as events can hold them."""
    state = replace(SESSION.decode(SESSION.encode(SessionState("s1"))), until_us=number)
    assert state == SESSION.decode(SESSION.encode(state))


@pytest.mark.parametrize(
    "data", [b"", b"\x92", b"\x92\x01\x90", b"{}", b"\xff" * 20, SESSION.encode(SessionState("s1"))[:-1]]
)
def test_other_bytes_are_refused(data: bytes) -> None:
    """One error for all, also for a state that is cut."""
    with pytest.raises(SnapshotError):
        SESSION.decode(data)


def test_another_version_is_refused() -> None:
    """Though it would fit."""
    with pytest.raises(SnapshotError, match="version"):
        StateCodec(SessionState, STATE_VERSION + 1).decode(SESSION.encode(SessionState("s1")))

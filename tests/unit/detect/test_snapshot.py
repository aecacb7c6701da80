"""A session's state as bytes, and back."""

import pytest

from fixloop.detect import SnapshotError, new_session, restore, snapshot
from tests.builders import fold
from tests.unit.detect.test_coupled_cycle import around


def test_round_trip() -> None:
    """Restoring gives an equal state, and snapshotting that gives equal bytes."""
    state, _ = fold(around(2).events[:-1])
    assert state == restore(snapshot(state))
    assert snapshot(state) == snapshot(restore(snapshot(state)))


def test_held_events_are_in_it() -> None:
    """What waits for an earlier event waits on after a restart."""
    events = around(1).events
    state, _ = fold(events[:3] + events[5:7])
    assert 2 == len(restore(snapshot(state)).held)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"[1]", b"[1,[]]", b"[99,[]]", b"nonsense"])
def test_what_is_no_snapshot_is_refused(data: bytes) -> None:
    """Other bytes, and other versions, raise one error."""
    with pytest.raises(SnapshotError):
        restore(data)


def test_a_new_session_is_small() -> None:
    """An empty state is a few bytes, so that a million idle sessions cost little."""
    assert len(snapshot(new_session("s"))) < 200

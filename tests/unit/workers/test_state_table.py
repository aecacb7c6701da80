"""States in the table: small, restored once, and never older than the table's bytes."""

from datetime import timedelta

import pytest

from fixloop.detect import SnapshotError, snapshot
from fixloop.workers.foldings import SESSIONS
from fixloop.workers.state_table import Entry, RestoredStates, entry_of, pack, sweep, unpack
from tests.builders import Session, fold
from tests.unit.workers.kafka_records import WRITTEN

STATE, _ = fold(Session("s1").run(a="fail").edit().run(a="pass").events)
LATER, _ = fold(Session("s1").run(a="fail").edit().run(a="pass").edit().run(a="fail").events)


def test_a_value_gives_its_state_again() -> None:
    """Partition, time and state come back."""
    value = pack(snapshot(STATE), 5, WRITTEN)
    assert snapshot(STATE) == unpack(value)
    assert Entry(5, int(WRITTEN.timestamp())) == entry_of(value)


@pytest.mark.parametrize("value", [b"", b"\x01", b"\x02" + b"\0" * 40, b"\x01" + b"\0" * 40])
def test_other_bytes_are_no_value(value: bytes) -> None:
    """What this version did not write is said to be so, and nothing else is raised."""
    with pytest.raises(SnapshotError):
        unpack(value)


def test_a_restored_state_is_used_while_the_table_holds_its_bytes() -> None:
    """The same object as long as nothing changed; after another worker wrote the key, what that worker wrote."""
    table = {b"s1": pack(snapshot(STATE), 0, WRITTEN)}
    states = RestoredStates(SESSIONS, table)
    first = states.state(b"s1")
    table[b"s1"] = bytes(bytearray(table[b"s1"]))  # read from the changelog again
    assert first is states.state(b"s1")
    table[b"s1"] = pack(snapshot(LATER), 0, WRITTEN)
    assert LATER == states.state(b"s1")
    del table[b"s1"]
    assert states.state(b"s1") is None


def test_a_written_state_is_not_restored_again() -> None:
    """What was just packed is known."""
    table = {b"s1": pack(snapshot(STATE), 0, WRITTEN)}
    states = RestoredStates(SESSIONS, table)
    states.written(b"s1", table[b"s1"], STATE)
    assert STATE is states.state(b"s1")


def test_few_states_are_kept_restored() -> None:
    """The ones that were used last."""
    table = {str(number).encode(): pack(snapshot(STATE), 0, WRITTEN) for number in range(10)}
    states = RestoredStates(SESSIONS, table, most=3)
    first = states.state(b"0")
    for key in table:
        states.state(key)
    assert 3 == len(states._kept)
    assert first is not states.state(b"0")


def test_a_sweep_takes_what_is_silent_and_what_is_foreign() -> None:
    """Silent sessions of ours go for everybody; sessions of others are forgotten here; the rest stays."""
    old = WRITTEN - timedelta(days=20)
    table = {
        b"active": pack(snapshot(STATE), 1, WRITTEN),
        b"silent": pack(snapshot(STATE), 1, old),
        b"theirs": pack(snapshot(STATE), 2, WRITTEN),
        b"theirs and silent": pack(snapshot(STATE), 2, old),
        b"unreadable": b"?",
    }
    found = sweep(table.items(), {1}, WRITTEN - timedelta(days=14))
    assert ((b"silent", 1),) == found.expired
    assert (b"theirs", b"theirs and silent", b"unreadable") == found.foreign

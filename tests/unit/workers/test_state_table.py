"""States in the table: small, restored once, and written by whoever has the partition."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from fixloop.detect import SessionState, SnapshotError, snapshot
from fixloop.detect.state import STATE_VERSION, FileNote
from fixloop.workers.foldings import SESSIONS
from fixloop.workers.state_codec import StateCodec
from fixloop.workers.state_table import CLOSED, Head, Placed, StateTable, head_of, pack
from tests.builders import Session, fold
from tests.unit.workers.kafka_records import WRITTEN, WRITTEN_MS

STATE, _ = fold(Session("s1").run(a="fail").edit().run(a="pass").events)
LATER, _ = fold(Session("s1").run(a="fail").edit().run(a="pass").edit().run(a="fail").events)
HEAD = Head(12, WRITTEN_MS, int(WRITTEN.timestamp()), STATE.until_us or 0)
PLACED = Placed(STATE, 3, 12, WRITTEN_MS)
CODEC = StateCodec(SessionState, STATE_VERSION)
ENCODED = CODEC.encode(STATE)


class _Store:
    """A store of one partition's values."""

    def __init__(self, values: Mapping[bytes, bytes]) -> None:
        self.values = dict(values)

    def get(self, partition: int, key: bytes) -> bytes | None:
        assert 3 == partition
        return self.values.get(key)

    def put(self, partition: int, values: Mapping[bytes, bytes | None], offset: int) -> None:
        raise NotImplementedError

    def items(self, partition: int) -> Iterator[tuple[bytes, bytes]]:
        assert 3 == partition
        return iter(self.values.items())


def _table(values: Mapping[bytes, bytes], most: int = 1_000_000) -> StateTable[SessionState]:
    return StateTable(SESSIONS, _Store(values), most)


def test_a_value_gives_its_state_again() -> None:
    """How far its partition was read, when that was, and the state come back."""
    value = pack(ENCODED, HEAD)
    assert HEAD == head_of(value)
    assert PLACED == _table({b"s1": value}).state(3, b"s1")


def test_a_value_says_whether_its_session_is_open() -> None:
    """Without restoring the state: a worker that begins looks at all of them."""
    over, _ = fold(Session("s1").run(a="fail").ended().events)
    heads = {
        state.ended: head_of(_table({}).value_of(b"s1", Placed(state, 3, 12), WRITTEN))
        for state in (STATE, over)
    }
    assert [STATE.until_us, CLOSED] == [head.last_us for head in heads.values() if head]


def test_a_value_with_a_compressed_snapshot_gives_its_state() -> None:
    """How states were written at first: whoever begins with them goes on."""
    first = struct.pack(">Bqqqq", 2, *HEAD) + zlib.compress(snapshot(STATE), 1)
    assert HEAD == head_of(first)
    assert PLACED == _table({b"s1": first}).state(3, b"s1")


def test_a_value_is_compressed() -> None:
    """A message of Kafka has an end, and what a state holds of many files is much alike."""
    files = {f"src/{number}.py": FileNote(None, number) for number in range(1_000)}
    large = Placed(replace(STATE, files=files), 3, 12, WRITTEN_MS)
    value = _table({}).value_of(b"s1", large, WRITTEN)
    assert len(value) < len(CODEC.encode(large.state)) / 2
    assert HEAD == head_of(value)
    assert large == _table({b"s1": value}).state(3, b"s1")


@pytest.mark.parametrize(
    "value",
    [
        b"\x02",
        b"\x01" + b"\0" * 40,
        *(bytes([version]) + b"\0" * 40 for version in (2, 3, 4)),
        pack(b"", HEAD)[:-1],
        pack(StateCodec(SessionState, STATE_VERSION + 1).encode(STATE), HEAD),
    ],
)
def test_other_bytes_are_no_value(value: bytes) -> None:
    """What this version did not write is said to be so, and nothing else is raised."""
    with pytest.raises(SnapshotError):
        _table({b"s1": value}).state(3, b"s1")


def test_a_state_is_restored_once() -> None:
    """The same object, until what is known is forgotten because somebody else may have written it."""
    store = _Store({b"s1": pack(ENCODED, HEAD)})
    table = StateTable(SESSIONS, store)
    first = table.state(3, b"s1")
    store.values[b"s1"] = pack(CODEC.encode(LATER), HEAD)
    assert first is table.state(3, b"s1")
    table.forget()
    assert Placed(LATER, 3, 12, WRITTEN_MS) == table.state(3, b"s1")


def test_a_state_that_was_written_is_known() -> None:
    """What was just packed is not restored."""
    table = _table({})
    assert pack(ENCODED, HEAD) == table.value_of(b"s1", PLACED, WRITTEN)
    assert PLACED is table.state(3, b"s1")
    assert table.state(3, b"s2") is None


def test_few_states_are_kept_restored() -> None:
    """The ones that were used last, as many as their snapshots' bytes allow."""
    values = {str(number).encode(): pack(ENCODED, HEAD) for number in range(10)}
    table = _table(values, most=3 * len(ENCODED))
    first = table.state(3, b"0")
    for key in values:
        table.state(3, key)
    assert [b"7", b"8", b"9"] == list(table._kept)
    assert first is not table.state(3, b"0")


@pytest.mark.parametrize(
    ("partition", "offset", "written_ms", "covered"),
    [
        (3, 12, WRITTEN_MS, True),
        (3, 5, WRITTEN_MS - 1, True),
        (3, 13, WRITTEN_MS, False),
        (3, 5, WRITTEN_MS + 1, False),
        (2, 5, WRITTEN_MS, False),
    ],
)
def test_a_state_knows_what_went_into_it(partition: int, offset: int, written_ms: int, covered: bool) -> None:
    """Records of its partition up to its last one; not those of a topic that was made anew, which were written later."""
    assert covered == PLACED.covers(partition, offset, written_ms)

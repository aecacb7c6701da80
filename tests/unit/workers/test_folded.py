"""A batch folded: in order, whatever its boundaries, and one bad record harms no other."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import pytest

from fixloop.detect import SessionState
from fixloop.workers.folded import Folded, fold_records
from fixloop.workers.foldings import LEDGERS, SESSIONS, State
from fixloop.workers.records import Record, from_fetched
from fixloop.workers.state_table import Placed
from fixloop_schemas import codec
from fixloop_schemas.registry import DETECTION_TYPE
from fixloop_schemas.topics import DETECTIONS, LEDGER, topic_of
from fixloop_schemas.vocabulary import DeadReason
from tests.builders import Session, fold
from tests.malformed import MALFORMED
from tests.unit.workers.kafka_records import WRITTEN_MS, records

A, B = "tests/test_shop.py::test_a", "tests/test_shop.py::test_b"
CYCLE = (
    Session("s1")
    .run({A: "fail", B: "pass"})
    .edit()
    .run({A: "pass", B: "fail"})
    .edit()
    .run({A: "fail", B: "pass"})
    .events
)


def _in_batches(
    all_records: Sequence[Record], size: int
) -> tuple[dict[bytes, Placed[SessionState]], list[Folded[SessionState]]]:
    states: dict[bytes, Placed[SessionState]] = {}
    parts = []
    for start in range(0, len(all_records), size):
        part = fold_records(SESSIONS, all_records[start : start + size], _from(states))
        states |= part.after
        parts.append(part)
    return states, parts


def _from(states: Mapping[bytes, Placed[State]]) -> Callable[[int, bytes], Placed[State] | None]:
    return lambda _, key: states.get(key)


def _nothing(_partition: int, _key: bytes) -> None:
    return None


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_batches_make_no_difference(size: int) -> None:
    """The same states and detections as one event after the other."""
    expected, versions = fold(CYCLE)
    states, parts = _in_batches(records(CYCLE), size)
    assert {b"s1": Placed(expected, 0, len(CYCLE) - 1, WRITTEN_MS)} == states
    following = [pair for part in parts for pair in part.following]
    assert versions == [event.data for event, _ in following if event.type == DETECTION_TYPE]
    assert [codec.to_kafka(event) for event, _ in following] == [message for _, message in following]


@pytest.mark.parametrize(("further", "folded"), [(0, 0), (1_000, len(CYCLE))])
def test_a_second_time_changes_nothing(further: int, folded: int) -> None:
    """Neither when a batch is read again, which is known by its offsets and not looked at, nor when its events lie there a second time."""
    states, _ = _in_batches(records(CYCLE), 100)
    second = [dataclasses.replace(one, offset=one.offset + further) for one in records(CYCLE)]
    again = fold_records(SESSIONS, second, _from(states))
    assert (folded, [], {}) == (len(again.events), again.following, again.after)


def test_a_topic_that_was_made_anew_is_read() -> None:
    """Its offsets begin again below what the state has seen; its records were written later."""
    states, _ = _in_batches(records(CYCLE), 100)
    later = Session("s1").run({A: "pass"}).events
    anew = [dataclasses.replace(one, written_ms=WRITTEN_MS + 1) for one in records(later)]
    assert len(later) == len(fold_records(SESSIONS, anew, _from(states)).events)


def test_bad_records_are_refused_each_with_its_reason() -> None:
    """Malformed records between the events of a session do not touch its state."""
    good = records(CYCLE)
    bad = [Record("fixloop.events", 0, 100, one.key, one.value, one.headers, -1) for one in MALFORMED]
    mixed = [record for pair in zip(bad, good * len(bad), strict=False) for record in pair]
    folded = fold_records(SESSIONS, [*mixed, *good], _nothing)
    assert [case.reason for case in MALFORMED] == [rejected.reason for _, rejected in folded.refused]
    assert fold(CYCLE)[0] == folded.after[b"s1"].state


def test_a_record_without_a_key_is_refused() -> None:
    """It would lie in any partition, and its session's state in another."""
    (first, *_) = records(CYCLE)
    folded = fold_records(SESSIONS, [dataclasses.replace(first, key=None)], _nothing)
    assert [DeadReason.WRONG_KEY] == [rejected.reason for _, rejected in folded.refused]


@pytest.mark.parametrize("topic", [DETECTIONS, LEDGER])
def test_an_event_of_another_topic_is_refused(topic: str) -> None:
    """It would make a state under a key that is none of this topic's."""
    _, parts = _in_batches(records(CYCLE), 100)
    strangers = [event for event, _ in parts[0].following if topic_of(event.type) == topic]
    folded = fold_records(SESSIONS, records(strangers), _nothing)
    assert len(strangers) > 0
    assert [DeadReason.UNKNOWN_TYPE] * len(strangers) == [rejected.reason for _, rejected in folded.refused]
    assert {} == folded.after


def test_what_sessions_tell_is_folded_by_test() -> None:
    """The ledger keeps a state for each test, under the key of the records; what was told before changes nothing."""
    _, parts = _in_batches(records(CYCLE), 100)
    told = records([event for event, _ in parts[0].following if topic_of(event.type) == LEDGER], LEDGER)
    folded = fold_records(LEDGERS, told, _nothing)
    assert {record.key for record in told} == set(folded.after)
    second = [dataclasses.replace(one, offset=one.offset + 1_000) for one in told]
    again = fold_records(LEDGERS, second, _from(folded.after))
    assert (len(told), [], {}) == (len(again.events), again.following, again.after)


def test_an_event_that_cannot_be_folded_is_refused_alone(caplog: pytest.LogCaptureFixture) -> None:
    """A fault in the core for one event: a dead letter and a traceback in the log; the session goes on from where it was."""

    def faulty(
        state: SessionState | None, event: codec.Event
    ) -> tuple[SessionState, tuple[codec.Event, ...]]:
        if event.id == "s1:3":
            raise ZeroDivisionError("a fault")
        return SESSIONS.fold(state, event)

    folded = fold_records(dataclasses.replace(SESSIONS, fold=faulty), records(CYCLE), _nothing)
    ((record, rejected),) = folded.refused
    assert (3, DeadReason.PROCESSING_ERROR, "ZeroDivisionError: a fault") == (
        record.offset,
        rejected.reason,
        rejected.detail,
    )
    assert len(CYCLE) - 1 == len(folded.events)
    assert "Traceback" in caplog.text


def test_a_header_that_occurs_twice_is_seen_twice() -> None:
    """The record is made from the message's list: two ids are refused, and not one of them chosen."""

    @dataclasses.dataclass
    class Message:
        topic: str = "fixloop.events"
        partition: int = 0
        offset: int = 0
        key: bytes = b"k"
        value: bytes = b"v"
        headers: tuple[tuple[str, bytes], ...] = (("ce_id", b"1"), ("ce_id", b"2"))
        timestamp: int = 10**30

    record = from_fetched(Message())
    assert (Message.headers, None) == (record.headers, record.time)

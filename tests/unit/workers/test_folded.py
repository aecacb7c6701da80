"""A batch folded: in order, whatever its boundaries, and one bad record harms no other."""

import dataclasses
from collections.abc import Sequence

import pytest

from fixloop.detect import SessionState
from fixloop.workers import folding
from fixloop.workers.folded import Folded, fold_records
from fixloop.workers.records import Record, from_message
from fixloop_schemas import codec
from fixloop_schemas.vocabulary import DeadReason
from tests.builders import Session, fold
from tests.malformed import MALFORMED
from tests.unit.workers.kafka_records import records

CYCLE = (
    Session("s1").run(a="fail", b="pass").edit().run(a="pass", b="fail").edit().run(a="fail", b="pass").events
)


def _in_batches(all_records: Sequence[Record], size: int) -> tuple[dict[bytes, SessionState], list[Folded]]:
    states: dict[bytes, SessionState] = {}
    parts = []
    for start in range(0, len(all_records), size):
        part = fold_records(all_records[start : start + size], states.get)
        states |= {key: after.state for key, after in part.after.items()}
        parts.append(part)
    return states, parts


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_batches_make_no_difference(size: int) -> None:
    """The same states and detections as one event after the other."""
    expected, versions = fold(CYCLE)
    states, parts = _in_batches(records(CYCLE), size)
    assert {b"s1": expected} == states
    assert versions == [event.data for part in parts for event in part.detections]
    assert [codec.to_kafka(event) for part in parts for event in part.detections] == [
        message for part in parts for message in part.messages
    ]


def test_a_second_time_changes_nothing() -> None:
    """A batch that is read again says nothing, and there is no state to write."""
    states, _ = _in_batches(records(CYCLE), 100)
    again = fold_records(records(CYCLE), states.get)
    assert ([], {}) == (again.detections, again.after)


def test_bad_records_are_refused_each_with_its_reason() -> None:
    """Malformed records between the events of a session do not touch its state."""
    good = records(CYCLE)
    bad = [Record("fixloop.events", 0, 100, one.key, one.value, one.headers, None) for one in MALFORMED]
    mixed = [record for pair in zip(bad, good * len(bad), strict=False) for record in pair]
    folded = fold_records([*mixed, *good], lambda _: None)
    assert [case.reason for case in MALFORMED] == [rejected.reason for _, rejected in folded.refused]
    assert fold(CYCLE)[0] == folded.after[b"s1"].state


def test_a_record_without_a_key_is_refused() -> None:
    """It would lie in any partition, and its session's state in another."""
    (first, *_) = records(CYCLE)
    folded = fold_records([dataclasses.replace(first, key=None)], lambda _: None)
    assert [DeadReason.WRONG_KEY] == [rejected.reason for _, rejected in folded.refused]


def test_an_event_that_cannot_be_folded_is_refused_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault in the core for one event: a dead letter and a traceback in the log; the session goes on from where it was."""

    def faulty(
        state: SessionState | None, event: codec.Event
    ) -> tuple[SessionState, tuple[codec.Event, ...]]:
        if event.id == "s1:3":
            raise ZeroDivisionError("a fault")
        return folding.fold(state, event)

    monkeypatch.setattr("fixloop.workers.folded.fold", faulty)
    folded = fold_records(records(CYCLE), lambda _: None)
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
        timestamp: float = 1e30

    record = from_message(Message())
    assert (Message.headers, None) == (record.headers, record.time)

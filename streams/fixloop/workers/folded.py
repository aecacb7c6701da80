"""Records of one batch, folded: what is to be sent, what is to be kept, and what was refused. Nothing is sent or kept here."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from fixloop.detect import SessionState
from fixloop.workers.folding import fold
from fixloop.workers.records import Record, event_of
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.vocabulary import DeadReason

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SessionAfter:
    """Where a session stands after a batch."""

    state: SessionState
    partition: int


@dataclass(slots=True)
class Folded:
    """What came of a batch."""

    events: list[Event] = field(default_factory=list)
    """Those that went into a state, in order."""
    detections: list[Event] = field(default_factory=list)
    messages: list[KafkaMessage] = field(default_factory=list)
    """The detections, encoded."""
    refused: list[tuple[Record, Rejected]] = field(default_factory=list)
    after: dict[bytes, SessionAfter] = field(default_factory=dict)
    """By the key of the records."""


def fold_records(records: Sequence[Record], state_of: Callable[[bytes], SessionState | None]) -> Folded:
    """Fold records in order. One that cannot be folded is refused, its session's state stays as it was, and the next one is folded.

    Args:
        records: a batch.
        state_of: the state of a session before the batch, by its key.
    """
    folded = Folded()
    for record in records:
        try:
            event = event_of(record)
        except Rejected as rejected:
            folded.refused.append((record, rejected))
            continue
        try:
            _fold(record, event, folded, state_of)
        except Exception as error:
            _log.exception("the event at %s cannot be folded", record.place)
            why = Rejected(DeadReason.PROCESSING_ERROR, f"{type(error).__name__}: {error}")
            folded.refused.append((record, why))
    return folded


def _fold(
    record: Record, event: Event, folded: Folded, state_of: Callable[[bytes], SessionState | None]
) -> None:
    key = event.data.session_id.encode()
    before = folded.after[key].state if key in folded.after else state_of(key)
    state, detections = fold(before, event)
    messages = [codec.to_kafka(detection) for detection in detections]
    folded.events.append(event)
    folded.detections += detections
    folded.messages += messages
    if state is not before:
        folded.after[key] = SessionAfter(state, record.partition)

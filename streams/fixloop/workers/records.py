"""A Kafka record as every role takes it, whatever client it came through, and its event."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.topics import topic_of
from fixloop_schemas.vocabulary import DeadReason

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a topic, as it lies there."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    written_ms: int
    """When it was written, by the producer's or the broker's clock, in milliseconds since 1970; -1: not known."""

    @property
    def place(self) -> str:
        """`topic:partition:offset`."""
        return f"{self.topic}:{self.partition}:{self.offset}"

    @property
    def time(self) -> datetime | None:
        """When it was written; None when that is not known, or nonsense."""
        try:
            time = _EPOCH + timedelta(milliseconds=self.written_ms)
        except OverflowError:
            return None
        return time if _EPOCH <= time < _LAST else None


def from_fetched(fetched: Any) -> Record:
    """The record as aiokafka gives it. Its headers are a sequence: a name may occur twice."""
    return Record(
        topic=fetched.topic,
        partition=fetched.partition,
        offset=fetched.offset,
        key=fetched.key,
        value=fetched.value,
        headers=tuple(fetched.headers),
        written_ms=fetched.timestamp,
    )


def event_of(record: Record) -> Event:
    """The event in a record.

    Raises:
        Rejected: it is none, or belongs in another topic, or has no key: without one a session's events would lie in several partitions.
    """
    event = codec.from_kafka(record.key, record.value, record.headers)
    if record.topic != topic_of(event.type):
        raise Rejected(DeadReason.UNKNOWN_TYPE, f"an event of this type belongs in {topic_of(event.type)}")
    if record.key is None:
        raise Rejected(DeadReason.WRONG_KEY, "the record has no key")
    return event

"""A Kafka record as every role takes it, whatever client it came through, and its event."""

from collections.abc import Iterable
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
    time: datetime | None
    """When it was written, by the producer's or the broker's clock."""

    @property
    def place(self) -> str:
        """`topic:partition:offset`."""
        return f"{self.topic}:{self.partition}:{self.offset}"


def from_message(message: Any) -> Record:
    """The record in a message of Faust. Its own headers are a list: a dictionary would lose one that occurs twice."""
    headers: Iterable[tuple[str, bytes | None]] = message.headers or ()
    if isinstance(headers, dict):
        headers = headers.items()
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        headers=tuple(headers),
        time=_time(message.timestamp),
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


def _time(seconds: float | None) -> datetime | None:
    if seconds is None or seconds < 0:
        return None
    try:
        time = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
    return time if time < _LAST else None

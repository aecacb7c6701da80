"""Records as they lie in a topic, for tests without a broker."""

from datetime import UTC, datetime

from fixloop.workers.records import Record
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import KafkaMessage
from fixloop_schemas.codec import Event
from fixloop_schemas.topics import EVENTS

WRITTEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WRITTEN_MS = int(WRITTEN.timestamp() * 1000)


def record(message: KafkaMessage, topic: str = EVENTS, partition: int = 0, offset: int = 0) -> Record:
    """A message as the record that it becomes."""
    return Record(topic, partition, offset, message.key, message.value, message.headers, WRITTEN_MS)


def records(events: list[Event], topic: str = EVENTS) -> list[Record]:
    """Events as the records of one partition."""
    return [record(codec.to_kafka(event), topic, 0, offset) for offset, event in enumerate(events)]

"""The topics of a benchmark: made, filled, and forgotten, so that each contestant begins anew on the same broker and the same events."""

from collections.abc import Iterable
from typing import Any, Final

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from fixloop.workers.groups import CHANGELOGS
from fixloop.workers.provision import apply_topics
from fixloop_schemas.cloudevents import KafkaMessage
from fixloop_schemas.topics import EVENTS, TOPICS

PARTITIONS: Final = 4
_SECONDS: Final = 60.0
_QUEUED: Final = 50_000


def apply(bootstrap: str) -> None:
    """Make the worker's topics, or those of them that are missing."""
    apply_topics(bootstrap, PARTITIONS)


def make(bootstrap: str, name: str) -> None:
    """Make one topic more."""
    admin = AdminClient(_at(bootstrap))
    for future in admin.create_topics([NewTopic(name, PARTITIONS, 1)]).values():
        future.result(_SECONDS)


def producer(bootstrap: str, linger_ms: int) -> Any:
    """One that puts each session in the partition that it has for every client."""
    return Producer(
        {
            **_at(bootstrap),
            "partitioner": "murmur2_random",
            "linger.ms": linger_ms,
            "compression.type": TOPICS[EVENTS].compression,
            "queue.buffering.max.messages": 2 * _QUEUED,
        }
    )


def put(by: Any, message: KafkaMessage) -> None:
    """Begin to send an event."""
    by.produce(EVENTS, message.value, message.key, headers=list(message.headers))


def send(bootstrap: str, messages: Iterable[KafkaMessage]) -> int:
    """Fill `fixloop.events` as fast as it goes; how many there were."""
    by = producer(bootstrap, linger_ms=50)
    count = 0
    for count, message in enumerate(messages, 1):  # noqa: B007 -- the last one is the answer
        put(by, message)
        if len(by) > _QUEUED:
            by.flush(_SECONDS)
    by.flush(_SECONDS)
    return count


def forget(bootstrap: str, group: str) -> None:
    """Remove what a group of the worker has kept, so that the next one begins with the first event and without a state."""
    admin = AdminClient(_at(bootstrap))
    changelogs = [name for name in CHANGELOGS if name.startswith(f"{group}-")]
    for future in (
        *admin.delete_consumer_groups([group]).values(),
        *admin.delete_topics(changelogs).values(),
    ):
        future.result(_SECONDS)
    apply(bootstrap)


def shares(bootstrap: str, group: str) -> list[int]:
    """How many partitions of the source each member of a group of the worker has."""
    admin = AdminClient(_at(bootstrap))
    (described,) = admin.describe_consumer_groups([group]).values()
    return [
        sum(one.topic == EVENTS for one in member.assignment.topic_partitions)
        for member in described.result(_SECONDS).members
    ]


def last_sizes(bootstrap: str, topic: str) -> Iterable[int]:
    """The bytes of key and value of each key's last record in a topic."""
    consumer = Consumer({**_at(bootstrap), "group.id": "sizes", "enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in range(PARTITIONS)])
    sizes: dict[bytes, int] = {}
    ended = 0
    while ended < PARTITIONS:
        for message in consumer.consume(10_000, timeout=1.0):
            if message.error():
                ended += 1
            elif message.value() is None:
                sizes.pop(message.key(), None)
            else:
                sizes[message.key()] = len(message.key()) + len(message.value())
    consumer.close()
    return sizes.values()


def _at(bootstrap: str) -> dict[str, str | int]:
    return {"bootstrap.servers": bootstrap, "log_level": 3}

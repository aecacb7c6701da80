"""The dead letters as they lie in Kafka, one after the other: found again by their place.

They are read from the topic and not from the store, as only there are key, value and headers whole. Nothing is committed and no group
is joined: to look changes nothing for anybody.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final

from fixloop.errors import FixloopError, UnreachableError, UsageError
from fixloop.kafka_connection import KafkaConnection
from fixloop.kafka_errors import explained, in_words
from fixloop.workers.dead_letters import Letter, read_letter
from fixloop.workers.records import from_fetched
from fixloop_schemas.topics import DEAD_LETTERS
from fixloop_schemas.vocabulary import DeadReason

_BOOTSTRAP_MS: Final = 5_000
_POLL_MS: Final = 500
_SILENT_SECONDS: Final = 30.0
_AT_ONCE: Final = 50
"""Letters of one poll: each may be a megabyte large."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters are meant; None is all."""

    reason: DeadReason | None = None
    topic: str | None = None
    since: datetime | None = None
    """Those that were put aside from then on."""

    def takes(self, letter: Letter) -> bool:
        """Whether a letter is one of them."""
        return (
            self.reason in (None, letter.reason)
            and self.topic in (None, letter.topic)
            and (self.since is None or (letter.written is not None and letter.written >= self.since))
        )


class DeadLetterBox:
    """The topic of the dead letters, open for reading. `opened_box` makes one.

    Args:
        consumer: of kafka-python, in no group.
        kafka: what the consumer was made with, for sentences.
    """

    def __init__(self, consumer: Any, kafka: KafkaConnection) -> None:
        self._consumer = consumer
        self._kafka = kafka

    def letters(self, wanted: Wanted) -> Iterator[Letter]:
        """The letters that lie there now, partition by partition, in each the oldest first; one poll's are in memory at a time.

        Raises:
            FixloopError: there is no such topic, or the broker stops answering.
        """
        with _sentences(self._kafka):
            partitions = self._partitions()
            ends = self._consumer.end_offsets(partitions)
            starts = self._consumer.beginning_offsets(partitions)
            if wanted.since is not None:
                since_ms = int(wanted.since.timestamp() * 1_000)
                found = self._consumer.offsets_for_times(dict.fromkeys(partitions, since_ms))
                starts = {one: found[one].offset if found.get(one) else ends[one] for one in partitions}
        for partition in (one for one in partitions if starts[one] < ends[one]):
            yield from filter(wanted.takes, self._read(partition, starts[partition], ends[partition]))

    def letter(self, place: str) -> Letter:
        """The letter at `partition:offset`.

        Raises:
            UsageError: this is no place of a letter, or there is none.
            FixloopError: there is no such topic, or the broker stops answering.
        """
        number, offset = _numbers(place)
        with _sentences(self._kafka):
            partitions = self._partitions()
            starts = self._consumer.beginning_offsets(partitions)
            ends = self._consumer.end_offsets(partitions)
        partition = next((one for one in partitions if one.partition == number), None)
        if partition is None:
            raise UsageError(
                f"There is no dead letter {place}: {DEAD_LETTERS} has the partitions 0 to {len(partitions) - 1}."
            )
        start, end = starts[partition], ends[partition]
        letter = next(self._read(partition, offset, end), None) if start <= offset < end else None
        if letter is None or letter.place != place:
            lying = f"holds {start} to {end - 1}" if start < end else "is empty"
            raise UsageError(
                f"There is no dead letter {place}: partition {number} of {DEAD_LETTERS} {lying}. See: fixloop dead-letters list"
            )
        return letter

    def _partitions(self) -> list[Any]:
        from kafka import TopicPartition

        numbers = self._consumer.partitions_for_topic(DEAD_LETTERS)
        if not numbers:
            raise FixloopError(
                f"Kafka at {self._kafka.bootstrap} has no topic {DEAD_LETTERS}. Create it with: fixloop topics apply"
            )
        return [TopicPartition(DEAD_LETTERS, number) for number in sorted(numbers)]

    def _read(self, partition: Any, start: int, end: int) -> Iterator[Letter]:
        with _sentences(self._kafka):
            self._consumer.assign([partition])
            self._consumer.seek(partition, start)
        heard = monotonic()
        while (records := self._polled(partition, end)) is not None:
            for record in records:
                if record.offset < end:
                    yield read_letter(from_fetched(record))
            if records:
                heard = monotonic()
            elif monotonic() - heard > _SILENT_SECONDS:
                raise UnreachableError(
                    f"Kafka at {self._kafka.bootstrap} no longer sends what {DEAD_LETTERS} holds. Try again."
                )

    def _polled(self, partition: Any, end: int) -> list[Any] | None:
        """The next records; None when all were read. What lies before `end` may be no record, so the position tells and not the offsets."""
        with _sentences(self._kafka):
            if self._consumer.position(partition) >= end:
                return None
            return list(self._consumer.poll(_POLL_MS, max_records=_AT_ONCE).get(partition, ()))


def _numbers(place: str) -> tuple[int, int]:
    if not re.fullmatch(r"(0|[1-9][0-9]{0,8}):(0|[1-9][0-9]{0,17})", place):
        raise UsageError(
            f"{place!r} is no place of a dead letter, such as 3:17. See: fixloop dead-letters list"
        )
    partition, _, offset = place.partition(":")
    return int(partition), int(offset)


@contextmanager
def opened_box(kafka: KafkaConnection | str) -> Iterator[DeadLetterBox]:
    """The box, until the end of the block.

    Raises:
        UnreachableError: no broker answers.
        FixloopError: the broker refuses.
    """
    connection = KafkaConnection.of(kafka)
    # Without a handler of its own, the client would print a warning for each try at an absent broker.
    logging.getLogger("kafka").addHandler(logging.NullHandler())
    with explained(connection):
        consumer = _consumer(connection)
    with consumer:
        yield DeadLetterBox(consumer, connection)


def _consumer(kafka: KafkaConnection) -> Any:
    from kafka import KafkaConsumer

    return KafkaConsumer(
        **kafka.client_options(),
        bootstrap_timeout_ms=_BOOTSTRAP_MS,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_poll_records=_AT_ONCE,
        allow_auto_create_topics=False,
    )


@contextmanager
def _sentences(kafka: KafkaConnection) -> Iterator[None]:
    from kafka.errors import KafkaError

    try:
        yield
    except (KafkaError, OSError, ValueError) as error:
        raise in_words(kafka, error) from error

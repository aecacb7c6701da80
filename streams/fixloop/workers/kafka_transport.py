"""Faust's Kafka consumer, which delivers what it fetched of a partition as one message, and loses nothing while partitions move.

Faust's loop costs about the same for each message, whatever is in it. So the records of a partition that one fetch brought become one
message, a chunk: its offset is its last record's, and it is done when all of it is. The same holds for changelogs: a table that is
recovered takes its chunks apart. ADR 008 has the reasons, and what was tried.

Between an assignment and the seek to the committed offsets, Faust lets go of records that it has fetched, and relies on the seek to bring
them again. That fails in three ways, each seen with workers killed under load:

- aiokafka seeks to no offset that is 0 or missing, so that a partition without a commit goes on after what was let go of;
- a fetch that waits looks at the set of active partitions as it is when it returns, not as it was when it was asked, and so brings
  records of partitions that are paused;
- a table's recovery leaves the flow open, so that records are delivered while the seek is under way. The seek then takes the read offset
  back, the next record looks like one after a gap, and what lies between is counted as done.
"""

import logging
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import faust
from aiokafka.errors import KafkaConnectionError
from faust.transport.drivers import aiokafka
from faust.types import ConsumerMessage

from fixloop.workers import header_names
from fixloop.workers.membership import Membership

_FAUST: Final = logging.getLogger("faust.fixloop")
"""What Faust says of its services is said in its name, those that are ours included."""


class Chunk(ConsumerMessage):  # type: ignore[misc]  # Faust has no types
    """Records of one partition, in the order of their offsets, which are delivered and done together."""

    records: Sequence[Any]
    """As aiokafka gives them; never empty."""

    def on_final_ack(self, consumer: "Consumer") -> bool:
        """All of it is done."""
        self.acked = True
        consumer.chunk_done(self)
        return True


class _Thread(aiokafka.AIOKafkaConsumerThread):  # type: ignore[misc]  # Faust has no types
    """The thread that speaks with the broker; what it hears of the group is remembered."""

    logger = _FAUST

    async def on_start(self) -> None:
        """Listen before the group is joined: nothing is subscribed to yet."""
        try:
            await super().on_start()
        except KafkaConnectionError as error:
            # The broker went since the producer was started. Raised in a thread, it would be printed with where it was, three times.
            self.parent_loop.call_soon_threadsafe(self.app._crash, error)  # noqa: SLF001 -- what Faust does after that
            return
        self.transport.membership.listen(self._consumer._coordinator)  # noqa: SLF001 -- tells it to nobody else

    def _stopped_set(self) -> None:
        """Tell the thread to stop; it may have come to its end by itself meanwhile, and its loop with it."""
        try:
            super()._stopped_set()
        except RuntimeError:
            self._stopped.set()

    def verify_event_path(self, now: float, tp: Any) -> None:
        """Warn when a partition stands still. While partitions move, it may be unknown from where one is read, or whether it is ours."""
        # The other thread may change that at any time, so there is no asking first. A warning less ends no worker.
        with suppress(AssertionError, AttributeError):
            super().verify_event_path(now, tp)


class Consumer(aiokafka.Consumer):  # type: ignore[misc]  # Faust has no types
    """The consumer of every application of ours."""

    logger = _FAUST

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._chunks: defaultdict[Any, deque[Chunk]] = defaultdict(deque)
        """By partition: what was delivered and is not committed, in order."""

    def _new_consumer_thread(self) -> _Thread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    def chunk_done(self, chunk: Chunk) -> None:
        """Let the next commit look at the partition of the chunk."""
        self._unacked_messages.discard(chunk)
        self._acked[chunk.tp] = []

    async def perform_seek(self) -> None:
        """Seek every partition to its committed offset, or to its beginning where there is none."""
        await super().perform_seek()
        fresh = [
            partition
            for partition in self.assignment()
            if not self._committed_offset.get(partition) and not self._is_changelog_tp(partition)
        ]
        if fresh:
            await self._thread.seek_to_beginning(*map(aiokafka.ensure_aiokafka_TP, fresh))
        # What was delivered and not committed comes again, in chunks of other bounds. That an old chunk is done means nothing any more.
        self._chunks.clear()

    async def on_partitions_revoked(self, revoked: set[Any]) -> None:
        """Forget what was delivered of these partitions, once whoever works on it had a last chance to commit it."""
        self.transport.membership.leaving = True
        await super().on_partitions_revoked(revoked)
        for partition in revoked:
            self._chunks.pop(partition, None)

    async def on_partitions_assigned(self, assigned: set[Any], generation_id: int = 0) -> None:
        """What is read from now on is ours."""
        self.transport.membership.leaving = False
        await super().on_partitions_assigned(assigned, generation_id)

    async def _getmany(self, active_partitions: set[Any] | None, timeout: float) -> Mapping[Any, Any]:  # noqa: ASYNC109 -- its own
        asked = None if active_partitions is None else frozenset(active_partitions)
        fetched: Mapping[Any, Any] = await super()._getmany(asked, timeout)
        return {partition: [records] for partition, records in fetched.items() if records}

    def _to_message(self, tp: Any, record: Sequence[Any]) -> Chunk:
        last = record[-1]
        chunk = Chunk(
            last.topic,
            last.partition,
            last.offset,
            last.timestamp / 1000.0,
            last.timestamp_type,
            (),
            None,
            None,
            None,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )
        chunk.records = record
        read = self._read_offset[tp]
        # Faust drops what it has read already; waiting for it would hold up every later commit. Nobody commits a changelog.
        if (read is None or last.offset >= read) and not self._is_changelog_tp(tp):
            self._chunks[tp].append(chunk)
        return chunk

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        """Offsets that bring no record, such as compacted ones, lie inside of a chunk or between two: no commit has to step over them."""

    def _new_offset(self, tp: Any) -> int | None:
        """The offset after the last chunk before which all chunks are done."""
        chunks, done = self._chunks[tp], None
        while chunks and chunks[0].acked:
            done = chunks.popleft().offset + 1
        return done


class Table(faust.Table):  # type: ignore[misc]  # Faust has no types
    """A table that is recovered from chunks."""

    logger = _FAUST

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        """Write what the changelog's chunks hold."""
        super().apply_changelog_batch(
            [_Change(chunk.message.tp, record) for chunk in batch for record in chunk.message.records]
        )


class _Change:
    """A record of a changelog, as the stores of Faust ask for it: an event, and its message."""

    __slots__ = ("key", "offset", "partition", "tp", "value")

    def __init__(self, tp: Any, record: Any) -> None:
        self.tp, self.partition, self.offset = tp, record.partition, record.offset
        self.key, self.value = record.key, record.value

    @property
    def message(self) -> "_Change":
        return self


class Transport(aiokafka.Transport):  # type: ignore[misc]  # Faust has no types
    """The driver with our consumer."""

    Consumer = Consumer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        conf = self.app.conf
        # Shorter than the group waits, by the time in which what was written then is acknowledged.
        self.membership = Membership(conf.broker_session_timeout - conf.broker_heartbeat_interval)


def use(app: Any) -> None:
    """Let an application consume through this transport, and its tables be recovered through it."""
    header_names.read_any()
    app.transport = Transport(app.conf.broker_consumer, app)
    app.conf.Table = Table
    app.on_rebalance_complete.connect(_hold_the_flow)


async def _hold_the_flow(app: Any, *_: Any, **__: Any) -> None:
    """Let nothing through until the seek is done; Faust resumes the flow right after it."""
    app.consumer.stop_flow()

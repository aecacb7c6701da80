"""The lander: events, detections and dead letters into the store.

Rows are held until a checkpoint, and batches are acknowledged when the store has acknowledged their rows. The tables collapse rows that
are written again, so that a row may be written twice, with other rows, or by two landers, and nothing is seen twice.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from fixloop.errors import StoreError, UnreachableError
from fixloop.land.rows import Rows, combined, rows_of
from fixloop.land.store import Store
from fixloop.observe.metrics import Metrics
from fixloop.workers.batches import Batch, insist
from fixloop.workers.counting import Counting
from fixloop.workers.dead_letters import dead_letter, dead_letter_row
from fixloop.workers.faust_app import raw_topic
from fixloop.workers.readiness import Readiness
from fixloop.workers.records import Record, event_of
from fixloop.workers.sending import NotSentError, Outbox, Outgoing
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.topics import DEAD_LETTERS, DETECTIONS, EVENTS
from fixloop_schemas.vocabulary import DeadReason

PART: Final = "land"

_log: Final = logging.getLogger(__name__)


class Lander:
    """The lander's side of its application.

    Args:
        app: the Faust application.
        store: migrated; whoever opened it closes it.
        counting: what is counted.
        metrics: where retries are counted, and the age of what waits stands.
        readiness: where it says why it does not go on.
        most_rows: that are inserted at once. A test run has a row for each of its tests, and all of them are held in memory.
    """

    def __init__(
        self,
        app: Any,
        store: Store,
        counting: Counting,
        metrics: Metrics,
        readiness: Readiness,
        most_rows: int,
    ) -> None:
        self._store = store
        self._counting = counting
        self._metrics = metrics
        self._readiness = readiness
        self._most_rows = most_rows
        self._outbox = Outbox(app)
        self._held: list[Batch] = []
        self._rows: list[Rows] = []
        self._count = 0
        self.source: Final = raw_topic(app, EVENTS, DETECTIONS, DEAD_LETTERS)

    @property
    def full(self) -> bool:
        """Whether there are as many rows as are inserted at once."""
        return self._count >= self._most_rows

    async def work(self, batch: Batch) -> None:
        """Take in one batch."""
        rows, refused = landing(batch.records)
        self._held.append(batch)
        self._rows += rows
        self._count += sum(map(_length, rows))
        await self._outbox.put(Outgoing(DEAD_LETTERS, dead_letter(record, why)) for record, why in refused)
        for _, rejected in refused:
            self._counting.refused(rejected.reason)

    async def checkpoint(self) -> None:
        """Return when all rows are in the store, however long that takes, and acknowledge the batches.

        Raises:
            BatchGoneError: their partitions went to somebody else.
        """
        await self._insist(self._flush, NotSentError)
        for part in _parts(self._rows, self._most_rows):
            await self._insert(part)
        for batch in self._held:
            batch.acknowledge()
        self.forget()

    def tell_age(self, now: datetime) -> None:
        """Bring the age of what waits up to `now`; it grows by time alone while the store is away."""
        # A batch is in the order of its offsets, so that its first record is its oldest, as far as its producers' clocks agree.
        waiting = [time for batch in self._held if (time := batch.records[0].time) is not None]
        age = (now - min(waiting)).total_seconds() if waiting else 0.0
        self._metrics.set("fixloop_oldest_unlanded_seconds", max(age, 0.0))

    def forget(self) -> None:
        """What is not in the store by now is written by somebody else."""
        self._outbox.clear()
        self._held.clear()
        self._rows.clear()
        self._count = 0

    async def _flush(self) -> None:
        await self._outbox.flush()

    async def _insert(self, parts: list[Rows]) -> None:
        rows = combined(parts)

        async def insert() -> None:
            started = time.perf_counter()
            await asyncio.to_thread(self._store.insert, rows)
            self._counting.landed(rows, time.perf_counter() - started)

        await self._insist(
            insert,
            StoreError,
            UnreachableError,
            failed=lambda: self._metrics.add("fixloop_insert_retries_total"),
        )

    async def _insist(
        self,
        action: Callable[[], Awaitable[None]],
        *on: type[BaseException],
        failed: Callable[[], object] = lambda: None,
    ) -> None:
        await insist(
            action,
            on=on,
            ours=lambda: all(batch.ours for batch in self._held[-1:]),
            readiness=self._readiness,
            part=PART,
            failed=failed,
        )


def landing(records: Sequence[Record]) -> tuple[list[Rows], list[tuple[Record, Rejected]]]:
    """The rows that records give, and those that nobody else puts aside: what is no event among the events, the detector refuses."""
    rows: list[Rows] = []
    refused: list[tuple[Record, Rejected]] = []
    for record in records:
        try:
            given = dead_letter_row(record) if record.topic == DEAD_LETTERS else rows_of(event_of(record))
            # What sessions are told of each other is an event that gives no rows.
            rows += [given] if given else []
        except Rejected as rejected:
            if record.topic != EVENTS:
                refused.append((record, rejected))
        except Exception as error:
            _log.exception("the record at %s gives no rows", record.place)
            why = Rejected(DeadReason.PROCESSING_ERROR, f"{type(error).__name__}: {error}")
            if record.topic != DEAD_LETTERS:
                refused.append((record, why))
    return rows, refused


def _parts(rows: Sequence[Rows], most: int) -> Iterator[list[Rows]]:
    """The rows in parts that can be inserted at once."""
    part: list[Rows] = []
    count = 0
    for one in rows:
        part.append(one)
        count += _length(one)
        if count >= most:
            yield part
            part, count = [], 0
    if part:
        yield part


def _length(rows: Rows) -> int:
    return sum(map(len, rows.values()))

"""The lander: events, detections and dead letters into the store.

A batch is acknowledged when the store has acknowledged its rows. The tables collapse rows that are written again, so that a batch may be
written twice, in other batches, or by two landers, and nothing is seen twice.
"""

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
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
from fixloop.workers.sending import NotSentError, Outgoing, send_all
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.topics import DEAD_LETTERS, DETECTIONS, EVENTS
from fixloop_schemas.vocabulary import DeadReason

PART: Final = "land"
MAX_INSERT_ROWS: Final = 50_000
"""A test run has a row for each of its tests, and what is inserted at once is held in memory."""

_log: Final = logging.getLogger(__name__)


class Lander:
    """The lander's side of its application.

    Args:
        app: the Faust application.
        store: migrated; whoever opened it closes it.
        counting: what is counted.
        metrics: where retries are counted.
        readiness: where it says why it does not go on.
    """

    def __init__(
        self, app: Any, store: Store, counting: Counting, metrics: Metrics, readiness: Readiness
    ) -> None:
        self._store = store
        self._counting = counting
        self._metrics = metrics
        self._readiness = readiness
        self.source: Final = raw_topic(app, EVENTS, DETECTIONS, DEAD_LETTERS)
        self._dead_letters = raw_topic(app, DEAD_LETTERS)

    async def work(self, batch: Batch) -> None:
        """Take one batch: return when it is in the store, however long that takes.

        Raises:
            BatchGoneError: its partitions went to somebody else.
        """
        rows, refused = landing(batch.records)
        if refused:
            await self._refuse(refused, batch)
        for part in _parts(rows):
            await self._insert(part, batch)
        batch.acknowledge()

    async def _insert(self, parts: list[Rows], batch: Batch) -> None:
        rows = combined(parts)

        async def insert() -> None:
            started = time.perf_counter()
            await asyncio.to_thread(self._store.insert, rows)
            self._counting.landed(rows, time.perf_counter() - started)

        await insist(
            insert,
            on=(StoreError, UnreachableError),
            ours=lambda: batch.ours,
            readiness=self._readiness,
            part=PART,
            failed=lambda: self._metrics.add("fixloop_insert_retries_total"),
        )

    async def _refuse(self, refused: list[tuple[Record, Rejected]], batch: Batch) -> None:
        letters = [Outgoing(self._dead_letters, dead_letter(record, why)) for record, why in refused]
        await insist(
            lambda: send_all(letters),
            on=(NotSentError,),
            ours=lambda: batch.ours,
            readiness=self._readiness,
            part=PART,
        )
        for _, rejected in refused:
            self._counting.refused(rejected.reason)


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


def _parts(rows: Sequence[Rows]) -> Iterator[list[Rows]]:
    """The rows in parts that can be inserted at once."""
    part: list[Rows] = []
    count = 0
    for one in rows:
        part.append(one)
        count += sum(map(len, one.values()))
        if count >= MAX_INSERT_ROWS:
            yield part
            part, count = [], 0
    if part:
        yield part

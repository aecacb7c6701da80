"""A role that folds, such as the detector or the ledger: events in, what follows from them and states out.

What follows from a batch, and its dead letters, is sent at once. At a checkpoint, in this order: all of it is acknowledged by the broker,
then the states that have changed are, in the changelog, then they are written here, then the batches are acknowledged. Killed before the
states are written, the batches are folded again and say the same under the same ids; killed after, their records are known and say nothing.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Final, Generic

from fixloop.detect import SnapshotError
from fixloop.errors import FixloopError
from fixloop.workers.bad_messages import BadMessagePolicy, BadMessages
from fixloop.workers.batches import Batch, insist
from fixloop.workers.changelog import Changelog
from fixloop.workers.counting import Counting
from fixloop.workers.dead_letters import dead_letter
from fixloop.workers.faust_app import raw_topic
from fixloop.workers.folded import Folded, fold_records
from fixloop.workers.foldings import Folding, State
from fixloop.workers.readiness import Readiness
from fixloop.workers.sending import NotSentError, Outbox, Outgoing
from fixloop.workers.session_windows import SessionWindows, milliseconds
from fixloop.workers.state_stores import ROCKSDB_OPTIONS, store_of
from fixloop.workers.state_table import CLOSED, Placed, StateTable
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.topics import DEAD_LETTERS, topic_of

MOST_RECORDS: Final = 50_000
"""Records that are held between two checkpoints, at most."""
MOST_STATES: Final = 5_000
"""States that are held changed, at most."""
_CHUNKS: Final = 4
"""Chunks of a changelog that are written together when a table is recovered."""
_AT_ONCE: Final = 100
"""States that are closed, or encoded, before others have their turn, such as the heartbeat of the application."""

_log: Final = logging.getLogger(__name__)


class TooManyBadError(FixloopError):
    """Most messages are bad: the worker has to stop, with its offsets as they are."""


class FoldingRole(Generic[State]):
    """One role's side of its application.

    Args:
        part: what the role is called.
        folding: what it folds.
        app: the Faust application; the table is added to it.
        counting: what is counted.
        readiness: where it says why it does not go on.
        policy: when too much is bad.
        gap: how long a session may be silent before it closes.
    """

    def __init__(
        self,
        part: str,
        folding: Folding[State],
        app: Any,
        counting: Counting,
        readiness: Readiness,
        policy: BadMessagePolicy,
        gap: timedelta,
    ) -> None:
        self._part = part
        self._folding = folding
        self._app = app
        self._counting = counting
        self._readiness = readiness
        self._bad = BadMessages(policy)
        self._last_reason: Rejected | None = None
        self._outbox = Outbox(app)
        self._held: list[Batch] = []
        self._records = 0
        self._changed: dict[bytes, Placed[State]] = {}
        self.source: Final = raw_topic(app, folding.topic)
        options = dict(ROCKSDB_OPTIONS) if app.conf.store.scheme == "rocksdb" else None
        table = app.Table(
            folding.kind, key_type=bytes, value_type=bytes, options=options, recovery_buffer_size=_CHUNKS
        )
        self._changelog = Changelog(app, table.changelog_topic.get_topic_name())
        self.table: Final = StateTable(folding, store_of(table))
        self._windows = SessionWindows(int(gap.total_seconds() * 1_000))
        self._windows_known = False

    @property
    def full(self) -> bool:
        """Whether it is time for a checkpoint."""
        return self._records >= MOST_RECORDS or len(self._changed) >= MOST_STATES

    async def work(self, batch: Batch) -> None:
        """Take in one batch.

        Raises:
            TooManyBadError: most messages are bad.
        """
        folded = fold_records(self._folding, batch.records, self._state)
        now = monotonic()
        self._bad.count(now, len(batch.records), len(folded.refused))
        # The batch that shows how many are bad may hold no bad one itself.
        self._last_reason = folded.refused[-1][1] if folded.refused else self._last_reason
        if self._bad.too_many(now):
            raise TooManyBadError(
                f"{self._bad} were bad, which is more than bad messages explain: the worker stops, and what it has not "
                f"settled is read again. The last reason was: {self._last_reason}"
            )
        self._changed |= folded.after
        self._watch(folded.after)
        self._held.append(batch)
        self._records += len(batch.records)
        await self._outbox.put(_said(folded))
        self._count(folded)

    async def checkpoint(self) -> None:
        """Make safe what came of the batches, and acknowledge them.

        While most of it is bad it is held: the offsets stand before the flood, should it be time to stop.

        Raises:
            BatchGoneError: their partitions went to somebody else.
        """
        if not self._bad.mostly_bad(monotonic()):
            await self._close_silent()
            await self._flush()
            await self._save()
            for batch in self._held:
                batch.acknowledge()
            self._held.clear()
            self._records = 0
        self._counting.refresh(datetime.now(UTC))

    def forget(self) -> None:
        """What is not safe by now is done by somebody else, who may have other states."""
        self._outbox.clear()
        self._held.clear()
        self._records = 0
        self._changed.clear()
        self.table.forget()
        self._windows.forget()
        self._windows_known = False

    async def expire(self, now: datetime) -> None:
        """Remove the states that were idle for too long.

        Raises:
            BatchGoneError: their partitions went to somebody else.
        """
        await self.checkpoint()
        oldest = (now - self._folding.idle).timestamp()
        gone: dict[int, dict[bytes, bytes | None]] = {
            partition: {
                key: None
                for key, head in self.table.heads(partition)
                if key not in self._changed and (head is None or head.active_at < oldest)
            }
            for partition in self._partitions()
        }
        await self._write(gone)

    def _watch(self, after: Mapping[bytes, Placed[State]]) -> None:
        closing, now = self._folding.closing, milliseconds(datetime.now(UTC))
        if closing is None:
            return
        for key, placed in after.items():
            last_us = closing.last_us(placed.state)
            self._windows.stands((placed.partition, key), last_us, placed.written_ms, now)

    async def _close_silent(self) -> None:
        """Close the sessions that were silent for long."""
        closing = self._folding.closing
        if closing is None or not self._app.tables.actives_ready:
            return
        now = milliseconds(datetime.now(UTC))
        if not self._windows_known:
            self._find_open(now)
        for count, (partition, key) in enumerate(self._windows.due(now, MOST_STATES)):
            if count % _AT_ONCE == 0:
                await asyncio.sleep(0)
            placed = self._state(partition, key)
            if placed is not None:
                step = closing.step(placed.state)
                self._changed[key] = replace(placed, state=step.state)
                await self._outbox.put(
                    Outgoing(topic_of(event.type), message)
                    for event, message in zip(step.events, step.messages, strict=True)
                )

    def _find_open(self, now: int) -> None:
        """Sessions of our partitions that were open when their states were written, and nothing has come since."""
        for partition in self._partitions():
            for key, head in self.table.heads(partition):
                if head is not None and head.last_us != CLOSED and key not in self._changed:
                    self._windows.stands((partition, key), head.last_us, head.written_ms, now)
        self._windows_known = True

    def _partitions(self) -> list[int]:
        """Those of our topic that this worker has."""
        return sorted(
            tp.partition for tp in self._app.assignor.assigned_actives() if tp.topic == self._folding.topic
        )

    def _state(self, partition: int, key: bytes) -> Placed[State] | None:
        if key in self._changed:
            return self._changed[key]
        try:
            return self.table.state(partition, key)
        except SnapshotError:
            _log.exception("the state of %r in %s cannot be read; it begins anew", key, self._folding.kind)
            return None

    async def _save(self) -> None:
        now = datetime.now(UTC)
        by_partition: defaultdict[int, dict[bytes, bytes | None]] = defaultdict(dict)
        for count, (key, placed) in enumerate(self._changed.items()):
            by_partition[placed.partition][key] = self.table.value_of(key, placed, now)
            if count % _AT_ONCE == 0:
                await asyncio.sleep(0)
        await self._write(by_partition)
        self._changed.clear()

    async def _write(self, by_partition: Mapping[int, dict[bytes, bytes | None]]) -> None:
        """Write values to the changelog, and when that has them, here."""
        if not any(by_partition.values()):
            return
        last: dict[int, int] = {}

        async def write() -> None:
            await self._confirmed()
            last.update(await self._changelog.write(by_partition))

        await self._insist(write)
        for partition, offset in last.items():
            self.table.put(partition, by_partition[partition], offset)

    async def _flush(self) -> None:
        """Return when the broker has acknowledged what follows."""

        async def flush() -> None:
            # What was not acknowledged is sent again here.
            if self._outbox:
                await self._confirmed()
            await self._outbox.flush()

        await self._insist(flush)

    async def _insist(self, send: Callable[[], Awaitable[None]]) -> None:
        await insist(send, on=(NotSentError,), ours=self._ours, readiness=self._readiness, part=self._part)

    async def _confirmed(self) -> None:
        """Return when nobody else can have the partitions: what stands in a changelog last is what the next one begins with."""
        await self._app.transport.membership.confirmed(
            self._ours,
            lambda: self._readiness.not_ready(self._part, "its group does not confirm that it is a member"),
        )

    def _ours(self) -> bool:
        return all(batch.ours for batch in self._held[-1:])

    def _count(self, folded: Folded[State]) -> None:
        now = datetime.now(UTC)
        self._counting.folded(folded.events)
        for event, _ in folded.following:
            self._counting.detected(event, now)
        for _, rejected in folded.refused:
            self._counting.refused(rejected.reason)


def _said(folded: Folded[Any]) -> Iterable[Outgoing]:
    for event, message in folded.following:
        yield Outgoing(topic_of(event.type), message)
    for record, rejected in folded.refused:
        yield Outgoing(DEAD_LETTERS, dead_letter(record, rejected))

"""A role that folds, such as the detector or the ledger: events in, what follows from them and states out.

For each batch, in this order: what follows and the dead letters are acknowledged by the broker, then the states in the changelog, then the
table in memory changes, then the records are acknowledged. Killed before the states are written, the batch is folded again and says the
same under the same ids; killed after, its events are known by their sequence and say nothing.
"""

import logging
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final, Generic

from fixloop.detect import SnapshotError
from fixloop.errors import FixloopError
from fixloop.workers.bad_messages import BadMessagePolicy, BadMessages
from fixloop.workers.batches import Batch, Batches, insist
from fixloop.workers.counting import Counting
from fixloop.workers.dead_letters import dead_letter
from fixloop.workers.faust_app import raw_topic
from fixloop.workers.folded import Folded, fold_records
from fixloop.workers.foldings import Folding, State
from fixloop.workers.readiness import Readiness
from fixloop.workers.sending import NotSentError, Outgoing, send_all
from fixloop.workers.state_table import RestoredStates, pack, sweep
from fixloop_schemas.cloudevents import KafkaMessage
from fixloop_schemas.topics import DEAD_LETTERS, TOPICS, topic_of

_log: Final = logging.getLogger(__name__)


class TooManyBadError(FixloopError):
    """Most messages are bad: the worker has to stop, with its offsets as they are."""


class FoldingRole(Generic[State]):
    """One role's side of its application.

    Args:
        part: what the role is called.
        folding: what it folds.
        app: the Faust application; the table is added to it.
        batches: gives the batches.
        counting: what is counted.
        readiness: where it says why it does not go on.
        policy: when too much is bad.
    """

    def __init__(
        self,
        part: str,
        folding: Folding[State],
        app: Any,
        batches: Batches,
        counting: Counting,
        readiness: Readiness,
        policy: BadMessagePolicy,
    ) -> None:
        self._part = part
        self._folding = folding
        self._app = app
        self._batches = batches
        self._counting = counting
        self._readiness = readiness
        self._bad = BadMessages(policy)
        self._held: list[Batch] = []
        self.source: Final = raw_topic(app, folding.topic)
        self._topics = {name: raw_topic(app, name) for name in TOPICS}
        self._table = app.Table(folding.kind, key_type=bytes, value_type=bytes)
        self._states = RestoredStates(folding, self._table.data)

    async def work(self, batch: Batch) -> None:
        """Take one batch.

        Raises:
            TooManyBadError: most messages are bad.
            BatchGoneError: its partitions went to somebody else.
        """
        folded = fold_records(self._folding, batch.records, self._state)
        now = monotonic()
        self._bad.count(now, len(batch.records), len(folded.refused))
        if self._bad.too_many(now):
            raise TooManyBadError(
                f"{self._bad} were bad, which is more than bad messages explain: the worker stops, and what it has not "
                f"settled is read again. The last reason was: {folded.refused[-1][1]}"
            )
        await self._send(self._said(folded), batch)
        await self._keep(folded, batch)
        self._count(folded)
        self._held.append(batch)
        self.settle()

    def settle(self) -> None:
        """Acknowledge what was worked on, unless most of it was bad: then it is held until it is known whether to stop."""
        if not self._bad.mostly_bad(monotonic()):
            for batch in self._held:
                batch.acknowledge()
            self._held.clear()

    async def tidy(self) -> None:
        """Bring up to date what changes by time alone."""
        self.settle()
        self._counting.refresh(datetime.now(UTC))

    async def expire(self, now: datetime) -> None:
        """Remove the states that were idle for too long, and those of partitions that others have; not while they move.

        Raises:
            NotSentError: Kafka does not take it; nothing is removed.
        """
        if not self._batches.settled:
            return
        ours = {
            tp.partition for tp in self._app.assignor.assigned_actives() if tp.topic == self._folding.topic
        }
        found = sweep(self._table.data.items(), ours, now - self._folding.idle)
        tombstones = [
            Outgoing(self._table.changelog_topic, KafkaMessage(key, b"", ()), partition)
            for key, partition in found.expired
        ]
        await send_all(tombstones)
        for key in (*found.foreign, *(key for key, _ in found.expired)):
            self._table.data.pop(key, None)

    def _state(self, key: bytes) -> State | None:
        try:
            return self._states.state(key)
        except SnapshotError:
            _log.exception("the state of %r in %s cannot be read; it begins anew", key, self._folding.kind)
            return None

    def _said(self, folded: Folded[State]) -> list[Outgoing]:
        return [
            Outgoing(self._topics[topic_of(event.type)], message) for event, message in folded.following
        ] + [
            Outgoing(self._topics[DEAD_LETTERS], dead_letter(record, rejected))
            for record, rejected in folded.refused
        ]

    async def _send(self, outgoing: list[Outgoing], batch: Batch) -> None:
        await insist(
            lambda: send_all(outgoing),
            on=(NotSentError,),
            ours=lambda: batch.ours,
            readiness=self._readiness,
            part=self._part,
        )

    async def _keep(self, folded: Folded[State], batch: Batch) -> None:
        now = datetime.now(UTC)
        values = {
            key: pack(self._folding.snapshot(after.state), after.partition, now)
            for key, after in folded.after.items()
        }
        changelog = self._table.changelog_topic
        changes = [
            Outgoing(changelog, KafkaMessage(key, value, ()), folded.after[key].partition)
            for key, value in values.items()
        ]
        await self._send(changes, batch)
        for key, value in values.items():
            self._table.data[key] = value
            self._states.written(key, value, folded.after[key].state)

    def _count(self, folded: Folded[State]) -> None:
        now = datetime.now(UTC)
        for event in folded.events:
            self._counting.folded(event)
        for event, _ in folded.following:
            self._counting.detected(event, now)
        for _, rejected in folded.refused:
            self._counting.refused(rejected.reason)

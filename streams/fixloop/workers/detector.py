"""The detector: events in, detections and session states out.

For each batch, in this order: detections and dead letters are acknowledged by the broker, then the states in the changelog, then the
table in memory changes, then the records are acknowledged. Killed before the states are written, the batch is folded again and says the
same under the same ids; killed after, its events are known by their sequence and say nothing.
"""

import logging
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Final

from fixloop.detect import SessionState, SnapshotError
from fixloop.errors import FixloopError
from fixloop.workers.bad_messages import BadMessagePolicy, BadMessages
from fixloop.workers.batches import Batch, Batches, insist
from fixloop.workers.counting import Counting
from fixloop.workers.dead_letters import dead_letter
from fixloop.workers.faust_app import raw_topic
from fixloop.workers.folded import Folded, fold_records
from fixloop.workers.groups import SESSION_TABLE
from fixloop.workers.readiness import Readiness
from fixloop.workers.sending import NotSentError, Outgoing, send_all
from fixloop.workers.session_table import RestoredStates, pack, sweep
from fixloop_schemas.cloudevents import KafkaMessage
from fixloop_schemas.topics import DEAD_LETTERS, DETECTIONS, EVENTS

PART: Final = "detect"
IDLE: Final = timedelta(days=14)
"""How long a session may be silent before its state goes. Twice as long as the events are kept."""

_log: Final = logging.getLogger(__name__)


class TooManyBadError(FixloopError):
    """Most messages are bad: the worker has to stop, with its offsets as they are."""


class Detector:
    """The detector's side of its application.

    Args:
        app: the Faust application; the table is added to it.
        batches: gives the batches.
        counting: what is counted.
        readiness: where it says why it does not go on.
        policy: when too much is bad.
        idle: how long a session may be silent before its state goes.
    """

    def __init__(
        self,
        app: Any,
        batches: Batches,
        counting: Counting,
        readiness: Readiness,
        policy: BadMessagePolicy,
        idle: timedelta = IDLE,
    ) -> None:
        self._app = app
        self._batches = batches
        self._counting = counting
        self._readiness = readiness
        self._bad = BadMessages(policy)
        self._idle = idle
        self._held: list[Batch] = []
        self.source: Final = raw_topic(app, EVENTS)
        self._detections = raw_topic(app, DETECTIONS)
        self._dead_letters = raw_topic(app, DEAD_LETTERS)
        self._table = app.Table(SESSION_TABLE, key_type=bytes, value_type=bytes)
        self._states = RestoredStates(self._table.data)

    async def work(self, batch: Batch) -> None:
        """Take one batch.

        Raises:
            TooManyBadError: most messages are bad.
            BatchGoneError: its partitions went to somebody else.
        """
        folded = fold_records(batch.records, self._state)
        now = monotonic()
        self._bad.count(now, len(batch.records), len(folded.refused))
        if self._bad.too_many(now):
            raise TooManyBadError(
                f"{self._bad} were bad, which is more than bad messages explain: the worker stops, and what it has not "
                f"settled is read again. The last reason was: {folded.refused[-1][1]}"
            )
        await self._send(_said(folded, self._detections, self._dead_letters), batch)
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
        """Remove the states of sessions that were silent for too long, and those of partitions that others have; not while they move.

        Raises:
            NotSentError: Kafka does not take it; nothing is removed.
        """
        if not self._batches.settled:
            return
        ours = {tp.partition for tp in self._app.assignor.assigned_actives() if tp.topic == EVENTS}
        found = sweep(self._table.data.items(), ours, now - self._idle)
        tombstones = [
            Outgoing(self._table.changelog_topic, KafkaMessage(key, b"", ()), partition)
            for key, partition in found.expired
        ]
        await send_all(tombstones)
        for key in (*found.foreign, *(key for key, _ in found.expired)):
            self._table.data.pop(key, None)

    def _state(self, key: bytes) -> SessionState | None:
        try:
            return self._states.state(key)
        except SnapshotError:
            _log.exception("the state of the session %r cannot be read; it begins anew", key)
            return None

    async def _send(self, outgoing: list[Outgoing], batch: Batch) -> None:
        await insist(
            lambda: send_all(outgoing),
            on=(NotSentError,),
            ours=lambda: batch.ours,
            readiness=self._readiness,
            part=PART,
        )

    async def _keep(self, folded: Folded, batch: Batch) -> None:
        now = datetime.now(UTC)
        values = {key: pack(after.state, after.partition, now) for key, after in folded.after.items()}
        changelog = self._table.changelog_topic
        changes = [
            Outgoing(changelog, KafkaMessage(key, value, ()), folded.after[key].partition)
            for key, value in values.items()
        ]
        await self._send(changes, batch)
        for key, value in values.items():
            self._table.data[key] = value
            self._states.written(key, value, folded.after[key].state)

    def _count(self, folded: Folded) -> None:
        now = datetime.now(UTC)
        for event in folded.events:
            self._counting.folded(event)
        for event in folded.detections:
            self._counting.detected(event, now)
        for _, rejected in folded.refused:
            self._counting.refused(rejected.reason)


def _said(folded: Folded, detections: Any, dead_letters: Any) -> list[Outgoing]:
    return [Outgoing(detections, message) for message in folded.messages] + [
        Outgoing(dead_letters, dead_letter(record, rejected)) for record, rejected in folded.refused
    ]

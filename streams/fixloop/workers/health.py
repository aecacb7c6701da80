"""What an application of the worker does in its group, for `/readyz`, and how far it is behind.

A worker that has joined and got no partition stands by, and is ready: it takes over when another one goes.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from fixloop.observe.metrics import Metrics
from fixloop.workers.readiness import Readiness

LOOK_SECONDS: Final = 1.0

_log: Final = logging.getLogger(__name__)


class Health:
    """Watches one application.

    Args:
        app: the Faust application, whose name is its group's.
        metrics: where its lag goes.
        readiness: where it says why it does not take part.
        most_lag: records behind with which it is not ready; None: however many.
    """

    def __init__(self, app: Any, metrics: Metrics, readiness: Readiness, most_lag: int | None = None) -> None:
        self._app = app
        self._group: str = app.conf.name
        self._metrics = metrics
        self._most_lag = most_lag
        self._committed: dict[Any, int] = {}
        self._topics: set[str] = set()
        self._late: str | None = None
        readiness.ask(self._group, self._reason)

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            if movement(self._app) is None:
                self._late = await self._behind()
            await asyncio.sleep(LOOK_SECONDS)

    async def _behind(self) -> str | None:
        try:
            lag = await self._lag(self._app.consumer)
        except Exception as error:
            # Such as a broker that is away, or partitions that went meanwhile.
            _log.debug("%s: the ends of the partitions are not known", self._group, exc_info=True)
            return f"Kafka does not say how much there is ({type(error).__name__})"
        if self._most_lag is not None and lag > self._most_lag:
            return f"{lag} records behind, which is more than {self._most_lag}"
        return None

    async def _lag(self, consumer: Any) -> int:
        # Asked of the broker: what the last fetch knew of the ends is old while nothing is fetched, and then it matters.
        ours = [tp for tp in consumer.assignment() if not consumer._is_changelog_tp(tp)]  # noqa: SLF001 -- our class has it from Faust
        ends = await consumer.highwaters(*ours) if ours else {}
        known = {tp: consumer._committed_offset[tp] for tp in ours}  # noqa: SLF001 -- told in no other way
        fresh = [tp for tp, offset in known.items() if offset is None]
        starts = await consumer.earliest_offsets(*fresh) if fresh else {}
        return self._count({tp: starts[tp] if tp in starts else known[tp] for tp in ours}, ends)

    def _count(self, committed: Mapping[Any, int], ends: Mapping[Any, int]) -> int:
        """Set the metrics; the sum of what is not committed."""
        lag: Counter[str] = Counter()
        partitions: Counter[str] = Counter()
        for tp, offset in committed.items():
            lag[tp.topic] += max(ends[tp] - offset, 0)
            partitions[tp.topic] += 1
            consumed = offset - self._committed.get(tp, offset)
            self._metrics.add(
                "fixloop_consumed_records_total", max(consumed, 0), group=self._group, topic=tp.topic
            )
        self._committed = dict(committed)
        # What went to another worker is 0 here, and not what it was.
        self._topics |= set(partitions)
        for topic in self._topics:
            self._metrics.set("fixloop_consumer_lag", lag[topic], group=self._group, topic=topic)
            self._metrics.set(
                "fixloop_assigned_partitions", partitions[topic], group=self._group, topic=topic
            )
        return lag.total()

    def _reason(self) -> str | None:
        return movement(self._app) or self._late


def movement(app: Any) -> str | None:
    """Why an application takes no part now: it has not joined its group, partitions move, or states are read; None when it does."""
    if not app.consumer_generation_id:
        return "joining the group"
    if app.in_recovery:
        return "reading its states"
    if app.rebalancing:
        return "partitions move between workers"
    return None

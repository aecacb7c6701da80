"""Faust's Kafka consumer, without the places in which faust-streaming 0.15 loses events while partitions move.

Between an assignment and the seek to the committed offsets, Faust lets go of records that it has fetched, and relies on the seek to bring
them again. That fails in three ways, each seen with workers killed under load:

- aiokafka seeks to no offset that is 0 or missing, so that a partition without a commit goes on after what was let go of;
- a fetch that waits looks at the set of active partitions as it is when it returns, not as it was when it was asked, and so brings
  records of partitions that are paused;
- a table's recovery leaves the flow open, so that records are delivered while the seek is under way. The seek then takes the read offset
  back, the next record looks like one after a gap, and what lies between is counted as done.
"""

from collections.abc import Mapping
from typing import Any

from faust.transport.drivers import aiokafka


class Consumer(aiokafka.Consumer):  # type: ignore[misc]  # Faust has no types
    """The consumer of every application of ours."""

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

    async def _getmany(self, active_partitions: set[Any] | None, timeout: float) -> Mapping[Any, Any]:  # noqa: ASYNC109 -- its own
        asked = None if active_partitions is None else frozenset(active_partitions)
        records: Mapping[Any, Any] = await super()._getmany(asked, timeout)
        return records


class Transport(aiokafka.Transport):  # type: ignore[misc]  # Faust has no types
    """The driver with our consumer."""

    Consumer = Consumer


def use(app: Any) -> None:
    """Let an application consume through this transport."""
    app.transport = Transport(app.conf.broker_consumer, app)
    app.on_rebalance_complete.connect(_hold_the_flow)


async def _hold_the_flow(app: Any, *_: Any, **__: Any) -> None:
    """Let nothing through until the seek is done; Faust resumes the flow right after it."""
    app.consumer.stop_flow()

"""Batches of records out of a Faust stream, acknowledged by hand and never by accident.

A batch is a chunk (`kafka_transport.py`): what one fetch brought of one partition. Faust acknowledges what an agent was given when its
body raises, and when it is cancelled: either loses the chunk. Here it is acknowledged by one call, after everything that came of it is
safe, and by nothing else.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

from fixloop.workers.readiness import Readiness
from fixloop.workers.records import Record, from_fetched

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 5.0

_log: Final = logging.getLogger(__name__)


class BatchGoneError(Exception):
    """The partitions of a batch went to somebody, who reads it again: stop working on it."""


class Batch:
    """Records of one partition, in order.

    Args:
        event: Faust's event, whose message is a chunk.
        current: whether a generation of the group is the present one.
    """

    def __init__(self, event: Any, current: Callable[[int], bool]) -> None:
        self._event = event
        self._current = current
        self.generation: Final[int] = event.message.generation_id
        self.records: Final[tuple[Record, ...]] = tuple(map(from_fetched, event.message.records))

    @property
    def ours(self) -> bool:
        """Whether nobody else has its partition: partitions go with a generation of the group."""
        return self._current(self.generation)

    def acknowledge(self) -> None:
        """Everything that came of the batch is safe: its offsets may be committed."""
        if self.ours:
            self._event.ack()


async def insist(
    action: Callable[[], Awaitable[None]],
    *,
    on: tuple[type[BaseException], ...],
    ours: Callable[[], bool],
    readiness: Readiness,
    part: str,
    failed: Callable[[], object] = lambda: None,
) -> None:
    """Do `action` until it succeeds, with pauses that grow; meanwhile the worker is not ready, and says why.

    Args:
        action: what has to be done; it may be done twice.
        on: the errors after which it is tried again; any other one is raised.
        ours: asked before each new try.
        readiness: where the reason stands.
        part: whose reason it is.
        failed: called after each failure.

    Raises:
        BatchGoneError: it failed, and there is no use in trying again.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            await action()
        except on as error:
            failed()
            reason = str(error) or type(error).__name__
            _log.warning("%s: %s; trying again in %g seconds", part, reason, pause)
            readiness.not_ready(part, reason)
        else:
            readiness.ready(part)
            return
        # Workers that lost the same server together do not come back to it together.
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 -- no secret
        pause = min(2 * pause, _LONGEST_PAUSE)
        if not ours():
            raise BatchGoneError

"""Batches of records out of a Faust stream, acknowledged by hand and never by accident.

Faust acknowledges what an agent was given when its body raises, when it is cancelled, and when `take` is left: each of them loses the
batch. Here a batch is acknowledged by one call, after everything that came of it is safe, and by nothing else.

A batch belongs to one generation of the group. While partitions move, the batch at hand is waited for (with an end), and those of an
older generation are dropped: whoever has the partition now reads them again from the committed offset.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

from fixloop.workers.readiness import Readiness
from fixloop.workers.records import Record, from_message

_REVOKE_SECONDS: Final = 20.0
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 5.0

_log: Final = logging.getLogger(__name__)


class BatchGoneError(Exception):
    """The partitions of a batch went to somebody, who reads it again: stop working on it."""


class Batch:
    """Records in the order of their partitions."""

    def __init__(self, events: Sequence[Any], current: Callable[[], bool]) -> None:
        self._events = events
        self._current = current
        self.records: tuple[Record, ...] = tuple(from_message(event.message) for event in events)

    @property
    def ours(self) -> bool:
        """Whether nobody else has its partitions."""
        return self._current()

    def acknowledge(self) -> None:
        """Everything that came of the batch is safe: its offsets may be committed."""
        if self.ours:
            for event in self._events:
                event.ack()


class Batches:
    """The batches that one application gives its agents.

    Args:
        app: the Faust application.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._assigned = asyncio.Event()
        self.lock: Final = asyncio.Lock()
        """Held while a batch is worked on."""
        app.on_partitions_revoked.connect(self._revoked)
        app.on_partitions_assigned.connect(self._given)

    @property
    def settled(self) -> bool:
        """Whether it is known which partitions are ours; not while they move."""
        return self._assigned.is_set()

    async def of(self, stream: Any, most: int, within: float) -> AsyncIterator[Batch]:
        """The batches of a stream; work on each with `lock` held.

        Args:
            stream: an agent's stream.
            most: the most records in one batch.
            within: seconds to wait for more records.
        """
        async for events in stream.noack_take(most, within=within):
            await self._assigned.wait()
            generation: int = self._app.consumer_generation_id
            current = [event for event in events if event.message.generation_id == generation]
            if current:
                yield Batch(current, partial(self._is_current, generation))

    def _is_current(self, generation: int) -> bool:
        return bool(generation == self._app.consumer_generation_id)

    async def _revoked(self, *_: Any, **__: Any) -> None:
        self._assigned.clear()
        try:
            async with asyncio.timeout(_REVOKE_SECONDS), self.lock:
                pass
        except TimeoutError:
            _log.warning("partitions go while a batch is still worked on; it will be read again")

    async def _given(self, *_: Any, **__: Any) -> None:
        self._assigned.set()


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
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
        if not ours():
            raise BatchGoneError

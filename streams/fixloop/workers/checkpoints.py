"""How a role gets its work: batch after batch, and from time to time a checkpoint, after which what came of them is safe.

Between two checkpoints a role may hold in memory what came of the batches, and acknowledges none of them. So a state that many batches
change is written once, and a store gets few large inserts. Killed meanwhile, the batches are read again.

Batches belong to one generation of the group. Before partitions move there is a checkpoint, with an end to the waiting; what is not safe
then is forgotten, and whoever has the partition reads it again from the committed offset.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, Protocol

from fixloop.errors import FixloopError
from fixloop.workers.batches import Batch, BatchGoneError

_REVOKE_SECONDS: Final = 20.0

_log: Final = logging.getLogger(__name__)


class Role(Protocol):
    """What is done with the records of a topic."""

    @property
    def full(self) -> bool:
        """Whether it holds so much that it is time for a checkpoint."""
        ...

    async def work(self, batch: Batch) -> None:
        """Take in a batch. Raises `BatchGoneError` when its partitions went to somebody else."""
        ...

    async def checkpoint(self) -> None:
        """Return when all that came of the batches is safe, and they are acknowledged. Raises as `work`."""
        ...

    def forget(self) -> None:
        """What is not safe by now is done by somebody else."""
        ...


class Checkpoints:
    """Gives one role of one application its batches.

    Args:
        app: the Faust application.
        role: whose work it is.
        seconds: between two checkpoints, at most.
        failed: told of the error after which the work does not go on.
    """

    def __init__(
        self, app: Any, role: Role, seconds: float, failed: Callable[[BaseException], object]
    ) -> None:
        self._app = app
        self._role = role
        self._failed = failed
        self._lock = asyncio.Lock()
        self._settled = asyncio.Event()
        self._generation: int | None = None
        """Whose batches the role has, or had last."""
        self._given_up: int | None = None
        """The generation whose batches are not taken any more: some before them were let go of."""
        self._ended = False
        app.on_partitions_revoked.connect(self._revoked)
        app.on_partitions_assigned.connect(self._given)
        app.timer(seconds)(self.checkpoint)

    async def work(self, stream: Any) -> None:
        """The agent. No exception leaves it: Faust would take the batch for done."""
        async for event in stream.noack().events():
            await self._settled.wait()
            batch = Batch(event, self._is_current)
            if batch.ours:
                await self.alone(partial(self._take, batch))

    async def checkpoint(self) -> None:
        """Make safe what there is."""
        await self.alone(self._role.checkpoint)

    async def alone(self, action: Callable[[], Awaitable[None]]) -> None:
        """Do something of the role while it does nothing else, and while it is known which partitions are ours."""
        async with self._lock:
            if self._settled.is_set() and not self._ended:
                await self._guarded(action)
        if self._ended:
            # Nothing more is to be taken; the end of the application cancels this.
            await asyncio.Event().wait()

    async def end(self) -> None:
        """Make safe what there is, commit it, and take no more."""
        async with self._lock:
            if not self._ended:
                await self._guarded(self._role.checkpoint)
                self._ended = True
                await self._app.consumer.commit()

    async def _take(self, batch: Batch) -> None:
        if batch.generation == self._given_up:
            return
        if batch.generation != self._generation:
            self._role.forget()
            self._generation = batch.generation
        await self._role.work(batch)
        if self._role.full:
            await self._role.checkpoint()

    async def _guarded(self, action: Callable[[], Awaitable[None]]) -> None:
        try:
            await action()
        except BatchGoneError:
            _log.info("batches went to another worker with their partitions")
            self._role.forget()
            self._given_up = self._generation
        except Exception as error:
            if not isinstance(error, FixloopError):
                _log.exception("the worker cannot go on")
            self._ended = True
            self._failed(error)

    def _is_current(self, generation: int) -> bool:
        return bool(generation == self._app.consumer_generation_id)

    async def _revoked(self, *_: Any, **__: Any) -> None:
        try:
            async with asyncio.timeout(_REVOKE_SECONDS), self._lock:
                if not self._ended:
                    await self._guarded(self._role.checkpoint)
                    await self._app.consumer.commit()
        except TimeoutError:
            _log.warning("partitions go while their batches are not safe; they will be read again")
        self._settled.clear()

    async def _given(self, *_: Any, **__: Any) -> None:
        self._settled.set()

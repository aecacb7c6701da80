"""How long it is certain that a worker's group takes it for a member, and so gives its partitions to nobody else.

A process that stood still (SIGSTOP, a closed lid, a network that was away) does not know it when it goes on: its partitions may be
somebody else's by now, and the first thing it does may be to write states that are older than the ones that are there. So states are
written only while the group's last confirmation is young, by a clock that goes on while the machine sleeps.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from fixloop.workers.batches import BatchGoneError

# Where the first one is missing, such as on macOS, the second one does not stop.
CLOCK: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_LOOK_SECONDS: Final = 0.05
_CONFIRMING: Final = ("_do_heartbeat", "_do_rejoin_group")
"""What a client asks its group's coordinator, with an answer that is true when it is a member."""


def elapsed() -> float:
    """Seconds that do not go back, and go on while the machine sleeps, which those of `time.monotonic` do not."""
    return time.clock_gettime(CLOCK)


class Membership:
    """Whether one application is a member of its group for certain. Told by the consumer's thread, asked by the work's.

    Args:
        seconds: for which a confirmation holds; less than the group waits for a member of which it hears nothing.
        clock: seconds that do not go back.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = elapsed) -> None:
        self._seconds = seconds
        self._clock = clock
        self._asked_at: float | None = None
        self.leaving = False
        """Whether partitions are being taken from it, so that no confirmation is to be waited for."""

    @property
    def certain(self) -> bool:
        """Whether nobody else can have the partitions now."""
        return self._asked_at is not None and self._clock() - self._asked_at < self._seconds

    async def confirmed(self, ours: Callable[[], bool], waits: Callable[[], object] = lambda: None) -> None:
        """Return once it is certain.

        Args:
            ours: asked again and again, whether there is a use in waiting.
            waits: called when it has to be waited for.

        Raises:
            BatchGoneError: it will not be.
        """
        if not self.certain:
            waits()
        while not self.certain:
            if self.leaving or not ours():
                raise BatchGoneError
            await asyncio.sleep(_LOOK_SECONDS)

    def listen(self, coordinator: Any) -> None:
        """Hear the answers that a client of aiokafka has from its group's coordinator."""
        for name in _CONFIRMING:
            setattr(coordinator, name, self._heard(getattr(coordinator, name)))

    def _heard(self, ask: Callable[..., Awaitable[bool]]) -> Callable[..., Awaitable[bool]]:
        async def heard(*arguments: Any) -> bool:
            # The group waits from when it was asked, which is later than this, and may be long before its answer is read.
            asked_at = self._clock()
            member = await ask(*arguments)
            if member:
                self._asked_at = asked_at
            return member

        return heard

"""Whether work goes on at all; what `/healthz` says. Safe to use from several threads."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

BEAT_SECONDS: Final = 1.0


class Heartbeat:
    """Beaten by the event loop of the work, asked by the thread that serves `/healthz`: a loop that stands still cannot answer itself.

    Args:
        stuck_seconds: without a beat for so long, the work stands still.
        clock: seconds that do not go back.
    """

    def __init__(self, stuck_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._stuck_seconds = stuck_seconds
        self._clock = clock
        self._last: float | None = None

    def beat(self) -> None:
        """The work goes on."""
        self._last = self._clock()

    async def keep(self) -> None:
        """Beat as long as the loop turns, until cancelled."""
        while True:
            self.beat()
            await asyncio.sleep(BEAT_SECONDS)

    def __call__(self) -> str | None:
        """Why the work does not go on; None when it does, or has not begun."""
        silent = 0.0 if self._last is None else self._clock() - self._last
        return f"nothing was done for {silent:.0f} seconds" if silent > self._stuck_seconds else None

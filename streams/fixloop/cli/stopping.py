"""How a command that follows something ends: on the first signal it finishes what it has in hand."""

import signal
from threading import Event
from types import FrameType


def stop_on_signals() -> Event:
    """A flag that is set by SIGTERM or Ctrl-C."""
    stop = Event()

    def handle(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    return stop

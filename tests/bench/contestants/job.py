"""What every contestant is told, what it folds with, and how it says how fast it was."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

import lz4.block

from fixloop.detect import SessionState
from fixloop.workers.foldings import SESSIONS, Step
from fixloop.workers.state_codec import StateCodec
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Headers

FOLDED: Final = "folded"
"""The first word of the line that says so."""
_CODEC: Final = StateCodec(SESSIONS.state, SESSIONS.version)


@dataclass(frozen=True, slots=True)
class Job:
    """What a contestant is told."""

    bootstrap: str
    group: str
    """Its consumer group; it is new, and so is all that is called after it."""
    events: int
    directory: Path
    """For what it keeps on disk."""

    @property
    def output(self) -> str:
        """The topic for what follows; it is there."""
        return f"{self.group}-output"


def asked() -> Job:
    """What the command line says."""
    bootstrap, group, events, directory = sys.argv[1:]
    return Job(bootstrap, group, int(events), Path(directory))


def folded(
    before: SessionState | None, key: bytes | None, value: bytes | None, headers: Headers
) -> Step[SessionState]:
    """Decode a record and fold it."""
    return SESSIONS.step(before, codec.from_kafka(key, value, headers))


def encoded(state: SessionState) -> bytes:
    """A state as the worker writes it, without what says how far its partition was read."""
    compressed: bytes = lz4.block.compress(_CODEC.encode(state))
    return compressed


def restored(data: bytes | None) -> SessionState | None:
    """The state that a store has under a key."""
    return _CODEC.decode(lz4.block.decompress(data)) if data else None


class Pace:
    """Counts what is folded, from the first sight of some to the last.

    Args:
        events: how many there are.
    """

    def __init__(self, events: int) -> None:
        self._events = events
        self._count = 0
        self._first = 0
        self._began = self._worked = 0.0

    def add(self, count: int = 1) -> None:
        """So many more; with the last one it says how long it took."""
        self._count += count
        if not self._first:
            self._first, self._began, self._worked = self._count, perf_counter(), process_time()
        if self._count >= self._events and self._count - count < self._events:
            seconds, worked = perf_counter() - self._began, process_time() - self._worked
            # Faust makes log lines of what is written to `sys.stdout`.
            os.write(1, f"{FOLDED} {self._count - self._first} {seconds} {worked}\n".encode())

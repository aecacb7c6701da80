"""How a worker's process treats memory: what Python's collector looks at, and what goes back to the system at once."""

import ctypes
import gc
from contextlib import suppress
from typing import Final

_COLLECT: Final = (200_000, 50, 100)
"""Thresholds of the collector's generations."""
_MMAP_THRESHOLD: Final = -3
"""`M_MMAP_THRESHOLD` of mallopt(3)."""
_LARGE: Final = 256 * 1024
"""Bytes. RocksDB takes its write buffers in pieces of half a megabyte, Kafka's client its answers in up to a megabyte."""


def tune() -> None:
    """Set what holds for the whole process."""
    # States are many small values without cycles, which go when nobody refers to them. Python's collector would look through all of them
    # again and again, for a third of the time; this lets it look at what is young, and rarely at the rest.
    gc.set_threshold(*_COLLECT)
    # Left alone, glibc raises this threshold to the largest piece that was freed, and takes all later ones out of its heap. A write buffer
    # is filled over minutes and then freed as a whole: what was put around it meanwhile keeps the hole, and the process grows by one after
    # the other. Elsewhere than in glibc there is no such function, or it does nothing.
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)

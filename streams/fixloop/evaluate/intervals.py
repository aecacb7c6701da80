"""Intervals for shares (Wilson, JASA 1927)."""

import math
from typing import Final

_Z: Final = 1.959963984540054
"""Of a two-sided interval of 95 %."""


def wilson(hits: int, trials: int) -> tuple[float, float] | None:
    """The 95 % interval of a share; None without trials."""
    if not trials:
        return None
    share, square = hits / trials, _Z * _Z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    half = (
        _Z / (1 + square / trials) * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    )
    return (middle - half if hits else 0.0), (middle + half if hits < trials else 1.0)

"""Is a confidence a probability? Reliability diagram and expected calibration error (Naeini et al., AAAI 2015)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Detections of about the same confidence."""

    low: float
    high: float
    count: int
    confidence: float
    """Their mean confidence."""
    share_true: float
    """How many of them are true."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The reliability diagram, and how far it is from the diagonal."""

    bins: tuple[Bin, ...]
    error: float | None
    """Expected calibration error: the bins' distances from the diagonal, weighted by their counts; None without detections."""


def calibrate(judged: Sequence[tuple[float, bool]]) -> Calibration:
    """The calibration of detections, each as (confidence, whether it is true)."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for confidence, true in judged:
        groups.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, true))
    bins = tuple(
        Bin(
            low=index / BINS,
            high=(index + 1) / BINS,
            count=len(group),
            confidence=sum(confidence for confidence, _ in group) / len(group),
            share_true=sum(true for _, true in group) / len(group),
        )
        for index, group in sorted(groups.items())
    )
    if not judged:
        return Calibration(bins, None)
    error = sum(each.count * abs(each.confidence - each.share_true) for each in bins) / len(judged)
    return Calibration(bins, error)

"""The stretch of lines in which two texts differ."""

from collections.abc import Sequence

Lines = tuple[str, ...]


def trimmed(before: Sequence[str], after: Sequence[str]) -> tuple[Lines, Lines]:
    """The lines taken out and put in, without what is equal before and behind them."""
    start = 0
    shorter = min(len(before), len(after))
    while start < shorter and before[start] == after[start]:
        start += 1
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return tuple(before[start : len(before) - end]), tuple(after[start : len(after) - end])

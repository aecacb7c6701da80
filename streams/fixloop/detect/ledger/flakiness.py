"""A test's flakiness as other sessions know it: counted where it changed its outcome with no edit, told where it failed.

A session judges by what it saw; that a test of it flips elsewhere it cannot see. Sessions count, not flips: one bad host flips all day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fixloop.detect.ledger.entries import Entry
from fixloop_schemas.vocabulary import Transition

SUSPECTED: Final = 3
"""Other sessions in which a test flipped, from which its failures are doubted. One or two happen to any test, once in a while."""
SETTLED: Final = 5
"""And from which they say nothing."""
AROUND_US: Final = 30 * 24 * 3600 * 1_000_000
"""How far away in time, in microseconds, a session still speaks for another: tests get mended."""

_RED: Final = frozenset({Transition.OPENED, Transition.RETURNED})
"""Whoever told of these may have found something on them."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one session is told of its test."""

    session_id: str
    test: str
    flaky_in_sessions: int
    """At least `SUSPECTED`, at most `SETTLED`."""
    of: Entry
    """What that session had told of it."""


def judgements(entries: Sequence[Entry], judged: dict[str, int]) -> list[Judgement]:
    """What sessions have to be told anew; `judged` is brought up to date.

    The number for a session only grows, and in the end it does not depend on who spoke first.

    Args:
        entries: all that is known, in order.
        judged: what each session was told.
    """
    flips: dict[str, list[int]] = {}
    for entry in entries:
        if entry.transition is Transition.FLIPPED:
            flips.setdefault(entry.session_id, []).append(entry.of.time_us or 0)
    if len(flips) < SUSPECTED:
        return []
    found = {}
    for entry in entries:
        if entry.transition in _RED:
            near = sum(
                any(abs(time - (entry.of.time_us or 0)) <= AROUND_US for time in times)
                for session_id, times in flips.items()
                if session_id != entry.session_id
            )
            level = min(near, SETTLED)
            if level >= SUSPECTED and level > judged.get(entry.session_id, 0):
                judged[entry.session_id] = level
                found[entry.session_id] = Judgement(entry.session_id, entry.test, level, entry)
    return list(found.values())

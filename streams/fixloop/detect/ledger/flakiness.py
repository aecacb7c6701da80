"""A test's flakiness as other sessions know it: counted where it changed its outcome with no edit, told where it failed.

A session judges by what it saw; that a test of it flips elsewhere it cannot see. Sessions count, not flips: one bad host flips all day.
"""

from collections.abc import Mapping, Sequence
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
    flips = _flips(entries)
    if len(flips) < SUSPECTED:
        return []
    found = {}
    for entry in entries:
        if entry.transition in _RED:
            level = min(_near(flips, entry, apart_from=entry.session_id), SETTLED)
            if level >= SUSPECTED and level > judged.get(entry.session_id, 0):
                judged[entry.session_id] = level
                found[entry.session_id] = Judgement(entry.session_id, entry.test, level, entry)
    return list(found.values())


def flaky_sessions(entries: Sequence[Entry], around: Entry) -> int:
    """In how many sessions of about an entry's time the test flipped without an edit."""
    return _near(_flips(entries), around, apart_from=None)


def _flips(entries: Sequence[Entry]) -> dict[str, list[int]]:
    """When the test flipped in each session."""
    flips: dict[str, list[int]] = {}
    for entry in entries:
        if entry.transition is Transition.FLIPPED:
            flips.setdefault(entry.session_id, []).append(entry.of.time_us or 0)
    return flips


def _near(flips: Mapping[str, list[int]], around: Entry, *, apart_from: str | None) -> int:
    return sum(
        any(abs(time - (around.of.time_us or 0)) <= AROUND_US for time in times)
        for session_id, times in flips.items()
        if session_id != apart_from
    )

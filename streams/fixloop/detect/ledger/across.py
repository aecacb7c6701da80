"""One bug over several sessions: where it opened, and the fix of another session that came before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fixloop.detect.ledger.entries import Entry
from fixloop.detect.ledger.flakiness import flaky_sessions
from fixloop.detect.ledger.starting_point import StartingPoint, committed_in, starting_point
from fixloop_schemas.vocabulary import Transition

AGED_US: Final = 90 * 24 * 3600 * 1_000_000
"""After how long, in microseconds, a fix is forgotten: what fails so much later is another story."""


@dataclass(frozen=True, slots=True)
class Across:
    """A bug that opened in one session, and what other sessions had told of it before."""

    opened: Entry
    fix: Entry
    start: StartingPoint
    """Where the session began, seen from the fix."""
    before: tuple[Entry, ...]
    """What was told of the bug before it opened here, by those who can have had a part in it."""
    repaired: Entry | None
    """The session's own fix of it, later."""
    flaky_in: int
    """Sessions of about that time in which the test flipped without an edit."""


def opened_after_a_fix(entries: tuple[Entry, ...], bug_id: str) -> Iterator[Across]:
    """For each session in which a bug opened that another had fixed before: the two of them.

    Args:
        entries: all that is known of the test, in order.
        bug_id: the bug.
    """
    of_bug = [entry for entry in entries if entry.bug_id == bug_id]
    first: dict[str, Entry] = {}
    for entry in of_bug:
        first.setdefault(entry.session_id, entry)
    for opened in first.values():
        if opened.transition is not Transition.OPENED:
            continue
        others = [entry for entry in of_bug if entry.session_id != opened.session_id and not entry.isolated]
        before = tuple(entry for entry in others if _precedes(entry, opened, entries))
        found = _fix_of(opened, before, entries)
        if found is None:
            continue
        fix, start = found
        if start is StartingPoint.AFTER:
            # It began with this fix: what others did on other trees has no part in it.
            before = tuple(entry for entry in before if entry.session_id == fix.session_id)
        yield Across(opened, fix, start, before, _own_fix(opened, of_bug), flaky_sessions(entries, opened))


def _fix_of(
    opened: Entry, before: Sequence[Entry], entries: Sequence[Entry]
) -> tuple[Entry, StartingPoint] | None:
    """The fix that the session can have brought to nothing: the latest one that it began with, else the latest it may have begun with."""
    last = {
        entry.session_id: entry
        for entry in before
        if entry.transition is Transition.FIXED and _time(opened) - _time(entry) <= AGED_US
    }
    starts = [(fix, starting_point(opened, fix, entries)) for fix in last.values()]
    for wanted in (StartingPoint.AFTER, StartingPoint.UNKNOWN, StartingPoint.BEFORE):
        fixes = [fix for fix, start in starts if start is wanted]
        if fixes:
            return max(fixes, key=lambda fix: fix.order), wanted
    return None


def _precedes(entry: Entry, opened: Entry, entries: Sequence[Entry]) -> bool:
    """By time; or by revision, where the session began with a commit that has the fix, whatever the clocks say."""
    return entry.order < opened.order or opened.revision in committed_in(entry, entries)


def _own_fix(opened: Entry, of_bug: Sequence[Entry]) -> Entry | None:
    return next(
        (
            entry
            for entry in of_bug
            if entry.session_id == opened.session_id and entry.transition is Transition.FIXED
        ),
        None,
    )


def _time(entry: Entry) -> int:
    return entry.of.time_us or 0

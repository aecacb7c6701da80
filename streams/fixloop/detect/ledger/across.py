"""One bug over several sessions: where it opened, and the fix of another session that came before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fixloop.detect.ledger.entries import Entry
from fixloop.detect.ledger.starting_point import committed_in
from fixloop_schemas.vocabulary import Transition

AGED_US: Final = 90 * 24 * 3600 * 1_000_000
"""After how long, in microseconds, a fix is forgotten: what fails so much later is another story."""


@dataclass(frozen=True, slots=True)
class Across:
    """A bug that opened in one session, and what other sessions had told of it before."""

    opened: Entry
    fix: Entry
    before: tuple[Entry, ...]
    repaired: Entry | None
    """The session's own fix of it, later."""
    entries: tuple[Entry, ...]
    """All that is known of the test, in order."""


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
        fixes = [entry for entry in before if entry.transition is Transition.FIXED]
        if fixes and _time(opened) - _time(fixes[-1]) <= AGED_US:
            yield Across(opened, fixes[-1], before, _own_fix(opened, of_bug), entries)


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

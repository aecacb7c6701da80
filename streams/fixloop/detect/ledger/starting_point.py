"""Whether a session began with the code that another one's fix had left, as far as texts and commits show it."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from fixloop.detect.ledger.entries import Entry
from fixloop_schemas.vocabulary import Transition

SEVERAL: Final = 2
MOST: Final = 0.5
"""How many of a fix's lines, and what share of them, a session has to take out to show that it had them: one line may be anybody's."""

_Text = tuple[str | None, str | None]
"""A file, and the digest of its text."""


class StartingPoint(StrEnum):
    """Where a session began, seen from a fix."""

    AFTER = "after"
    BEFORE = "before"
    UNKNOWN = "unknown"


def starting_point(opened: Entry, fix: Entry, entries: Sequence[Entry]) -> StartingPoint:
    """Where the session in which a bug opened began.

    Args:
        opened: the bug opens, with the edits that led there.
        fix: another session's fix.
        entries: all that is known of the test, in order.
    """
    by_fixer = [entry for entry in entries if entry.session_id == fix.session_id]
    commits = committed_in(fix, by_fixer)
    if {opened.revision, opened.began_at} & commits:
        return StartingPoint.AFTER
    shown = _by_text(opened, fix, by_fixer)
    if shown is StartingPoint.UNKNOWN and _has_its_lines(opened, fix):
        return StartingPoint.AFTER
    if shown is StartingPoint.UNKNOWN and _on_an_earlier_commit(opened, fix, commits):
        return StartingPoint.BEFORE
    return shown


def _on_an_earlier_commit(opened: Entry, fix: Entry, commits: set[str]) -> bool:
    """Whether the session began where the fixing one had begun, or was when it fixed, and that one has gone on to other commits."""
    began = opened.began_at or opened.revision
    moved_on = commits or (fix.began_at is not None and fix.revision != fix.began_at)
    return began is not None and bool(moved_on) and began in (fix.began_at, fix.revision)


def committed_in(fix: Entry, entries: Iterable[Entry]) -> set[str]:
    """The commits that hold a fix."""
    return {
        entry.revision
        for entry in entries
        if entry.transition is Transition.COMMITTED
        and (entry.session_id, entry.bug_id) == (fix.session_id, fix.bug_id)
        and entry.order >= fix.order
        and entry.revision
    }


def _by_text(opened: Entry, fix: Entry, by_fixer: Sequence[Entry]) -> StartingPoint:
    """By the text of the first file that both edited and of which both know the whole."""
    earlier, since = _texts(fix, by_fixer)
    seen: set[str | None] = set()
    for edit in opened.edits:
        if edit.path in seen or edit.before is None:
            continue
        seen.add(edit.path)
        text = (edit.path, edit.before)
        if text in earlier or text in since:
            return StartingPoint.BEFORE if text in earlier else StartingPoint.AFTER
    return StartingPoint.UNKNOWN


def _texts(fix: Entry, by_fixer: Sequence[Entry]) -> tuple[set[_Text], set[_Text]]:
    """The texts that files had before the fix was whole, and those that they had from then on."""
    until = [edit for entry in by_fixer if entry.order <= fix.order for edit in entry.edits]
    later = [edit for entry in by_fixer if entry.order > fix.order for edit in entry.edits]
    last = {edit.path: edit.after for edit in until}
    since = {*last.items(), *((edit.path, edit.after) for edit in later)}
    all_until = {(edit.path, text) for edit in until for text in (edit.before, edit.after)}
    return all_until - set(last.items()), since


def _has_its_lines(opened: Entry, fix: Entry) -> bool:
    """Whether the session took out most of the lines that the fix had put in: then they were there."""
    put_in = {(edit.path, line) for edit in fix.edits for line in edit.added}
    put_in -= {(edit.path, line) for edit in fix.edits for line in edit.removed}
    taken_out = {(edit.path, line) for edit in opened.edits for line in edit.removed}
    found = len(put_in & taken_out)
    return found >= MOST * len(put_in) and found >= SEVERAL

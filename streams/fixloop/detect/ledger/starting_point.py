"""Whether a session began with the code that another one's fix had left, as far as texts and commits show it."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from fixloop.detect.ledger.entries import Entry, ToldEdit
from fixloop_schemas.vocabulary import Transition


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
    if opened.revision in commits:
        return StartingPoint.AFTER
    until = [edit for entry in by_fixer if entry.order <= fix.order for edit in entry.edits]
    by_text = _by_text(opened.edits, until)
    if by_text is StartingPoint.UNKNOWN and commits and opened.revision == fix.revision:
        return StartingPoint.BEFORE
    return by_text


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


def _by_text(edits: Sequence[ToldEdit], by_fixer: Sequence[ToldEdit]) -> StartingPoint:
    """By the text of the first file that both edited and of which both know the whole."""
    texts: dict[str, list[str]] = {}
    for edit in by_fixer:
        if edit.path is not None:
            texts.setdefault(edit.path, []).extend(text for text in (edit.before, edit.after) if text)
    seen: set[str | None] = set()
    for edit in edits:
        known = texts.get(edit.path, []) if edit.path and edit.path not in seen else []
        seen.add(edit.path)
        if edit.before is not None and edit.before in known:
            return StartingPoint.AFTER if edit.before == known[-1] else StartingPoint.BEFORE
    return StartingPoint.UNKNOWN

"""What is true of a session and the one that it took over from: that it brought back what the other had repaired."""

from collections.abc import Mapping
from typing import Final

from fixloop.simulate.chronicle import Change, Chronicle
from fixloop.simulate.hunks import trimmed
from fixloop.simulate.legacy import Legacy, Repaired
from fixloop.simulate.notebook import Notebook
from fixloop.simulate.source_text import COMMON_LINES
from fixloop.simulate.spans import History, Span
from fixloop.simulate.visibility import Visibility
from fixloop_schemas.vocabulary import Kind

_ENOUGH: Final = 2
"""Lines that a fix put in and a later change takes out, from which on the two belong together."""


def note_across(
    chronicle: Chronicle,
    histories: Mapping[str, History],
    legacy: Legacy,
    notebook: Notebook,
    visible: Visibility,
    *,
    fresh: bool,
    revisions: bool,
) -> None:
    """Note what became of the bugs that the other session had repaired.

    Args:
        chronicle: the later session.
        histories: the lives of its tests.
        legacy: what the other session left.
        notebook: where to.
        visible: what the later session's events give away of its changes.
        fresh: it began without any of the other's work.
        revisions: its events tell the commit that is checked out.
    """
    for repaired in legacy.repaired:
        history = histories.get(repaired.case.name)
        spans = [
            span
            for story in (history.stories if history else ())
            for span in story.spans
            if story.failure == repaired.story.failure
        ]
        if history is None or not spans:
            continue
        span = spans[0]
        first, last = span.seen[0].run.run_id, span.seen[-1].run.run_id
        if fresh:
            notebook.note(
                Kind.INDEPENDENT_ATTEMPTS, history.names, first, last, sure=False, cross_session=True
            )
        elif span.start is not None and span.start.product:
            traced = _traced(chronicle, span, span.start, repaired, legacy, visible, revisions=revisions)
            sure = span.start in visible and traced
            notebook.note(Kind.REINTRODUCTION, history.names, first, last, sure=sure, cross_session=True)
            notebook.demote(Kind.FIRST_REGRESSION, history.names)
            notebook.perhaps(history.names, Kind.EDIT_REVERSAL, Kind.LOST_FIX)


def _traced(
    chronicle: Chronicle,
    span: Span,
    broke: Change,
    repaired: Repaired,
    legacy: Legacy,
    visible: Visibility,
    *,
    revisions: bool,
) -> bool:
    """Whether events show that the session began with the fix: by commit, by the text of the file, or by the lines taken out."""
    by_commit = revisions and legacy.last_commit > repaired.fix.at
    return (
        by_commit
        or _by_text(chronicle, span, repaired, legacy, visible)
        or _by_lines(broke, repaired, legacy, visible)
    )


def _by_text(
    chronicle: Chronicle, span: Span, repaired: Repaired, legacy: Legacy, visible: Visibility
) -> bool:
    if not (visible.whole_files and legacy.visible.whole_files):
        return False
    left = {
        (edit.path, edit.after)
        for change in legacy.chronicle.changes
        if change.at >= repaired.fix.at and change in legacy.visible and not change.hidden
        for edit in change.edits
    }
    paths = {edit.path for edit in repaired.fix.edits}
    return any(
        edit.path in paths and (edit.path, edit.before) in left
        for change in chronicle.changes
        if change.at < span.seen[0].at and change in visible and not change.restore
        for edit in change.edits
    )


def _by_lines(broke: Change, repaired: Repaired, legacy: Legacy, visible: Visibility) -> bool:
    if not (visible.lines and legacy.visible.lines):
        return False
    put_in = {
        (edit.path, line) for edit in repaired.fix.edits for line in trimmed(edit.before or (), edit.after)[1]
    }
    taken_out = {
        (edit.path, line) for edit in broke.edits for line in trimmed(edit.before or (), edit.after)[0]
    }
    return len({line for _, line in put_in & taken_out} - set(COMMON_LINES)) >= _ENOUGH

"""What edits say by themselves: that one takes a fix out and work goes on, that a fix had to be made twice."""

from collections.abc import Mapping

from fixloop.simulate.chronicle import Change, Chronicle, Intent
from fixloop.simulate.notebook import Notebook
from fixloop.simulate.source_text import Failure
from fixloop.simulate.spans import History, Span
from fixloop.simulate.truths_of_returns import Return
from fixloop.simulate.visibility import Visibility, puts_back
from fixloop_schemas.vocabulary import Kind

_MOST = 0.7
_ON_PURPOSE = (Intent.TAKE_OUT, Intent.PUT_BACK, Intent.FRESH_TREE)


def note_edits(
    chronicle: Chronicle,
    histories: Mapping[str, History],
    found: list[Return],
    notebook: Notebook,
    visible: Visibility,
) -> None:
    """Note what edits give away."""
    changes = [change for change in chronicle.changes if change.product]
    for history in histories.values():
        for story in history.stories:
            for span in story.spans:
                _note_reversals(history, story.failure, span, changes, notebook, visible)
    for each in found:
        _note_lost(each, changes, notebook, visible)


def _note_reversals(
    history: History,
    failure: Failure,
    span: Span,
    changes: list[Change],
    notebook: Notebook,
    visible: Visibility,
) -> None:
    """A fix was seen to help; an edit takes it out, work goes on, and nobody looks: once a run shows it, it is a return."""
    fix = span.end
    if fix is None or not fix.product or not span.clear:
        return
    for number, change in enumerate(changes):
        if not (change.at > span.clear[0].at and _undoes(change, fix, history.test, failure)):
            continue
        goes_on = any(not later.hidden for later in changes[number + 1 :])
        looked = any(sighting.at > change.at for sighting in history.sightings)
        seen = visible.lines or visible.undoes(change, fix)
        sure = goes_on and not looked and span.green and seen and not change.hidden
        sure = sure and change in visible and fix in visible
        notebook.note(Kind.EDIT_REVERSAL, history.names, sure=sure)


def _undoes(change: Change, fix: Change, test: str, failure: Failure) -> bool:
    if change.restore or change.intent in _ON_PURPOSE:
        return False
    if not any(effect.test == test and effect.after == failure for effect in change.effects):
        return False
    for cell, (old, new) in fix.cells.items():
        put_in = set(new.lines) - set(old.lines if old else ())
        if cell in change.cells and put_in:
            taken_out = put_in - set(change.cells[cell][1].lines)
            return len(taken_out) >= _MOST * len(put_in)
    return False


def _note_lost(each: Return, changes: list[Change], notebook: Notebook, visible: Visibility) -> None:
    """The bug is back, and the edit that had repaired it is made once more."""
    fix, broke = each.before.end, each.again.start
    if each.kind not in (Kind.REINTRODUCTION, Kind.SIGNATURE_CYCLE) or fix is None or broke is None:
        return
    until = each.again.end.at if each.again.end else each.again.seen[-1].at
    for change in changes:
        if not each.again.seen[0].at < change.at <= until or change.restore or change.hidden:
            continue
        same = visible.repeats(change, fix)
        if same or puts_back(change, fix):
            sure = (
                same
                and each.kind is Kind.REINTRODUCTION
                and not broke.hidden
                and broke in visible
                and change in visible
                and fix in visible
            )
            notebook.note(Kind.LOST_FIX, each.history.names, each.run, each.run, sure=sure)

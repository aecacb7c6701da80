"""The truth of one session, with hindsight: from what the agent did to which bug, and from the runs that arrived."""

from collections.abc import Set as AbstractSet

from fixloop.simulate.chronicle import Change, Chronicle
from fixloop.simulate.notebook import Notebook
from fixloop.simulate.spans import histories
from fixloop.simulate.truth import Label
from fixloop.simulate.truths_of_edits import note_edits
from fixloop.simulate.truths_of_returns import note_returns, returns
from fixloop.simulate.truths_of_runs import note_runs
from fixloop.simulate.truths_of_tests import note_tests


def truth_of(chronicle: Chronicle, *, whole_files: bool) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """What is to be found in a session, and what may be said of it.

    Args:
        chronicle: all that happened, with what did not arrive marked as unseen.
        whole_files: its editor tells the digests of whole files.
    """
    visible = _visible(chronicle, whole_files=whole_files)
    known = histories(chronicle)
    found = returns(chronicle, known)
    notebook = Notebook()
    note_returns(chronicle, known, found, notebook, visible)
    note_tests(chronicle, known, notebook, visible)
    note_runs(chronicle, known, found, notebook)
    note_edits(chronicle, known, found, notebook, visible)
    return notebook.results()


def _visible(chronicle: Chronicle, *, whole_files: bool) -> AbstractSet[int]:
    """The ticks of the changes that events give away: told, or followed by an edit whose text does not fit the last one known."""
    changes = chronicle.changes
    shown = {change.at for change in changes if change.seen and not change.hidden}
    for number, change in enumerate(changes):
        if change.hidden and whole_files and _given_away(change, changes[:number], changes[number + 1 :]):
            shown.add(change.at)
    return shown


def _given_away(change: Change, before: list[Change], after: list[Change]) -> bool:
    for edit in change.edits:
        known = [other for earlier in before for other in _told(earlier) if other.path == edit.path]
        following = [other for later in after for other in _told(later) if other.path == edit.path]
        if known and following and known[-1].after != following[0].before:
            return True
    return False


def _told(change: Change) -> tuple:  # type: ignore[type-arg]
    return () if change.hidden or change.restore or not change.seen else change.edits

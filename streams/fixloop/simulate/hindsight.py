"""The truth of one session, with hindsight: from what the agent did to which bug, and from the runs that arrived."""

from dataclasses import dataclass

from fixloop.simulate.chronicle import Chronicle
from fixloop.simulate.legacy import Legacy
from fixloop.simulate.notebook import Notebook
from fixloop.simulate.spans import histories
from fixloop.simulate.truth import Label
from fixloop.simulate.truths_across import note_across
from fixloop.simulate.truths_of_edits import note_edits
from fixloop.simulate.truths_of_returns import note_returns, returns
from fixloop.simulate.truths_of_runs import note_runs
from fixloop.simulate.truths_of_tests import note_tests
from fixloop.simulate.visibility import Visibility
from fixloop.simulate.wire import Wiring


@dataclass(frozen=True, slots=True)
class Before:
    """The session that another one took over from."""

    legacy: Legacy
    fresh: bool
    """Its task alone was taken over, and none of its work."""


def truth_of(
    chronicle: Chronicle, wiring: Wiring, before: Before | None = None
) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """What is to be found in a session, and what may be said of it.

    Args:
        chronicle: all that happened, with what did not arrive marked as unseen.
        wiring: what its emitters know.
        before: the session that it took over from.
    """
    visible = Visibility.of(chronicle, whole_files=wiring.whole_files, lines=wiring.lines)
    known = histories(chronicle)
    found = returns(chronicle, known)
    notebook = Notebook()
    note_returns(chronicle, known, found, notebook, visible)
    note_tests(chronicle, known, notebook, visible)
    note_runs(chronicle, known, found, notebook)
    note_edits(chronicle, known, found, notebook, visible)
    if before is not None:
        note_across(
            chronicle,
            known,
            before.legacy,
            notebook,
            visible,
            fresh=before.fresh,
            revisions=wiring.revisions,
        )
    return notebook.results()

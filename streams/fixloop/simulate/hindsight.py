"""The truth of one session, with hindsight: from what the agent did to which bug, and from the runs that arrived."""

from fixloop.simulate.chronicle import Chronicle
from fixloop.simulate.notebook import Notebook
from fixloop.simulate.spans import histories
from fixloop.simulate.truth import Label
from fixloop.simulate.truths_of_edits import note_edits
from fixloop.simulate.truths_of_returns import note_returns, returns
from fixloop.simulate.truths_of_runs import note_runs
from fixloop.simulate.truths_of_tests import note_tests
from fixloop.simulate.visibility import Visibility


def truth_of(
    chronicle: Chronicle, *, whole_files: bool, lines: bool
) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """What is to be found in a session, and what may be said of it.

    Args:
        chronicle: all that happened, with what did not arrive marked as unseen.
        whole_files: its editor tells the digests of whole files.
        lines: its editor tells the hashes of lines.
    """
    visible = Visibility.of(chronicle, whole_files=whole_files, lines=lines)
    known = histories(chronicle)
    found = returns(chronicle, known)
    notebook = Notebook()
    note_returns(chronicle, known, found, notebook, visible)
    note_tests(chronicle, known, notebook, visible)
    note_runs(chronicle, known, found, notebook)
    note_edits(chronicle, known, found, notebook, visible)
    return notebook.results()

from dataclasses import replace

from fixloop.board.bugs import BugState, Stand, bugs_heading, bugs_table
from fixloop.board.grid import Grid, grid_of
from fixloop.board.line import plain
from fixloop.board.symbols import UNICODE
from tests.builders import Session
from tests.unit.board.found import digest

FIXED = BugState(
    bug_id=digest("bug"),
    test_case_name="tests/test_core.py::test_a",
    error_type="AssertionError",
    stand=Stand.FIXED,
    returns=1,
    attempts=2,
    flaky=False,
    displaced=False,
    opened_run="run-0",
    last_red_run="run-1",
    cleared_run="run-2",
)
OPEN = replace(
    FIXED,
    test_case_name="test_b",
    stand=Stand.OPEN,
    error_type=None,
    returns=0,
    attempts=0,
    last_red_run="run-0",
    cleared_run=None,
)


def _grid() -> Grid:
    session = Session("s1").run(test_a="fail").edit().run(test_a="fail").edit().run(test_a="pass")
    return grid_of("s1", session.events)


def test_bugs_are_told_with_their_runs_and_what_is_open_comes_first() -> None:
    """A run is told by its number, as in the timeline; what is not known about a failure is said to be so."""
    expected = """\
state  returns  attempts  seen in runs  gone in run  fails with      test
open         0         0  1                          not known       test_b
fixed        1         2  1 to 2                  3  AssertionError  tests/test_core.py::test_a
"""
    assert expected == plain(bugs_table([FIXED, OPEN], _grid(), UNICODE))


def test_what_makes_a_bug_doubtful_stands_beside_its_state() -> None:
    """A flaky test, and a test that fails in another way now."""
    rows = plain(bugs_table([replace(FIXED, flaky=True, displaced=True)], _grid(), UNICODE)).splitlines()
    assert rows[1].startswith("fixed, flaky, displaced  ")


def test_a_run_that_is_not_in_the_timeline_is_not_known() -> None:
    """A bug may have been seen in a run whose events are lost."""
    rows = plain(bugs_table([replace(FIXED, opened_run="lost")], _grid(), UNICODE)).splitlines()
    assert " ? to 2 " in rows[1]


def test_bugs_beyond_the_limit_are_counted() -> None:
    """What is not shown is said to be there."""
    assert "+1 more bugs" == plain(bugs_table([FIXED, OPEN], _grid(), UNICODE, max_bugs=1)).splitlines()[-1]


def test_the_heading_counts_bugs_by_how_they_stand() -> None:
    """And how many came back; those of flaky tests only where there are some."""
    assert "Bugs: 1 open, 1 fixed, 0 gone, 1 returned\n" == plain([bugs_heading([FIXED, OPEN])])
    flaky = replace(OPEN, flaky=True)
    assert "Bugs: 1 open, 0 fixed, 0 gone, 0 returned, 1 of flaky tests\n" == plain([bugs_heading([flaky])])


def test_a_session_without_a_failure_says_so() -> None:
    """There is no table, and a sentence."""
    assert ("No bugs: no test failed in this session.\n", ()) == (
        plain([bugs_heading([])]),
        bugs_table([], _grid(), UNICODE),
    )

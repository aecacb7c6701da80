import pytest

from fixloop.board.evidence import evidence
from fixloop.board.grid import grid_of
from fixloop.board.line import plain
from fixloop.board.symbols import ASCII, UNICODE, symbols_for
from fixloop.board.timeline import timeline
from fixloop.board.title import title
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import Level
from tests.builders import DIGESTER, Session
from tests.unit.board.found import detection, returned


def _cycle() -> tuple[Session, DetectionRecordedV1]:
    session = (
        Session("s1")
        .run(test_a="fail", test_b="pass", test_c="error")
        .edit()
        .edit()
        .run(test_a="pass", test_b="fail", test_c="skip")
        .edit("src/other.py")
        .edit("tests/test_core.py")
        .run(test_a="fail", test_b="pass", inferred=["test_b"])
    )
    found = detection(
        returned("test_a", "run-0", "run-1", "run-2", fixing=("s1:3", "s1:4"), breaking=("s1:8",), shared=2),
        tests=("test_a", "test_b"),
    )
    return session, found


def test_a_cycle_is_drawn_with_its_edits_and_its_way_there_and_back() -> None:
    """Runs go across, tests down, with counts of edits and arrows in the gaps between the runs."""
    session, found = _cycle()
    expected = """\
run              1     2     3
product edits  0    2f    1b
other edits    0     0     1
test_a           ✗   ↓ ●   ↑ ✗
test_b           ●     ✗     ○
test_c           E     s     ·
"""
    assert expected == plain(timeline(grid_of("s1", session.events), [found], UNICODE, 100))


def test_without_unicode_the_same_is_drawn_in_ascii() -> None:
    """An encoding that lacks the signs gets letters instead, and nothing fails to print."""
    session, found = _cycle()
    drawn = plain(timeline(grid_of("s1", session.events), [found], symbols_for("latin-1"), 100))
    assert "test_a           F   v P   ^ F" in drawn.splitlines()
    assert drawn.isascii()


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8", UNICODE), ("ascii", ASCII), (None, ASCII), ("no-such", ASCII)]
)
def test_the_signs_follow_the_encoding(encoding: str | None, expected: object) -> None:
    """Only an encoding that is known to hold the signs gets them."""
    assert expected is symbols_for(encoding)


def test_order_and_repetition_of_the_events_change_nothing() -> None:
    """A timeline is decided by the events' sequence, not by their arrival."""
    session, found = _cycle()
    shuffled = [*reversed(session.events), *session.events[:3]]
    assert timeline(grid_of("s1", session.events), [found], UNICODE, 100) == timeline(
        grid_of("s1", shuffled), [found], UNICODE, 100
    )


def test_tests_that_did_the_same_share_a_row() -> None:
    """Three tests that fail together are one row, with two alike."""
    session = Session("s1").run(test_a="fail", test_b="fail", test_c="fail")
    drawn = plain(timeline(grid_of("s1", session.events), [], UNICODE, 100))
    assert ["test_a (+2 alike)    ✗"] == drawn.splitlines()[2:]


def test_tests_beyond_the_limit_are_counted() -> None:
    """What is not shown is said to be there."""
    session = Session("s1").run(test_a="fail").run(test_b="fail").run(test_c="fail")
    drawn = plain(timeline(grid_of("s1", session.events), [], UNICODE, 100, max_tests=1))
    assert "+2 more tests that were red at some time" == drawn.splitlines()[-1]


def test_a_long_session_is_folded_to_the_width_and_keeps_what_matters() -> None:
    """Runs in which nothing changed give way; those that the detection names stay; the edits of all are counted."""
    session = Session("s1").run(test_a="fail").edit().run(test_a="pass")
    for _ in range(40):
        session.edit().run(test_a="pass")
    session.edit().run(test_a="fail")
    found = detection(
        returned("test_a", "run-0", "run-1", "run-42", ("s1:3",), ("s1:167",)), tests=("test_a",)
    )
    drawn = plain(timeline(grid_of("s1", session.events), [found], UNICODE, 60))
    heading, edits, row = drawn.splitlines()
    assert ["run", "1", "2", "3", "4", "5", "6", "…36", "43"] == heading.split()
    assert ["product", "edits", "0", "1f", "1", "1", "1", "1", "36", "1b"] == edits.split()
    assert "✗↓●●●●●…↑✗" == row.removeprefix("test_a").replace(" ", "")
    assert max(map(len, drawn.splitlines())) <= 60


def test_a_session_without_a_run_says_so() -> None:
    """There is nothing to draw, and no error."""
    assert "no test run in this session\n" == plain(
        timeline(grid_of("s1", Session("s1").edit().events), [], UNICODE, 80)
    )


def test_restored_files_are_marked() -> None:
    """A checkout between two runs is counted with the edits and has a sign of its own."""
    session = Session("s1").run(test_a="fail").restore().run(test_a="pass")
    assert (
        "product edits  0    1↺"
        == plain(timeline(grid_of("s1", session.events), [], UNICODE, 80)).splitlines()[1]
    )


def test_evidence_names_the_runs_and_the_edits_and_gives_the_reasons() -> None:
    """A detection reads as sentences: what was red, by what it was fixed, after what it came back, and why."""
    session, found = _cycle()
    core, other = (DIGESTER.path(path)[:8] for path in ("src/core.py", "src/other.py"))
    expected = f"""\
coupled_cycle  confidence 0.85, 1 lap  646574656374 version 1
  test_a was red in run 1
    fixed in run 2 by #3 #4 of {core}…
    back in run 3 after #8 of {other}…; 2 lines of the fix taken out again
  +0.25  lines of the fix were taken out again
  -0.10  one pass is inferred
"""
    assert expected == plain(evidence(grid_of("s1", session.events), found, UNICODE))


def test_what_a_detection_names_is_shown_before_what_else_changed() -> None:
    """However much flips in a long session, the runs of its detections have a place."""
    session = Session("s1").run(test_a="fail").edit().run(test_a="pass")
    for _ in range(40):
        session.edit().run(test_b="fail").edit().run(test_b="pass")
    session.edit().run(test_a="fail")
    found = detection(returned("test_a", "run-0", "run-1", "run-82", (), ()), tests=("test_a",))
    heading = plain(timeline(grid_of("s1", session.events), [found], UNICODE, 50)).splitlines()[0].split()
    assert ["1", "2", "83"] == [number for number in heading if number in ("1", "2", "83")]


def test_a_package_or_a_script_is_no_test() -> None:
    """Outcomes that speak for a package, a file or a script do not become rows."""
    session = Session("s1").run(pkg="fail", level=Level.GROUP)
    assert () == grid_of("s1", session.events).ever_red()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_short", "test_short"),
        ("tests/long/way/to/test_module.py::test_name", "test_name"),
        ("a_name_without_a_module_that_is_longer_than_its_place", "…an_its_place"),
    ],
)
def test_of_a_long_name_the_end_is_shown(name: str, expected: str) -> None:
    """Where there is little room, a test's own name stays and its folder goes."""
    run = Session("s1").run(**{name: "fail"})  # type: ignore[arg-type]  # names of tests are no names of options
    row = plain(timeline(grid_of("s1", run.events), [], UNICODE, 33)).splitlines()[-1]
    assert expected == row.split()[0]


def test_a_session_has_a_title() -> None:
    """Who worked on what, as far as it is known, and how long the session is."""
    session, _ = _cycle()
    expected = "s1\nclaude-code · model-x · example/shop · 3 runs · 3 product edits · 1 other edits\n"
    assert expected == plain(title(grid_of("s1", session.events), session.events[0].data, UNICODE))

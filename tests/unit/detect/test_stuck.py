"""What counts as an attempt at a bug, and what is one detection of being stuck."""

from fixloop.detect.stuck import ATTEMPTS
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import Kind
from tests.builders import Session, fold, latest


def stuck(session: Session) -> list[DetectionRecordedV1]:
    """The detections of being stuck that stand in the end."""
    return [found for found in latest(fold(session.events)[1]) if found.kind is Kind.STUCK]


def names(found: DetectionRecordedV1) -> set[str]:
    """The tests that a detection names."""
    return {bug.test_case_name for bug in found.bugs}


def test_bugs_that_are_red_side_by_side_are_one_detection() -> None:
    """Nothing says at which of them the work was."""
    session = Session().run(a="fail", b="fail")
    for _ in range(ATTEMPTS):
        session.edit().run(a="fail", b="fail")
    assert [{"a", "b"}] == [names(found) for found in stuck(session)]


def test_a_bug_beside_one_that_is_stuck_joins_it() -> None:
    """Narrow runs were asked for the one alone; the other, red all the same, reaches the number later."""
    session = Session().run(a="fail", b="fail").edit().run(scope=["a"], a="fail")
    for _ in range(ATTEMPTS):
        session.edit().run(a="fail", b="fail")
    (found,) = stuck(session)
    assert {"a", "b"} == names(found)


def test_the_next_bug_that_is_stuck_is_another_detection() -> None:
    """Once the first is repaired, what resists next is told by itself."""
    session = Session().run(a="fail")
    for _ in range(ATTEMPTS):
        session.edit().run(a="fail")
    session.edit().run(a="pass", b="fail")
    for _ in range(ATTEMPTS):
        session.edit().run(a="pass", b="fail")
    assert [{"a"}, {"b"}] == [names(found) for found in stuck(session)]


def test_a_flaky_test_that_goes_green_was_no_aim() -> None:
    """It had flipped without an edit before; that it is green again says nothing of what the edit was for."""
    session = Session().run(a="fail", f="fail").run(a="fail", f="pass")
    for number in range(ATTEMPTS):
        session.edit().run(a="fail", f="pass" if number % 2 else "fail")
    assert [{"a"}] == [names(found) for found in stuck(session)]


def test_a_failure_of_the_host_that_goes_away_was_no_aim() -> None:
    """A port was taken for a while; the attempts were at the bug."""
    session = Session().run(a="fail")
    for _ in range(ATTEMPTS // 2):
        session.edit().run(a="fail").run(scope=["h"], h="error", error_type="OSError")
        session.edit().run(a="fail", h="pass")
    assert [{"a"}] == [names(found) for found in stuck(session)]

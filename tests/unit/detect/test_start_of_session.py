"""What was there at the start, and what a run that shows only that says."""

from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import Kind, RestoreOperation
from tests.builders import Session, fold, latest


def preexisting(session: Session) -> list[DetectionRecordedV1]:
    """The detections of failures that were there before."""
    return [found for found in latest(fold(session.events)[1]) if found.kind is Kind.PREEXISTING]


def test_a_flaky_test_hides_no_old_failure() -> None:
    """What a test that proved flaky does in the run says nothing of the start."""
    session = Session().run(old="fail", f="fail").run(old="fail", f="pass")
    session.edit().run(old="fail", new="fail", f="fail").edit().run(old="fail", new="pass", f="fail")
    (found,) = preexisting(session)
    assert ["old"] == [bug.test_case_name for bug in found.bugs]


def test_what_had_come_back_is_repaired() -> None:
    """One of the failures of the start was fixed, came back, and is fixed again: the other one was there all along."""
    session = Session().run(old="fail", a="fail").edit().run(old="fail", a="pass")
    session.edit().run(old="fail", a="fail").edit().run(old="fail", a="pass")
    (found,) = preexisting(session)
    assert ["old"] == [bug.test_case_name for bug in found.bugs]


def test_a_failure_that_came_since_is_no_old_one() -> None:
    """It was not there before the first edit of the product."""
    session = Session().run(a="pass", b="pass").edit().run(a="fail", b="fail").edit().run(a="fail", b="pass")
    assert [] == preexisting(session)


def looked_back(*between: str) -> Session:
    """Whoever works stashes everything, to see what fails without it, and goes on; `between` are steps before that."""
    session = Session().edit()
    for _ in between:
        session.commit()
    session.restore(RestoreOperation.STASH_PUSH).run(old="fail", a="pass").restore(RestoreOperation.STASH_POP)
    session.edit().run(old="fail", a="fail").edit()
    return session.run(old="fail", a="pass")


def test_a_look_back_at_the_start() -> None:
    """With everything set back, a run shows what was there at the start, however much had been edited."""
    (found,) = preexisting(looked_back())
    assert ["old"] == [bug.test_case_name for bug in found.bugs]


def test_set_back_to_a_commit_of_this_session_is_not_the_start() -> None:
    """What was committed meanwhile stays when the rest is stashed."""
    assert [] == preexisting(looked_back("commit"))

"""What edits to tests alone say: of a test that is being written, one that asks for something else, one that was gamed."""

from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import Kind, RestoreOperation
from tests.builders import Session, fold, latest

TEST = "tests/test_a.py"


def standing(session: Session) -> dict[Kind, DetectionRecordedV1]:
    """The detections that stand in the end, by kind."""
    return {found.kind: found for found in latest(fold(session.events)[1]) if found.status == "open"}


def test_with_nothing_tried_first_it_does_not_alert() -> None:
    """Red on arrival and edited alone: mostly the test follows what had been changed before."""
    found = standing(Session().run(a="fail").edit(TEST).run(a="pass"))
    assert found[Kind.GAMED_FIX].confidence < 0.6


def test_broken_and_repaired_by_edits_of_the_test() -> None:
    """Nothing was asked of the product: the test was in the making, though the product had been edited before."""
    session = Session().run(a="pass").edit().run(a="pass").edit(TEST).run(a="fail").edit(TEST).run(a="pass")
    assert {Kind.TEST_IN_DEVELOPMENT} == set(standing(session))


def test_what_a_test_asked_for_is_taken_back_with_it() -> None:
    """The product never followed, so nothing else had been asked for."""
    session = Session().run(a="fail").edit().run(a="pass").edit(TEST).run(a="fail")
    assert {Kind.REQUIREMENT_CHANGE} == set(standing(session))
    session.restore(RestoreOperation.CHECKOUT, TEST).run(a="pass")
    assert {Kind.TEST_IN_DEVELOPMENT} == set(standing(session))


def test_a_test_that_asks_for_something_else_at_once() -> None:
    """It had only ever passed, was edited alone, and is red: no fix needs to have come before."""
    session = Session().run(a="pass").edit(TEST).run(a="fail").edit().run(a="pass")
    assert Kind.REQUIREMENT_CHANGE in standing(session)


def test_a_test_that_is_extended_round_by_round() -> None:
    """Edited before each red, in its own way each time: test-driven, whether or not it had been there."""
    session = Session().run(a="pass").edit(TEST).run(a="fail", failures={"a": "one"}).edit().run(a="pass")
    session.edit(TEST).run(a="fail", failures={"a": "two"}).edit().run(a="pass")
    assert Kind.TEST_IN_DEVELOPMENT in standing(session)


def test_a_test_that_a_whole_run_had_lacked_is_new() -> None:
    """Though it is first seen green: whoever extends it is still writing it."""
    session = Session().run(b="pass", complete=True).edit(TEST).edit().run(a="pass", b="pass", complete=True)
    session.edit(TEST).run(a="fail", b="pass", complete=True)
    assert {Kind.TEST_IN_DEVELOPMENT} == set(standing(session))


def test_absent_from_a_run_that_may_lack_names_is_not_new() -> None:
    """Where names may be missing, a test that is met later may have been there all along."""
    session = (
        Session().run(b="pass").edit(TEST).edit().run(a="pass", b="pass").edit(TEST).run(a="fail", b="pass")
    )
    assert {Kind.REQUIREMENT_CHANGE} == set(standing(session))


def test_a_new_test_that_is_made_to_pass_by_editing_it() -> None:
    """Nobody games a test that is just being written."""
    assert {Kind.TEST_IN_DEVELOPMENT} == set(
        standing(Session().edit(TEST).run(a="fail").edit(TEST).run(a="pass"))
    )


def test_a_new_test_that_had_passed_and_follows_the_product() -> None:
    """It was written in this session and done; then the product was changed, and it was edited to agree: asked for anew."""
    session = Session().edit(TEST).run(a="fail").edit(TEST).run(a="pass")
    session.edit().run(a="fail").edit(TEST).run(a="pass")
    assert {Kind.TEST_IN_DEVELOPMENT, Kind.REQUIREMENT_CHANGE} == set(standing(session))


def test_a_test_that_changes_beside_other_work() -> None:
    """Edits of files that the fix never touched do not explain why the test fails in another way: its own edit does."""
    session = Session().run(a="fail", failures={"a": "one"}).edit().run(a="pass")
    session.edit(TEST).edit("src/other.py").run(a="fail", failures={"a": "two"})
    assert {Kind.REQUIREMENT_CHANGE, Kind.DIFFERENT_FAILURE} == set(standing(session))


def test_a_different_failure_needs_a_green_run_since() -> None:
    """What gave way to another failure without ever passing in between was not fixed."""
    session = Session().run(a="pass").edit().run(a="fail", failures={"a": "one"})
    session.edit().run(a="fail", failures={"a": "two"})
    assert Kind.DIFFERENT_FAILURE not in standing(session)

"""The other alerting kinds, each with what it is not."""

from fixloop.detect.stuck import ATTEMPTS
from fixloop_schemas.vocabulary import Kind
from tests.builders import Session, fold, kinds, latest


def found_kinds(session: Session) -> set[Kind]:
    """The kinds that stand in the end."""
    return {found.kind for found in latest(fold(session.events)[1]) if found.status == "open"}


def test_signature_cycle_counts_laps() -> None:
    """One test goes from one failure to another and back, never green: each further return is a lap."""
    session = Session()
    for text in ("one", "two", "one", "two", "one"):
        session.run(a="fail", failures={"a": text}).edit()
    (cycle,) = [found for found in latest(fold(session.events)[1]) if found.kind is Kind.SIGNATURE_CYCLE]
    assert (2, 2) == (cycle.laps, len(cycle.bugs))


def test_a_green_run_in_between_makes_it_a_reintroduction() -> None:
    """Once the test was green, its first failure's return is a reintroduction."""
    session = Session().run(a="fail", failures={"a": "one"}).edit().run(a="pass")
    session.edit().run(a="fail", failures={"a": "one"})
    assert {Kind.REINTRODUCTION} == found_kinds(session)


def test_stuck_after_many_attempts() -> None:
    """The same bug after that many runs with a product edit before each is stuck; one fewer is not."""
    session = Session().run(a="fail")
    for _ in range(ATTEMPTS - 1):
        session.edit().run(a="fail")
    assert set() == found_kinds(session)
    assert {Kind.STUCK} == found_kinds(session.edit().run(a="fail"))


def test_repeated_runs_are_no_attempts() -> None:
    """Running again without an edit tries nothing."""
    session = Session().run(a="fail")
    for _ in range(ATTEMPTS * 2):
        session.run(a="fail")
    assert set() == found_kinds(session)


def test_stuck_grows_with_more_attempts() -> None:
    """As many attempts again are a new version, and a surer one."""
    session = Session().run(a="fail")
    for _ in range(ATTEMPTS * 2):
        session.edit().run(a="fail")
    first, second = [found for found in fold(session.events)[1] if found.kind is Kind.STUCK]
    assert first.detection_id == second.detection_id
    assert first.confidence < second.confidence


def test_green_by_editing_the_test_alone() -> None:
    """A test that was red from the start, resisted a product edit, and is green after an edit of itself was gamed."""
    session = Session().run(a="fail").edit().run(a="fail").edit("tests/test_a.py").run(a="pass")
    (found,) = latest(fold(session.events)[1])
    assert (Kind.GAMED_FIX, True) == (found.kind, found.confidence > 0.6)


def test_skipping_a_red_test_is_gamed() -> None:
    """Red, then skipped after an edit of the test alone."""
    assert {Kind.GAMED_FIX} == found_kinds(Session().run(a="fail").edit("tests/test_a.py").run(a="skip"))


def test_deleting_a_red_test_is_gamed() -> None:
    """A run of the same scope that names every test does not have it any more, since a test was edited."""
    session = (
        Session().run(a="fail", b="pass", complete=True).edit("tests/test_a.py").run(b="pass", complete=True)
    )
    assert {Kind.GAMED_FIX} == found_kinds(session)


def test_a_run_that_does_not_name_all_proves_no_deletion() -> None:
    """Absence says nothing where names may be missing."""
    session = Session().run(a="fail", b="pass").edit("tests/test_a.py").run(b="pass")
    assert set() == found_kinds(session)


def test_an_expectation_that_follows_the_product() -> None:
    """The product was changed, the old expectation failed, and was edited: churn, and no game."""
    session = Session().run(a="pass").edit().run(a="fail").edit("tests/test_a.py").run(a="pass")
    assert {Kind.EXPECTATION_CHURN} == found_kinds(session)


def test_an_edit_that_takes_the_fix_out() -> None:
    """When work goes on without the fix, and nobody ran the test, the edit itself says that the fix was reversed."""
    session = Session().run(a="fail").edit(before="0", after="1").run(a="pass").edit(before="1", after="0")
    assert set() == found_kinds(session)
    assert {Kind.EDIT_REVERSAL} == found_kinds(session.edit("src/other.py"))


def test_a_reversal_that_is_put_back_is_none() -> None:
    """Taken out and put back before anything else: nothing was reversed."""
    session = Session().run(a="fail").edit(before="0", after="1").run(a="pass")
    session.edit(before="1", after="0").edit(before="0", after="1").edit("src/other.py")
    assert set() == found_kinds(session)


def test_going_on_to_new_text_is_no_reversal() -> None:
    """A, B, C, D: each edit replaces the text, and none returns to an earlier one."""
    session = Session().run(a="fail").edit(before="0", after="1").run(a="pass")
    session.edit(before="1", after="2").edit(before="2", after="3").edit("src/other.py")
    assert set() == found_kinds(session)


def test_most_of_the_lines_of_a_fix() -> None:
    """An edit that takes out most of a fix's lines, and puts nothing new in their place, reverses it."""
    lines = [f"line {number}" for number in range(10)]
    session = Session().run(a="fail").edit(add=lines).run(a="pass")
    session.edit(remove=lines[:8]).edit("src/other.py")
    assert {Kind.EDIT_REVERSAL} == found_kinds(session)


def test_replacing_a_fix_goes_on_from_it() -> None:
    """An edit that puts new lines in the place of a fix's is the next step, and no reversal."""
    lines = [f"line {number}" for number in range(10)]
    session = Session().run(a="fail").edit(add=lines).run(a="pass")
    session.edit(remove=lines, add=[f"new {number}" for number in range(10)]).edit("src/other.py")
    assert set() == found_kinds(session)


def test_the_same_edit_made_twice() -> None:
    """The fix is back in place by the very same edit, after the bug had returned: it had been lost."""
    session = Session().run(a="fail").edit(change_digest="c" * 32).run(a="pass").edit("src/other.py")
    session.run(a="fail").edit(change_digest="c" * 32)
    assert {Kind.REINTRODUCTION, Kind.LOST_FIX} == found_kinds(session)


def test_the_same_texts_are_the_same_edit() -> None:
    """Where the change's own digest differs, the same text before and after says as much."""
    session = Session().run(a="fail").edit(before="0", after="1", change_digest="c" * 32).run(a="pass")
    session.edit("src/other.py").run(a="fail").edit(before="0", after="1", change_digest="d" * 32)
    assert {Kind.REINTRODUCTION, Kind.LOST_FIX} == found_kinds(session)


def test_most_of_a_run_fails_at_once() -> None:
    """A broken host or build moves no bug: nothing opens, nothing is fixed when it is over."""
    green = {f"t{number}": "pass" for number in range(20)}
    red = dict.fromkeys(green, "fail")
    session = Session().run(green).edit().run(red).edit().run(green).edit().run(red)
    assert {Kind.INFRASTRUCTURE} == found_kinds(session)


def test_edits_that_move_other_bugs_are_no_attempts() -> None:
    """A bug that stays red while others are fixed is not one that resists."""
    names = [f"b{number}" for number in range(ATTEMPTS * 2)]
    outcomes = {"a": "fail", **dict.fromkeys(names, "fail")}
    session = Session().run(outcomes)
    for name in names:
        outcomes[name] = "pass"
        session.edit().run(outcomes)
    assert Kind.STUCK not in found_kinds(session)


def test_a_failure_of_the_host() -> None:
    """What fails in the host, and outlasts edits of the product, is its environment."""
    session = Session().run(a="fail", error_type="OSError").edit().run(a="fail", error_type="OSError")
    assert {Kind.ENVIRONMENT} == found_kinds(session)


def test_an_existing_test_that_asks_for_something_else() -> None:
    """A test that had been green, is edited alone, and then followed by the product: what is asked for changed."""
    session = Session().run(a="pass").edit("tests/test_a.py").run(a="fail").edit().run(a="pass")
    session.edit("tests/test_a.py").run(a="fail").edit().run(a="pass")
    assert {Kind.REQUIREMENT_CHANGE} == found_kinds(session)


def test_taking_a_fix_out_to_fix_another_is_no_check() -> None:
    """Where the same edit mends something else, nobody was checking."""
    session = Session().run(a="fail", b="fail").edit(before="0", after="1").run(a="pass", b="fail")
    session.edit(before="1", after="0").run(a="fail", b="pass")
    assert Kind.REINTRODUCTION in found_kinds(session)


def test_attempts_from_a_fresh_tree() -> None:
    """Each attempt starts from a workspace that was set back: what fails again was not broken again."""
    session = Session().run(a="fail").edit().run(a="pass").restore().edit("src/other.py").run(a="fail")
    assert {Kind.INDEPENDENT_ATTEMPTS} == found_kinds(session)


def test_back_to_the_failures_of_the_start() -> None:
    """What had broken since is repaired, and what fails is what failed before the first edit."""
    session = Session().run(old="fail", b="pass").edit().run(old="fail", b="fail")
    session.edit().run(old="fail", b="pass")
    assert {Kind.FIRST_REGRESSION, Kind.PREEXISTING} == found_kinds(session)


def test_retries_inside_a_run() -> None:
    """Red and green inside one run is flaky, whatever the last attempt was."""
    session = Session().run(a="pass", attempts={"a": ("fail", "pass")})
    assert {Kind.FLAKY} == found_kinds(session)


def test_an_ordinary_session() -> None:
    """Red, fixed, green, committed: nothing to say."""
    session = Session().started().run(a="fail", b="pass").edit().run(a="pass", b="pass").commit().ended()
    assert [] == kinds(fold(session.events)[1])


def test_a_renamed_test_keeps_its_history() -> None:
    """The fixed bug is back under another name, and the old name does not run any more."""
    session = Session().run({"old": "fail"}, failures={"old": "boom"}).edit(add=["x"]).run({"old": "pass"})
    session.edit("tests/test_a.py").edit(remove=["x"], add=["y"]).run(
        {"new": "fail"}, failures={"new": "boom"}
    )
    assert Kind.REINTRODUCTION in found_kinds(session)


def test_a_renamed_test_that_was_green_meanwhile() -> None:
    """Under its new name it passed first; the bug that comes back is still the old one."""
    session = Session().run({"old": "fail"}, failures={"old": "boom"}).edit(add=["x"]).run({"old": "pass"})
    session.edit("tests/test_a.py").run({"new": "pass"}).edit(remove=["x"], add=["y"])
    session.run({"new": "fail"}, failures={"new": "boom"})
    assert Kind.REINTRODUCTION in found_kinds(session)


def test_two_tests_that_fail_alike_are_two() -> None:
    """While the old name still runs, a new test with the same failure is another one."""
    session = Session().run({"old": "fail"}, failures={"old": "boom"}).edit(add=["x"]).run({"old": "pass"})
    session.edit("tests/test_a.py").edit(remove=["x"], add=["y"])
    session.run({"old": "pass", "new": "fail"}, failures={"new": "boom"})
    assert Kind.REINTRODUCTION not in found_kinds(session)

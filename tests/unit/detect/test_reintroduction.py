"""A fixed bug comes back."""

from fixloop_schemas.vocabulary import DetectionStatus, Kind, Level
from tests.builders import Session, fold, kinds, latest


def returned() -> Session:
    """A test fails, is fixed, and fails again after another product edit."""
    session = Session().started().run(a="fail", b="fail")
    session.edit(add=["guard"]).run(a="pass", b="fail")
    return session.edit(remove=["guard"], add=["other"]).run(a="fail", b="pass")


def test_names_the_fixing_and_the_breaking_edit() -> None:
    """A reintroduction names the runs, the edit that fixed, the edit that broke, and the lines they share."""
    session = returned()
    _, versions = fold(session.events)
    (found,) = latest(versions)
    (back,) = found.returns
    assert Kind.REINTRODUCTION == found.kind
    assert ["a"] == [bug.test_case_name for bug in found.bugs]
    assert (session.events[4].id,) == back.fixing_edits
    assert (session.events[8].id,) == back.breaking_edits
    assert ("run-0", "run-1", "run-2") == (back.red_run, back.fixing_run, back.returning_run)
    assert 1 == back.shared_lines


def test_alerts_with_confidence_when_the_evidence_is_whole() -> None:
    """Same failure, lines of the fix taken out: well above the default threshold, with reasons in words."""
    (found,) = latest(fold(returned().events)[1])
    assert found.confidence > 0.9
    assert {"returned", "same_failure", "lines_taken_out"} == {reason.code for reason in found.reasons}


def test_is_given_at_the_run_that_shows_it() -> None:
    """The detection comes with the returning run's end, not with the session's."""
    events = returned().events
    assert [] == kinds(fold(events[:-1])[1])
    assert [(Kind.REINTRODUCTION, "open")] == kinds(fold(events)[1])


def test_first_failure_is_no_return() -> None:
    """Pass, edit, fail: something broke, and nothing that was fixed came back."""
    session = Session().run(a="pass").edit().run(a="fail").edit().run(a="pass")
    assert [(Kind.FIRST_REGRESSION, "open")] == kinds(fold(session.events)[1])


def test_going_away_without_a_product_edit_is_no_fix() -> None:
    """When only the test was edited, nothing was fixed, and nothing can come back."""
    session = Session().run(a="fail").edit("tests/test_a.py").run(a="pass").edit().run(a="fail")
    assert Kind.REINTRODUCTION not in {kind for kind, _ in kinds(fold(session.events)[1])}


def test_coming_back_after_a_test_edit_alone_is_no_return() -> None:
    """A test that was edited and is red again asks for something else: nothing came back."""
    session = Session().run(a="fail").edit().run(a="pass").edit("tests/test_a.py").run(a="fail")
    assert [(Kind.REQUIREMENT_CHANGE, "open")] == kinds(fold(session.events)[1])


def test_documentation_breaks_nothing() -> None:
    """Edits of prose and of scratch files are no product edits."""
    session = (
        Session().run(a="fail").edit().run(a="pass").edit("docs/x.md").edit("reproduce_it.py").run(a="fail")
    )
    assert [] == kinds(fold(session.events)[1])


def test_another_failure_of_the_same_test_is_another_bug() -> None:
    """One test that fails in two known ways is two bugs."""
    session = Session().run(a="fail", failures={"a": "one"}).edit().run(a="pass")
    session.edit().run(a="fail", failures={"a": "two"})
    assert [(Kind.DIFFERENT_FAILURE, "open")] == kinds(fold(session.events)[1])


def test_absent_is_not_passed() -> None:
    """A test that did not run was not fixed, so its failing later is no return."""
    session = Session().run(a="fail").edit().run(scope=["tests/test_b.py"], b="pass").edit().run(a="fail")
    assert [(Kind.DIFFERENT_SCOPE, "open")] == kinds(fold(session.events)[1])


def test_skip_says_nothing() -> None:
    """A skipped test neither passes nor fails."""
    session = Session().run(a="fail", b="fail").edit().run(a="skip", b="fail").edit().run(a="fail", b="fail")
    assert [] == kinds(fold(session.events)[1])


def test_groups_and_scripts_are_no_tests() -> None:
    """Package- and script-level outcomes move no bug."""
    session = Session()
    for outcome in ("fail", "pass", "fail"):
        session.run(a=outcome, level=Level.GROUP).edit()
    assert [] == kinds(fold(session.events)[1])


def test_an_inferred_pass_lowers_confidence() -> None:
    """What is deduced counts, and counts less."""

    def confidence(inferred: tuple[str, ...]) -> float:
        session = Session().run(a="fail").edit().run(a="pass", inferred=inferred).edit().run(a="fail")
        return latest(fold(session.events)[1])[0].confidence

    assert confidence(("a",)) < confidence(())


def test_bugs_that_return_together_are_one_detection() -> None:
    """One breaking edit is one reintroduction, of as many bugs as it brought back."""
    session = Session().run(a="fail", b="fail").edit().run(a="pass", b="pass").edit().run(a="fail", b="fail")
    (found,) = latest(fold(session.events)[1])
    assert ["a", "b"] == [bug.test_case_name for bug in found.bugs]


def test_a_second_return_is_a_new_version() -> None:
    """What comes back again grows the same detection."""
    session = (
        returned()
        .edit(add=["again"])
        .run(a="pass", b="pass")
        .edit(remove=["again"], add=["else"])
        .run(a="fail", b="pass")
    )
    found = [version for version in latest(fold(session.events)[1]) if version.kind is Kind.REINTRODUCTION]
    assert [(2, 2)] == [(version.detection_version, len(version.returns)) for version in found]


def test_displaced_and_back() -> None:
    """A bug that gave way to another failure of its test, and is back with no green run in between, is a cycle of signatures."""
    session = Session().run(a="fail", failures={"a": "one"}).edit().run(a="fail", failures={"a": "two"})
    session.edit().run(a="fail", failures={"a": "one"})
    assert [(Kind.SIGNATURE_CYCLE, "open")] == kinds(fold(session.events)[1])


def test_the_same_tree_is_the_same_code() -> None:
    """Equal tree digests mean that nothing changed, whatever was edited in between."""
    session = (
        Session().run(a="fail", tree="0").edit().run(a="pass", tree="1").edit().edit().run(a="fail", tree="1")
    )
    assert [(Kind.FLAKY, "open")] == kinds(fold(session.events)[1])


def test_a_crashed_run_counts_with_what_it_said() -> None:
    """Parts of a run that never finished count once its agent starts another, and what they leave out proves nothing."""
    session = (
        Session().run(a="fail", b="fail").edit().run(a="pass", crashed=True).edit().run(a="fail", b="fail")
    )
    (found,) = [each for each in latest(fold(session.events)[1]) if each.kind is Kind.REINTRODUCTION]
    assert ["a"] == [bug.test_case_name for bug in found.bugs]


def test_a_detection_carries_who_it_was() -> None:
    """Agent, model and repository of the event that led to it stand on the detection."""
    (found,) = latest(fold(returned().events)[1])
    assert ("claude-code", "model-x", "example/shop") == (
        found.gen_ai_agent_name,
        found.gen_ai_request_model,
        found.vcs_repository_name,
    )
    assert DetectionStatus.OPEN == found.status


def test_an_expectation_that_had_followed_a_product_edit() -> None:
    """A product edit broke it, the expectation was edited to agree, and the next product edit breaks it again."""
    session = Session().run(a="pass").edit().run(a="fail")
    session.edit("tests/test_a.py").edit().run(a="pass").edit().run(a="fail")
    assert Kind.EXPECTATION_CHURN in {kind for kind, _ in kinds(fold(session.events)[1])}
    assert Kind.REINTRODUCTION not in {kind for kind, _ in kinds(fold(session.events)[1])}


def test_a_fix_that_came_with_a_test() -> None:
    """A bug that was there from the start, fixed in product and tests at once, and broken elsewhere, did come back."""
    session = Session().run(a="fail").edit("src/one.py").edit("tests/test_b.py").run(a="pass")
    assert [(Kind.REINTRODUCTION, "open")] == kinds(fold(session.edit("src/two.py").run(a="fail").events)[1])


def test_a_test_that_asks_for_something_else() -> None:
    """A test was edited, and no edit touched the fix: the test is what changed."""
    session = Session().run(a="fail").edit("src/one.py").run(a="pass")
    session.edit("tests/test_a.py").edit("src/two.py").run(a="fail")
    assert [(Kind.REQUIREMENT_CHANGE, "open")] == kinds(fold(session.events)[1])


def test_a_new_test_that_is_extended() -> None:
    """In test-driven rounds the next red is expected, even where its first lines in the product touch the last round's."""
    session = Session().edit("tests/test_a.py").run(a="fail").edit(add=["one"]).run(a="pass")
    session.edit("tests/test_a.py").edit(add=["two", "three"], remove=["one"]).run(a="fail")
    assert [(Kind.TEST_IN_DEVELOPMENT, "open")] == kinds(fold(session.events)[1])

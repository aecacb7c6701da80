"""The outcome changed while the code state did not."""

from fixloop_schemas.vocabulary import Kind
from tests.builders import Session, fold, kinds, latest


def test_two_runs_of_the_same_code() -> None:
    """Pass and fail with no edit in between is flaky, in both directions."""
    assert [(Kind.FLAKY, "open")] == kinds(fold(Session().run(a="pass").run(a="fail").events)[1])
    assert [(Kind.FLAKY, "open")] == kinds(fold(Session().run(a="fail").run(a="pass").events)[1])


def test_a_return_without_an_edit_is_flaky() -> None:
    """Fixed, and red again with no edit: no reintroduction."""
    session = Session().run(a="fail").edit().run(a="pass").run(a="fail")
    assert [(Kind.FLAKY, "open")] == kinds(fold(session.events)[1])


def test_withdraws_what_the_flips_had_founded() -> None:
    """A reintroduction of a test that later proves flaky is withdrawn, in words."""
    session = Session().run(a="fail").edit().run(a="pass").edit().run(a="fail").run(a="pass")
    _, versions = fold(session.events)
    assert {(Kind.FLAKY, "open"), (Kind.REINTRODUCTION, "withdrawn")} == set(kinds(versions))
    (withdrawn,) = [found for found in latest(versions) if found.kind is Kind.REINTRODUCTION]
    assert "proved_flaky" == withdrawn.reasons[-1].code


def test_a_flaky_test_is_trusted_less_afterwards() -> None:
    """A return of a test that has flipped before stays below the default threshold."""
    session = Session().run(a="fail").run(a="pass").run(a="fail").edit().run(a="pass").edit().run(a="fail")
    (found,) = [
        detection for detection in latest(fold(session.events)[1]) if detection.kind is Kind.REINTRODUCTION
    ]
    assert found.confidence < 0.6


def test_an_unobserved_edit_is_never_flaky() -> None:
    """A file that changed behind the editor's back explains the flip: the fix went away, so the bug was reintroduced."""
    session = Session().run(a="fail").edit(before="0", after="1").run(a="pass").run(a="fail")
    session.edit(before="0", after="2").run(a="pass")
    assert {(Kind.FLAKY, "withdrawn"), (Kind.REINTRODUCTION, "open")} == set(kinds(fold(session.events)[1]))


def test_an_unobserved_edit_that_is_undone_at_once_is_a_check() -> None:
    """The fix was taken out behind the editor's back and the same text put back: nothing alerts."""
    session = Session().run(a="fail").edit(before="0", after="1").run(a="pass").run(a="fail")
    session.edit(before="0", after="1").run(a="pass")
    assert {(Kind.FLAKY, "withdrawn"), (Kind.RESTORE_CHECK, "open")} == set(kinds(fold(session.events)[1]))


def test_an_unobserved_edit_of_another_file_explains_nothing() -> None:
    """A return without an edit stays flaky when what changed unobserved is no file of the fix."""
    session = Session().edit("src/other.py", before="a", after="b").run(a="fail").edit(before="0", after="1")
    session.run(a="pass").run(a="fail").edit("src/other.py", before="c", after="d")
    assert [(Kind.FLAKY, "open")] == kinds(fold(session.events)[1])


def test_green_and_red_inside_one_run() -> None:
    """Retries of one test that end in another outcome each are flaky, whatever they end in."""
    for last in ("pass", "fail"):
        session = Session().run(a=last, attempts={"a": ["fail", "pass", last]})
        assert [(Kind.FLAKY, "open")] == kinds(fold(session.events)[1])


def test_two_scopes_of_the_same_code() -> None:
    """Red alone and green among others, with the same code: the test depends on the order."""
    session = Session().edit().run({"a": "fail"}, scope=["a"]).run(a="pass", b="pass")
    assert [(Kind.FLAKY, "open")] == kinds(fold(session.events)[1])

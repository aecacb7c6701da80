"""Groups of tests that could not be built or loaded: told as what they are, and never as a bug that came back."""

from fixloop_schemas.vocabulary import Kind, Level
from tests.builders import Session, fold, latest


def standing(session: Session) -> list[Kind]:
    """The kinds that stand in the end."""
    return [found.kind for found in latest(fold(session.events)[1]) if found.status == "open"]


def unbuilt(session: Session) -> Session:
    """A run that could not build a package."""
    return session.run({"pkg/shop": "fail"}, level=Level.GROUP, error_type="build failed")


def test_a_build_that_fails_since_an_edit() -> None:
    """Built before, not any more: a failure of another sort, told once however often it happens."""
    session = unbuilt(Session().run(a="pass").edit()).edit().run(a="pass").edit()
    assert [Kind.DIFFERENT_FAILURE] == standing(unbuilt(session))


def test_a_file_that_cannot_be_loaded() -> None:
    """A collection error is told of the file, with no failure of a test."""
    session = Session().run(a="pass").edit().run({"tests/test_a.py": "error"}, level=Level.GROUP)
    assert [Kind.DIFFERENT_FAILURE] == standing(session)


def test_a_group_that_merely_failed_says_nothing() -> None:
    """A package is red when one of its tests is: the test tells, the package does not."""
    session = Session().run(a="pass").edit().run({"pkg/shop": "fail"}, level=Level.GROUP)
    assert [] == standing(session)


def test_what_was_never_built_is_no_other_failure() -> None:
    """The first run could not build it either, nor could another run of the same code."""
    assert [] == standing(unbuilt(unbuilt(Session()).edit()))
    assert [] == standing(unbuilt(Session().run(a="pass")))


def test_it_fixes_and_breaks_nothing() -> None:
    """Absent is not passed: what could not be loaded was neither fixed nor broken, and red again it is still the same."""
    session = Session().run(a="fail").edit()
    session = unbuilt(session).edit().run(a="fail")
    assert [Kind.DIFFERENT_FAILURE] == standing(session)
    state, _ = fold(session.events)
    assert ["a"] == list(state.tests)

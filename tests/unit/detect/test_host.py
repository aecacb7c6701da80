"""Failures of the host: the environment, and runs that fail as a whole."""

import pytest

from fixloop_schemas.vocabulary import Kind
from tests.builders import Session, fold, latest


def found_kinds(session: Session) -> set[Kind]:
    """The kinds that stand in the end."""
    return {found.kind for found in latest(fold(session.events)[1]) if found.status == "open"}


def test_one_sight_is_not_enough() -> None:
    """A single run with such a failure may be of the product's own making."""
    assert set() == found_kinds(Session().run(a="error", error_type="OSError").edit())


def test_it_stays_whatever_is_edited() -> None:
    """Seen again, with or without edits of the product in between."""
    session = Session().run(a="error", error_type="OSError").edit("tests/test_b.py")
    assert {Kind.ENVIRONMENT} == found_kinds(session.run(a="error", error_type="OSError"))


def test_it_comes_and_goes_by_itself() -> None:
    """What flips without an edit and fails in the host is the host's doing, beside being flaky."""
    session = Session().run(a="error", error_type="ConnectionRefusedError").run(a="pass")
    assert {Kind.ENVIRONMENT, Kind.FLAKY} == found_kinds(session)


def test_it_comes_and_goes_with_edits() -> None:
    """Edits in between make no regression of it."""
    session = Session().run(a="pass").edit().run(a="error", error_type="ConnectionRefusedError")
    assert {Kind.ENVIRONMENT} == found_kinds(session.edit().run(a="pass"))


def test_a_fix_whose_lines_are_taken_out_is_no_matter_of_the_host() -> None:
    """An error of the operating system may be of the product's own making: the lines say so."""
    session = Session().run(a="error", error_type="OSError").edit(add=["guard"]).run(a="pass")
    session.edit(remove=["guard"], add=["other"]).run(a="error", error_type="OSError")
    assert Kind.REINTRODUCTION in found_kinds(session)


@pytest.mark.parametrize(("count", "kind"), [(3, Kind.INFRASTRUCTURE), (2, Kind.ENVIRONMENT)])
def test_a_small_run_that_fails_in_the_host_as_a_whole(count: int, kind: Kind) -> None:
    """Of three tests it can be said when all of them fail in the host; of two it cannot."""
    green = {f"t{number}": "pass" for number in range(count)}
    red = dict.fromkeys(green, "error")
    session = Session().run(green).edit().run(red, error_type="ConnectionRefusedError").edit().run(green)
    assert {kind} == found_kinds(session)


def test_a_small_run_that_fails_by_itself_is_no_infrastructure() -> None:
    """Few tests that fail in their own ways are broken by the code."""
    green = {f"t{number}": "pass" for number in range(5)}
    session = Session().run(green).edit().run(dict.fromkeys(green, "fail")).edit().run(green)
    assert {Kind.FIRST_REGRESSION} == found_kinds(session)


def test_what_fails_in_the_host_together_is_told_once() -> None:
    """One cause, however many tests it hits."""
    red = {"a": "error", "b": "error"}
    session = Session().run(red, error_type="OSError").edit().run(red, error_type="OSError")
    (found,) = latest(fold(session.events)[1])
    assert (Kind.ENVIRONMENT, 2) == (found.kind, len(found.bugs))


MANY = dict.fromkeys((f"t{number}" for number in range(28)), "pass")


def recovered(count: int = 28) -> Session:
    """All tests but some are red in the first run, and green in the next, with no edit in between."""
    red = {name: "fail" if number < count else "pass" for number, name in enumerate(MANY)}
    return Session().edit().run(red).run(MANY)


def test_what_recovers_at_once_was_the_host() -> None:
    """Nothing was edited: told once, of the host, and of no test that it is flaky."""
    (found,) = latest(fold(recovered().events)[1])
    assert (Kind.INFRASTRUCTURE, 28) == (found.kind, len(found.bugs))


def test_a_few_that_recover_are_flaky() -> None:
    """Of half a run nobody can say that it was the host."""
    assert {Kind.FLAKY} == found_kinds(recovered(14))


def test_a_return_after_the_host_recovered() -> None:
    """The tests carry no mark of it: what is fixed and comes back is trusted as ever."""
    session = recovered().edit(add=["bug"]).run({**MANY, "t3": "fail"}, failures={"t3": "z"})
    session.edit(add=["fix"]).run(MANY).edit(remove=["fix"], add=["other"])
    session.run({**MANY, "t3": "fail"}, failures={"t3": "z"})
    (found,) = [each for each in latest(fold(session.events)[1]) if each.kind is Kind.REINTRODUCTION]
    assert found.confidence > 0.9

"""Tests that got other parameters, or were moved: their history goes on under the new name, where nothing else can be meant."""

from collections.abc import Iterable

import pytest

from fixloop_schemas.vocabulary import Kind
from tests.builders import Session, fold, latest


def standing(session: Session) -> set[Kind]:
    """The kinds that stand in the end."""
    return {found.kind for found in latest(fold(session.events)[1]) if found.status == "open"}


def fixed_then(old: str, new: Iterable[str], path: str = "tests/test_a.py") -> Session:
    """A test is fixed, then gone; others are in its place, and red after an edit of the product, with messages that were cut."""
    names = list(new)
    session = Session().run({old: "fail", "z": "pass"}).edit().run({old: "pass", "z": "pass"})
    session.edit(path).run({**dict.fromkeys(names, "pass"), "z": "pass"})
    session.edit()
    return session.run({**dict.fromkeys(names, "fail"), "z": "pass"}, cut=names)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tests/test_a.py::test_x[1]", "tests/test_a.py::test_x[one]"),
        ("tests/test_a.py::test_x", "tests/test_a.py::test_x[1]"),
        ("tests/test_a.py::test_x", "tests/test_b.py::test_x"),
        ("src/a.test.ts > adds numbers", "src/b.test.ts > adds numbers"),
    ],
)
def test_other_parameters_or_another_place(old: str, new: str) -> None:
    """The fixed bug is back under the name that took the old one's place."""
    assert Kind.REINTRODUCTION in standing(fixed_then(old, [new]))


def test_two_that_could_be_meant() -> None:
    """One parametrised test became two: neither is taken for it."""
    session = fixed_then("t.py::test_x[1]", ["t.py::test_x[2]", "t.py::test_x[3]"])
    assert Kind.REINTRODUCTION not in standing(session)


def test_without_an_edit_of_a_test_nothing_was_renamed() -> None:
    """A name that is new though no test was edited is another test that this run happens to have."""
    session = fixed_then("tests/test_a.py::test_x", ["tests/test_b.py::test_x"], path="src/other.py")
    assert Kind.REINTRODUCTION not in standing(session)


def test_a_narrower_run_renames_nothing() -> None:
    """The run was asked for another file: that a test of the same name is in it says nothing of the first."""
    session = Session().run({"a.py::test_x": "fail"}).edit("tests/test_b.py")
    session.run({"b.py::test_x": "pass"}, scope=["b.py"])
    assert set() == standing(session)


def test_a_red_test_that_was_renamed_is_not_deleted() -> None:
    """It is red under its new name: nobody got rid of it."""
    session = Session().run({"t.py::test_x[1]": "fail", "z": "pass"}, complete=True).edit("tests/test_a.py")
    session.run(
        {"t.py::test_x[2]": "fail", "z": "pass"}, complete=True, failures={"t.py::test_x[2]": "other"}
    )
    assert Kind.GAMED_FIX not in standing(session)

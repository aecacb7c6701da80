"""Edits that take a fix out, and what runs say of that later."""

from fixloop_schemas.vocabulary import Kind
from tests.builders import Session, fold, kinds


def test_back_to_the_lines_before_the_first_attempt() -> None:
    """Lines that an earlier attempt had replaced are not new: the edit goes back, and not on."""
    session = Session().run(a="fail").edit(add=["try 1"], remove=["old 1", "old 2"]).run(a="fail")
    session.edit(add=["new 1", "new 2"], remove=["try 1"]).run(a="pass")
    session.edit(add=["old 1", "old 2"], remove=["new 1", "new 2"]).edit("src/other.py")
    assert [(Kind.EDIT_REVERSAL, "open")] == kinds(fold(session.events)[1])


def test_a_run_that_looks_and_finds_nothing() -> None:
    """The lines of the fix are out, and the test is green: what replaced them does as well."""
    session = Session().run(a="fail").edit(add=["new"]).run(a="pass").edit(remove=["new"])
    session.edit("src/other.py").run(a="pass")
    assert [(Kind.EDIT_REVERSAL, "withdrawn")] == kinds(fold(session.events)[1])


def test_what_the_host_did_is_no_fix() -> None:
    """A failure of the host that went away was not fixed by what was edited meanwhile."""
    session = Session().run(a="fail", error_type="ConnectionError").edit(before="0", after="1").run(a="pass")
    session.edit(before="1", after="0").edit("src/other.py")
    assert Kind.EDIT_REVERSAL not in {kind for kind, _ in kinds(fold(session.events)[1])}

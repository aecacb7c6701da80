"""A look-alike that is left out: what it explained counts as a return."""

import pytest

from fixloop.workers.folding import empty
from fixloop_schemas.vocabulary import Kind, Outcome
from tests.builders import Session, fold, kinds

MANY = tuple(f"test_{number}" for number in range(12))


def outcomes(outcome: Outcome) -> dict[str, str]:
    """All of many tests at once."""
    return dict.fromkeys(MANY, outcome.value)


def flipped() -> Session:
    """Fixed, and red again with the same code."""
    return Session().run(a="fail").edit().run(a="pass").run(a="fail")


def checked() -> Session:
    """The fix is taken out, and put back."""
    session = Session().run(a="fail").edit(before="1", after="2").run(a="pass")
    return session.edit(before="2", after="1").run(a="fail").edit(before="1", after="2")


def asked_for_something_else() -> Session:
    """Red again after the test alone was edited."""
    return Session().run(a="fail").edit().run(a="pass").edit("tests/test_a.py").run(a="fail")


def developed() -> Session:
    """A new test is extended once it is green."""
    session = Session().edit("tests/test_a.py").run(a="fail").edit().run(a="pass")
    return session.edit("tests/test_a.py").run(a="fail")


def followed() -> Session:
    """The expectation follows each change of the product."""
    session = Session().run(a="fail").edit("src/a.py").edit("tests/test_a.py").run(a="pass")
    return session.edit("src/b.py").edit("tests/test_a.py").run(a="fail")


def failed_otherwise() -> Session:
    """The second failure is another one."""
    session = Session().run(a="fail", failures={"a": "one"}).edit().run(a="pass")
    return session.edit().run(a="fail", failures={"a": "two"})


def ran_something_else() -> Session:
    """Another selection is green in between."""
    return (
        Session()
        .run(a="fail", scope=["a"])
        .edit()
        .run(b="pass", scope=["b"])
        .edit()
        .run(a="fail", scope=["a"])
    )


def unreachable() -> Session:
    """It fails in the host."""
    session = Session().run(a="fail", error_type="ConnectionError").edit("src/a.py").run(a="pass")
    return session.edit("src/b.py").run(a="fail", error_type="ConnectionError")


def attempted_anew() -> Session:
    """The workspace is set back as a whole, and another attempt made."""
    session = Session().run(a="fail").edit("src/a.py").run(a="pass").restore()
    return session.edit("src/b.py").run(a="fail")


def failed_at_once() -> Session:
    """Everything fails, is green, and everything fails again."""
    session = Session().run(outcomes(Outcome.PASS)).edit().run(outcomes(Outcome.FAIL))
    session.edit().run(outcomes(Outcome.PASS))
    return session.edit().run(outcomes(Outcome.FAIL))


@pytest.mark.parametrize(
    ("session", "kind"),
    [
        (flipped(), Kind.FLAKY),
        (checked(), Kind.RESTORE_CHECK),
        (asked_for_something_else(), Kind.REQUIREMENT_CHANGE),
        (developed(), Kind.TEST_IN_DEVELOPMENT),
        (followed(), Kind.EXPECTATION_CHURN),
        (failed_otherwise(), Kind.DIFFERENT_FAILURE),
        (ran_something_else(), Kind.DIFFERENT_SCOPE),
        (unreachable(), Kind.ENVIRONMENT),
        (attempted_anew(), Kind.INDEPENDENT_ATTEMPTS),
        (failed_at_once(), Kind.INFRASTRUCTURE),
    ],
    ids=lambda each: each.value if isinstance(each, Kind) else "",
)
def test_what_a_look_alike_explained_counts_as_a_return(session: Session, kind: Kind) -> None:
    """With all of them no reintroduction is said; without the one that explains it, one is."""
    _, with_all = fold(session.events)
    _, without = fold(session.events, empty("session-1", (kind,)))
    assert Kind.REINTRODUCTION not in {found for found, _ in kinds(with_all)}
    assert Kind.REINTRODUCTION in {found for found, _ in kinds(without)}

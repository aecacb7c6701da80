"""A failure whose message was cut may be any failure of its test, but for what is known of it."""

from fixloop_schemas.vocabulary import Kind
from tests.builders import Session, fold, kinds, latest


def test_a_cut_failure_of_another_type_is_another() -> None:
    """The type outlives the cut: an import error is not the assertion that was fixed."""
    session = Session().run(a="fail").edit().run(a="pass").edit()
    session.run(a="fail", cut=["a"], failures={"a": "?"}, error_type="ImportError")
    assert Kind.REINTRODUCTION not in {kind for kind, _ in kinds(fold(session.events)[1])}


def test_a_cut_failure_of_the_same_type_may_be_the_same() -> None:
    """Where nothing speaks against it, it counts as the old one, for less."""
    session = Session().run(a="fail").edit().run(a="pass").edit()
    (whole,) = latest(fold(Session().run(a="fail").edit().run(a="pass").edit().run(a="fail").events)[1])
    (cut,) = latest(fold(session.run(a="fail", cut=["a"], failures={"a": "?"}).events)[1])
    assert "failure_not_known" in {reason.code for reason in cut.reasons}
    assert cut.confidence < whole.confidence


def test_a_bug_takes_over_the_whole_failure() -> None:
    """First seen cut, then whole: from then on another whole failure is another bug, and the old one keeps its id."""
    session = Session().run(a="fail", cut=["a"], failures={"a": "?"})
    before = fold(session.events)[0].tests["a"].bugs[0]
    session.run(a="fail").edit().run(a="pass").edit()
    state, versions = fold(session.run(a="fail", failures={"a": "else"}).events)
    assert Kind.REINTRODUCTION not in {kind for kind, _ in kinds(versions)}
    known, other = sorted(state.tests["a"].bugs, key=lambda bug: bug.open)
    assert (before.bug_id, True) == (known.bug_id, known.failure.complete)
    assert other.failure.digest != known.failure.digest


def test_a_failure_of_the_host_displaces_nothing() -> None:
    """While the host fails, it is not known whether the old failure is there: no cycle of signatures."""
    session = (
        Session().run(a="fail").edit().run(a="fail", failures={"a": "host"}, error_type="ConnectionError")
    )
    session.edit().run(a="fail")
    assert Kind.SIGNATURE_CYCLE not in {kind for kind, _ in kinds(fold(session.events)[1])}

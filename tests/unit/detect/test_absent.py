"""Absent is never a pass: of a test that a run did not name, the run says nothing, for whatever reason it did not."""

import pytest

from fixloop_schemas.vocabulary import Kind, Level
from tests.builders import Session, fold, latest


def alerts(session: Session) -> list[Kind]:
    """The kinds that alert."""
    return [found.kind for found in latest(fold(session.events)[1]) if found.kind.alerting]


def crashed(session: Session) -> Session:
    """A run that never ended by itself."""
    return session.run(b="pass", crashed=True)


def filtered(session: Session) -> Session:
    """A run of something else."""
    return session.run(b="pass", scope=["b"])


def not_loaded(session: Session) -> Session:
    """A run that could not load the test's file."""
    return session.run({"tests/test_a.py": "error"}, level=Level.GROUP)


def beside(session: Session) -> Session:
    """Runs of two sub-agents side by side, of which none has the test."""
    other = Session("other").run(b="pass", agent_id="one").run(c="pass", agent_id="two", scope=["c"])
    start = len(session.events)
    for run, of_other in (("x", (0, 3, 1, 4, 2, 5)),):
        for index in of_other:
            event = other.events[index]
            seq = start + of_other.index(index)
            data = {"session_id": session.session_id, "seq": seq, "run_id": f"{event.data.run_id}-{run}"}  # type: ignore[attr-defined]
            session.events.append(event.model_copy(update={"data": event.data.model_copy(update=data)}))
    return session


def skipped(session: Session) -> Session:
    """A run in which it was skipped."""
    return session.run(a="skip", b="pass")


@pytest.mark.parametrize("without", [crashed, filtered, not_loaded, beside, skipped])
def test_a_run_without_the_test_fixes_nothing(without: object) -> None:
    """Red, edited, not run, edited, red: the bug was there all along, and nothing came back."""
    assert callable(without)
    session = Session().run(a="fail", b="pass").edit()
    without(session)
    session.edit().run(a="fail", b="pass")
    (bug,) = fold(session.events)[0].tests["a"].bugs
    assert ([], 0, True) == (alerts(session), bug.returns, bug.open)


def test_a_retry_that_passed_is_no_fix() -> None:
    """Red and green inside one run is flaky: nothing was fixed by the edit before it."""
    session = Session().run(a="fail").edit().run(a="pass", attempts={"a": ("fail", "pass")})
    session.edit().run(a="fail")
    found = latest(fold(session.events)[1])
    assert not any(each.kind.alerting and each.confidence >= 0.6 and each.status == "open" for each in found)
    assert Kind.FLAKY in {each.kind for each in found}

"""Reports to outcomes: phases, retries, subtests and repeats."""

from types import SimpleNamespace
from typing import Any

import pytest

from fixloop.emit.pytest.cases import Case, green_test


def report(when: str, outcome: str, longrepr: str | None = None, **more: Any) -> Any:
    """One report of pytest."""
    return SimpleNamespace(when=when, outcome=outcome, longrepr=longrepr, duration=0.5, **more)


def case(*reports: Any) -> Case:
    """A test that these reports are of."""
    one = Case("t")
    for each in reports:
        one.add(each)
    return one


SETUP = report("setup", "passed")
CALL = report("call", "passed")
TEARDOWN = report("teardown", "passed")


def test_a_test_is_as_bad_as_its_worst_phase() -> None:
    """Red in the call is a failure, red around it an error; the first red phase keeps the word."""
    assert case(SETUP, CALL, TEARDOWN).verdict() == ("pass", None)
    assert case(SETUP, report("call", "failed", "x"), TEARDOWN).verdict() == ("fail", "x")
    assert case(report("setup", "failed", "x"), TEARDOWN).verdict() == ("error", "x")
    assert case(SETUP, CALL, report("teardown", "failed", "x")).verdict() == ("error", "x")
    both = case(SETUP, report("call", "failed", "x"), report("teardown", "failed", "y"))
    assert both.verdict() == ("fail", "x")
    assert case(SETUP, report("call", "skipped", "x"), TEARDOWN).verdict() == ("skip", None)


def test_a_test_that_was_stopped_before_its_call_has_no_outcome() -> None:
    """It did not run: it did not pass."""
    assert case(SETUP).verdict() is None


def test_retries_are_attempts_and_the_last_has_the_word() -> None:
    """pytest-rerunfailures reports an attempt that will be repeated as `rerun`."""
    retry = report("call", "rerun", "x")
    retried = case(SETUP, retry, SETUP, retry, SETUP, CALL, TEARDOWN)
    assert (retried.verdict(), retried.all_attempts()) == (("pass", None), ["fail", "fail", "pass"])
    assert case(SETUP, CALL, TEARDOWN).all_attempts() == []


def test_a_repeated_test_keeps_its_worst_word() -> None:
    """The same test twice in one run (`--dist=each`, kept duplicates)."""
    failed = report("call", "failed", "x")
    repeated = case(SETUP, failed, TEARDOWN, SETUP, CALL, TEARDOWN)
    assert (repeated.verdict(), repeated.all_attempts()) == (("fail", "x"), ["fail", "pass"])
    assert repeated.done


def test_a_crashed_worker_is_an_error_of_the_test_it_ran() -> None:
    """pytest-xdist reports it in a phase of its own, and nothing follows."""
    crashed = case(report("???", "failed", "worker crashed"))
    assert crashed.verdict() == ("error", "worker crashed")
    assert crashed.done
    assert crashed.crashed


def test_a_subtest_speaks_for_the_test_it_is_in() -> None:
    """A red one makes it red; a green or skipped one says nothing of the whole."""
    kind = type("SubtestReport", (SimpleNamespace,), {})
    red = kind(when="call", outcome="failed", longrepr="x", duration=0.1)
    skipped = kind(when="call", outcome="skipped", longrepr="x", duration=0.1)
    assert case(SETUP, red, CALL, TEARDOWN).verdict() == ("fail", "x")
    assert case(SETUP, skipped, CALL, TEARDOWN).verdict() == ("pass", None)


def phases(**of_the_call: Any) -> list[Any]:
    """The three reports of a green test, as pytest makes them."""
    told: dict[str, Any] = {
        "nodeid": "t",
        "location": ("t", 0, "t"),
        "keywords": {},
        "longrepr": None,
        "duration": 0.5,
    }
    green = [pytest.TestReport(outcome="passed", when=when, **told) for when in ("setup", "call", "teardown")]
    for name, value in of_the_call.items():
        setattr(green[1], name, value)
    return green


def test_three_green_phases_that_stand_together_are_a_pass() -> None:
    """Said at once, as it would be phase by phase."""
    reports = [*phases(), *phases()]
    slowly = case(*reports[:3])
    assert slowly.verdict() == ("pass", None)
    assert green_test(reports, 0) == green_test(reports, 3) == ("t", slowly.seconds)


@pytest.mark.parametrize(
    "told",
    [{"outcome": "failed"}, {"outcome": "rerun"}, {"nodeid": "u"}, {"duration": -0.1}, {"when": "setup"}],
)
def test_anything_else_is_looked_at_phase_by_phase(told: dict[str, Any]) -> None:
    """A phase that is not green, one of another test, a clock that was set back."""
    assert green_test(phases(**told), 0) is None


def test_a_test_that_is_not_over_is_looked_at_phase_by_phase() -> None:
    """Its last phase may come with the next reports; so may a subtest's, which is of a class of its own."""
    assert green_test(phases(), 1) is None
    assert green_test([*phases()[:2], SimpleNamespace(**vars(phases()[2]))], 0) is None

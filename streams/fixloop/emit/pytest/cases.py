"""Reports of pytest to outcomes of tests: three phases, retries, subtests and repeats become one word per test. Pure."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

PASS: Final = "pass"  # noqa: S105 -- an outcome, not a password
FAIL: Final = "fail"
ERROR: Final = "error"
SKIP: Final = "skip"
_RANK: Final = {PASS: 0, SKIP: 1, FAIL: 2, ERROR: 2}
_MAX_ATTEMPTS: Final = 100


class Case:
    """One test as far as its reports have come in."""

    __slots__ = ("_earlier", "attempts", "crashed", "done", "failure", "nodeid", "outcome", "seconds")

    def __init__(self, nodeid: str, attempts: tuple[str, ...] = ()) -> None:
        self.nodeid = nodeid
        self.outcome: str | None = None
        """Of this attempt; None before anything but green phases of it is known."""
        self.seconds = 0.0
        self.failure: Any = None
        """The `longrepr` of the first red phase."""
        self.crashed = False
        self.attempts = attempts
        """Earlier attempts in the same run."""
        self.done = False
        self._earlier: tuple[str, Any] | None = None
        """Word and `longrepr` of an earlier run of this test in the same run, when the test was repeated."""

    def add(self, report: Any) -> None:
        """Take in one more report of this test."""
        if self.done:
            self._again()
        duration = getattr(report, "duration", 0.0)
        if duration and duration > 0:
            self.seconds += duration
        if report.outcome == "passed":
            # What nearly every report says; a green setup or teardown says nothing of the test.
            if report.when == "call" and self.outcome is None and not _is_subtest(report):
                self.outcome = PASS
            self.done = report.when == "teardown"
            return
        if report.outcome == "rerun":
            self.attempts += (ERROR if report.when == "setup" else FAIL,)
            self.outcome, self.failure = None, None
            return
        outcome = _outcome(report)
        if outcome is not None and (self.outcome is None or _RANK[outcome] > _RANK[self.outcome]):
            self.outcome = outcome
            self.failure = report.longrepr if outcome in (FAIL, ERROR) else None
            self.crashed = report.when not in ("setup", "call", "teardown")
        self.done = report.when == "teardown" or self.crashed

    def verdict(self) -> tuple[str, Any] | None:
        """The outcome and, of a red one, its `longrepr`: the worst of a repeated test's; None when nothing is known."""
        now = (self.outcome, self.failure) if self.outcome else None
        if self._earlier is None:
            return now
        known = [one for one in (now, self._earlier) if one]
        return max(known, key=lambda one: _RANK[one[0]], default=None)

    def all_attempts(self) -> list[str]:
        """Every attempt in order with the last one; empty when there was only one."""
        last = [self.outcome] if self.outcome else []
        return [*self.attempts, *last][-_MAX_ATTEMPTS:] if self.attempts else []

    def _again(self) -> None:
        self._earlier = self.verdict()
        self.attempts += (self.outcome,) if self.outcome else ()
        self.outcome, self.failure, self.done = None, None, False


def green_test(reports: Sequence[Any], at: int) -> tuple[str, float] | None:
    """The id of a test whose three reports stand together and are green, as those of most tests do and are, and its seconds.

    None where one has to look closer.

    Args:
        reports: in the order in which they came in.
        at: where the test's first report stands.
    """
    if at + 2 >= len(reports):
        return None
    setup, call, teardown = reports[at], reports[at + 1], reports[at + 2]
    if not (type(setup) is type(call) is type(teardown) is pytest.TestReport):
        return None  # subtests, and what plugins make
    if not (setup.outcome == call.outcome == teardown.outcome == "passed"):
        return None
    if not (setup.when == "setup" and call.when == "call" and teardown.when == "teardown"):
        return None
    nodeid = setup.nodeid
    if call.nodeid != nodeid or teardown.nodeid != nodeid:
        return None
    if setup.duration < 0 or call.duration < 0 or teardown.duration < 0:
        return None
    return nodeid, setup.duration + call.duration + teardown.duration


def _outcome(report: Any) -> str | None:
    """What one phase says of its test; None when it says nothing yet."""
    if report.outcome == "failed":
        return FAIL if report.when == "call" else ERROR
    if report.outcome == "skipped":  # also an expected failure: it is neither green nor red
        return None if _is_subtest(report) else SKIP
    return None


def _is_subtest(report: Any) -> bool:
    """Reports of subtests have the id of the test they are in; the class is pytest's, or a plugin's in older versions."""
    return type(report).__name__ in ("SubtestReport", "SubTestReport")

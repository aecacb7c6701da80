"""Reports of pytest to outcomes of tests: three phases, retries, subtests and repeats become one word per test. Pure."""

from dataclasses import dataclass, field
from typing import Any, Final

PASS: Final = "pass"  # noqa: S105 -- an outcome, not a password
FAIL: Final = "fail"
ERROR: Final = "error"
SKIP: Final = "skip"
_RANK: Final = {PASS: 0, SKIP: 1, FAIL: 2, ERROR: 2}
_MAX_ATTEMPTS: Final = 100


@dataclass(slots=True)
class Case:
    """One test as far as its reports have come in."""

    nodeid: str
    outcome: str | None = None
    """Of this attempt; None before anything but green phases of it is known."""
    seconds: float = 0.0
    failure: Any = None
    """The `longrepr` of the first red phase."""
    crashed: bool = False
    attempts: list[str] = field(default_factory=list)
    """Earlier attempts in the same run."""
    done: bool = False
    _earlier: tuple[str, Any] | None = None
    """Word and `longrepr` of an earlier run of this test in the same run, when the test was repeated."""

    def add(self, report: Any) -> None:
        """Take in one more report of this test."""
        if self.done:
            self._again()
        self.seconds += max(float(getattr(report, "duration", 0.0) or 0.0), 0.0)
        if report.outcome == "rerun":
            self.attempts.append(ERROR if report.when == "setup" else FAIL)
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
        known = [one for one in (now, self._earlier) if one]
        return max(known, key=lambda one: _RANK[one[0]], default=None)

    def all_attempts(self) -> list[str]:
        """Every attempt in order with the last one; empty when there was only one."""
        last = [self.outcome] if self.outcome else []
        return [*self.attempts, *last][-_MAX_ATTEMPTS:] if self.attempts else []

    def _again(self) -> None:
        self._earlier = self.verdict()
        self.attempts += [self.outcome] if self.outcome else []
        self.outcome, self.failure, self.done = None, None, False


def _outcome(report: Any) -> str | None:
    """What one phase says of its test; None when it says nothing yet."""
    if report.outcome == "failed":
        return FAIL if report.when == "call" else ERROR
    if report.outcome == "skipped":  # also an expected failure: it is neither green nor red
        return None if _is_subtest(report) else SKIP
    if report.outcome == "passed" and report.when == "call" and not _is_subtest(report):
        return PASS
    return None


def _is_subtest(report: Any) -> bool:
    """Reports of subtests have the id of the test they are in; the class is pytest's, or a plugin's in older versions."""
    return type(report).__name__.lower() == "subtestreport"

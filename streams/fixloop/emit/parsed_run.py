"""A test run as it was read from a report or from what a runner printed, in the wire's words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fixloop_schemas.vocabulary import Level, Outcome, RunStatus, Scope

if TYPE_CHECKING:
    from fixloop_schemas.failures import (
        Failure,  # a hook that meets no test run need not know how failures are read
    )

_WORST_LAST: Final = (Outcome.SKIP, Outcome.PASS, Outcome.ERROR, Outcome.FAIL)


@dataclass(frozen=True, slots=True)
class Result:
    """What one test did, before anything of it is digested."""

    name: str
    outcome: Outcome
    level: Level = Level.CASE
    failure: "Failure | None" = None
    """Of a red one, where something is known of it."""
    inferred: bool = False
    """Deduced rather than reported."""
    duration: float | None = None
    """In seconds."""
    attempts: tuple[Outcome, ...] = ()
    """Retries in order with the last one; empty when there was one attempt. `outcome` is the last word."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What the runner counted, named or not."""

    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0

    @property
    def all(self) -> int:
        """How many tests there were."""
        return self.passed + self.failed + self.errors + self.skipped


@dataclass(frozen=True, slots=True)
class ParsedRun:
    """One run of tests."""

    framework: str
    results: tuple[Result, ...] = ()
    status: RunStatus = RunStatus.UNKNOWN
    totals: Totals | None = None
    runner: str | None = None
    """The program that was called."""
    scope: Scope = Scope.UNKNOWN
    selectors: tuple[str, ...] = ()
    doubtful: frozenset[str] = frozenset()
    """Of the selectors, those that may be something else, and are told as digests."""
    exit_code: int | None = None
    exit_code_reliable: bool = False
    results_complete: bool = False
    """Every test that ran is named in the results."""
    duration: float | None = None
    """In seconds."""
    time: str | None = None
    """When it began, RFC 3339 with a zone, where a report says so."""


def counted(results: Iterable[Result]) -> Totals:
    """How many tests the results name, by outcome."""
    outcomes = [result.outcome for result in results if result.level is Level.CASE]
    return Totals(
        outcomes.count(Outcome.PASS),
        outcomes.count(Outcome.FAIL),
        outcomes.count(Outcome.ERROR),
        outcomes.count(Outcome.SKIP),
    )


def status_of(totals: Totals, *, group_failed: bool = False) -> RunStatus:
    """How a run ended that counted so."""
    if totals.failed or totals.errors or group_failed:
        return RunStatus.FAILURE
    return RunStatus.SUCCESS if totals.passed else RunStatus.SKIPPED


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome of a test that ran several times on purpose: one failure is the word."""
    return max(outcomes, key=_WORST_LAST.index)

"""Most of a run fails at once: the host or the build, and no bug's state moves (Trunk drops uploads in which over 80 % fail)."""

from collections.abc import Mapping
from typing import Final

from fixloop.detect.facts import CaseOutcome, Failure
from fixloop.detect.host import of_the_host
from fixloop.detect.outcomes import bug_id
from fixloop.detect.state import NamedBug, OpenRun, TrackedTest
from fixloop_schemas.vocabulary import Outcome

MIN_RED: Final = 10
MIN_RED_IN_HOST: Final = 3
"""Of a smaller run nobody can say that most of it failed; of one that fails in the host as a whole, earlier."""
SHARE_RED: Final = 0.8
SHARE_WERE_GREEN: Final = 0.5
"""Of the tests that are red, how many were green when they were seen last: tests never seen may just be new."""


def is_infrastructure(run: OpenRun, tests: Mapping[str, TrackedTest]) -> bool:
    """Whether so much of a run fails at once that it says nothing about any one test."""
    failed = [case for case in run.cases if case.outcome.red]
    in_host = sum(case.failure is not None and of_the_host(case.failure) for case in failed)
    if len(failed) < (MIN_RED_IN_HOST if in_host >= SHARE_RED * len(failed) else MIN_RED):
        return False
    red = [case.test for case in failed]
    named = sum(case.outcome is Outcome.PASS for case in run.cases)
    green = named if run.passed is None else run.passed
    were_green = sum(test in tests and not tests[test].red for test in red)
    return len(red) >= SHARE_RED * (len(red) + green) and were_green >= SHARE_WERE_GREEN * len(red)


def named_bugs(cases: tuple[CaseOutcome, ...], repository: str | None) -> list[NamedBug]:
    """The run's failures, as a detection names them."""
    red = [(case.test, case.failure or Failure()) for case in cases if case.outcome.red]
    return [NamedBug(bug_id(repository, test, failure), test, failure) for test, failure in red]

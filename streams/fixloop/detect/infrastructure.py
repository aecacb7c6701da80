"""Most of a run fails at once: the host or the build, and no bug's state moves (Trunk drops uploads in which over 80 % fail)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from fixloop.detect.detections import Findings
from fixloop.detect.facts import CaseOutcome, Failure
from fixloop.detect.host import of_the_host
from fixloop.detect.outcomes import bug_id
from fixloop.detect.state import NamedBug, OpenRun, Reason, SessionState, TrackedTest
from fixloop_schemas.vocabulary import Kind, Outcome

MIN_RED: Final = 10
MIN_RED_IN_HOST: Final = 3
"""Of a smaller run nobody can say that most of it failed; of one that fails in the host as a whole, earlier."""
SHARE_RED: Final = 0.8
SHARE_WERE_GREEN: Final = 0.5
"""Of the tests that are red, how many were green when they were seen last: tests never seen may just be new."""


_RECOVERED = Reason(
    "recovered_at_once",
    "Most of a run went green while the code did not change: what was red was its host.",
    0.5,
)


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


def fold_recovery(state: SessionState, findings: Findings, run: OpenRun) -> SessionState:
    """The state without what an earlier run had shown, where most of this one was red then and is green on the same code.

    So many tests do not flip by themselves together: the host was not ready, and no test is flaky for it.
    """
    seen = [case for case in run.cases if case.outcome is not Outcome.SKIP]
    red = {
        case.test: state.tests[case.test]
        for case in seen
        if case.outcome is Outcome.PASS and case.test in state.tests and _red_in(state.tests[case.test], run)
    }
    if Kind.INFRASTRUCTURE in state.without or len(red) < max(MIN_RED, SHARE_RED * len(seen)):
        return state
    bugs = [bug for tracked in red.values() for bug in tracked.bugs if bug.open]
    findings.found(
        Kind.INFRASTRUCTURE, [NamedBug(bug.bug_id, bug.test, bug.failure) for bug in bugs], [], (_RECOVERED,)
    )
    gone = {bug.bug_id for bug in bugs}
    tests = dict(state.tests)
    for name, tracked in red.items():
        tests[name] = replace(tracked, red=False, bugs=tuple(bug for bug in tracked.bugs if not bug.open))
    baseline = tuple(bug_id for bug_id in state.baseline if bug_id not in gone)
    return replace(state, tests=tests, baseline=baseline)


def _red_in(tracked: TrackedTest, run: OpenRun) -> bool:
    """Whether a test is red since a run of the same code, and in no way in which it had been red before."""
    return tracked.red and all(
        bug.fix is None and bug.returns == 0 and bug.opened.code.same_as(run.code)
        for bug in tracked.bugs
        if bug.open
    )

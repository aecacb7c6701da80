"""A session read with some look-alikes left out: what they would have explained counts as genuine. Tells what each of them is worth.

The readings that judge a return one by one ask `SessionState.without` where they decide; here is what decides before there is a return.
"""

from collections.abc import Iterator, Sequence

from fixloop.detect.facts import CaseOutcome, Failure
from fixloop.detect.only_tests import by_tests_alone_kind
from fixloop.detect.outcomes import Flipped, RedAgain, Returned, Transition
from fixloop.detect.replacing import replace
from fixloop.detect.state import OpenRun, SessionState, Sighting
from fixloop.detect.windows import edits_between
from fixloop_schemas.vocabulary import Kind, Outcome


def as_shown(state: SessionState, run: OpenRun) -> OpenRun:
    """A run as it looks when all failures of a test are one (`different_failure`), or what did not run has passed (`different_scope`)."""
    if Kind.DIFFERENT_FAILURE in state.without:
        cases = tuple(replace(case, failure=Failure() if case.failure else None) for case in run.cases)
        run = replace(run, cases=cases)
    if Kind.DIFFERENT_SCOPE in state.without and not run.crashed:
        running = {case.test for case in run.cases}
        absent = [name for name, tracked in state.tests.items() if tracked.red and name not in running]
        run = replace(
            run,
            cases=(*run.cases, *(CaseOutcome(name, Outcome.PASS, inferred=True) for name in absent)),
        )
    return run


def also_returned(
    state: SessionState, sighting: Sighting, transitions: Sequence[Transition]
) -> Iterator[Returned]:
    """What counts as returned besides: flips of the same code, and what is red by edits to tests alone."""
    for change in transitions if state.without else ():
        match change:
            case Flipped(bug, fixed) if Kind.FLAKY in state.without and fixed and fixed.fix:
                yield Returned(
                    replace(bug, returns=bug.returns + 1),
                    fixed,
                    fixed.fix,
                    fixed.last_clear or fixed.fix.green,
                )
            case RedAgain(bug, fix, clear):
                edits = edits_between(state.edits, clear.code, sighting.code)
                if by_tests_alone_kind(state.tests[bug.test], edits) in state.without:
                    yield Returned(replace(bug, returns=bug.returns + 1), bug, fix, clear)

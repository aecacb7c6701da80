"""A session without end, as facts: it goes round and round, with ever new files, tests, filters and signatures in it."""

from collections.abc import Iterator

from fixloop.detect.facts import (
    CaseOutcome,
    Edited,
    Fact,
    Failure,
    Origination,
    RunFinished,
    RunResults,
    RunStarted,
    Who,
)
from fixloop_schemas.vocabulary import Outcome, PathRole

_FACTS_A_ROUND = 4
_WHO = Who()


def long_session(facts: int) -> Iterator[Fact]:
    """The first `facts` facts."""
    for seq in range(0, facts, _FACTS_A_ROUND):
        yield from _round(seq)


def _round(seq: int) -> Iterator[Fact]:
    number = seq // _FACTS_A_ROUND
    run_id = f"run-{number}"
    role = PathRole.TEST if number % 5 == 0 else PathRole.PRODUCT
    yield Edited(
        _of(seq), f"file-{number % 3_000}", role, after=f"text-{number % 7}", added=(f"line-{number % 11}",)
    )
    yield RunStarted(_of(seq + 1), run_id, f"scope-{number % 80}")
    ring = tuple(_case(f"t.py::ring_{member}", red=number % 3 == member, number=0) for member in range(3))
    new = _case(f"t.py::new_{number}", red=number % 2 == 0, number=number % 12)
    yield RunResults(_of(seq + 2), run_id, 0, (*ring, new))
    yield RunFinished(_of(seq + 3), run_id, 1)


def _of(seq: int) -> Origination:
    return Origination(f"event-{seq}", seq, None, _WHO)


def _case(test: str, *, red: bool, number: int) -> CaseOutcome:
    if not red:
        return CaseOutcome(test, Outcome.PASS)
    return CaseOutcome(test, Outcome.FAIL, Failure(f"failure-{number}", 1, complete=True))

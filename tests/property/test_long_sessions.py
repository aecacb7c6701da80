"""Nothing grows with the length of a session: neither its state, nor what one more event costs."""

import sys
from collections.abc import Iterable

from fixloop.detect import SessionState, new_session, snapshot, step
from fixloop.detect.facts import Fact
from tests.property.long_session import long_session

_EARLY = range(40_000, 42_000)
_LATE = range(78_000, 80_000)


def test_one_more_event_costs_no_more() -> None:
    """Function calls for 2,000 events, once the bounds are reached and as many events later: counted, so that no machine is slow."""
    facts = list(long_session(_LATE.stop))
    state, _ = _fold(new_session("long"), facts[: _EARLY.start])
    state, early = _fold(state, facts[_EARLY.start : _EARLY.stop], counted=True)
    small = len(snapshot(state))
    state, _ = _fold(state, facts[_EARLY.stop : _LATE.start])
    state, late = _fold(state, facts[_LATE.start :], counted=True)
    assert late <= early * 1.05
    assert len(snapshot(state)) <= small * 1.05


def _fold(state: SessionState, facts: Iterable[Fact], *, counted: bool = False) -> tuple[SessionState, int]:
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count if counted else None)
    try:
        for fact in facts:
            state, _ = step(state, fact)
    finally:
        sys.setprofile(None)
    return state, calls

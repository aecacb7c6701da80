"""The end of a session, which is never final: it closes by its end event or by silence, and whatever comes later opens it again.

Closing is housekeeping. It says what became of the session so far, in a summary, and no finding depends on when it happens.
"""

from collections import Counter
from dataclasses import dataclass, fields
from typing import Final

from fixloop.detect.facts import Fact, Marker, Who
from fixloop.detect.replacing import replace
from fixloop.detect.revision import revised
from fixloop.detect.state import SessionState
from fixloop_schemas.vocabulary import DetectionStatus, Kind

_WHO: Final = tuple(field.name for field in fields(Who))


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a session."""

    version: int
    """Grows with all that the session takes in; a session that was opened again has a later one."""
    ended: bool
    """Whether it said so itself."""
    events: int
    lost: int
    """Events that never came, or came too late."""
    edits: int
    product_edits: int
    runs: int
    tests: int
    """Tests that were seen, as many as a session remembers; so for bugs."""
    bugs: int
    open_bugs: int
    fixed_bugs: int
    returns: int
    """How often a bug that had gone away came back, whatever that means."""
    standing: tuple[tuple[Kind, int], ...]
    """Detections that stand, by kind."""


def taken(state: SessionState, fact: Fact) -> SessionState:
    """The session once it takes in its next fact: what every fact changes."""
    of, began, until = fact.of, state.began_us, state.until_us
    if of.time_us is not None:
        began = of.time_us if began is None or of.time_us < began else began
        until = of.time_us if until is None or of.time_us > until else until
    return replace(
        state,
        next_seq=of.seq + 1,
        who=state.who if of.who == state.who else _known(of.who, state.who),
        began_us=began,
        until_us=until,
        ended=isinstance(fact, Marker) and fact.ends_session,
        silent=False,
    )


def close(state: SessionState) -> SessionState:
    """The session after it was silent for long."""
    return replace(state, silent=True)


def summary(state: SessionState) -> Summary:
    """What became of a session so far; it follows from the state alone."""
    bugs = [bug for test in state.tests.values() for bug in test.bugs]
    found = (revised(detection, state.flaky_elsewhere) for detection in state.detections.values())
    standing = Counter(one.kind for one in found if one.status is DetectionStatus.OPEN)
    return Summary(
        version=state.next_seq + sum(state.flaky_elsewhere.values()),
        ended=state.ended,
        events=state.next_seq - state.lost,
        lost=state.lost,
        edits=state.code.edits,
        product_edits=state.code.product_edits,
        runs=state.runs,
        tests=len(state.tests),
        bugs=len(bugs),
        open_bugs=sum(bug.open for bug in bugs),
        fixed_bugs=sum(bug.fix is not None for bug in bugs),
        returns=sum(bug.returns for bug in bugs),
        standing=tuple(sorted(standing.items())),
    )


def _known(latest: Who, before: Who) -> Who:
    """The latest, and where that says nothing what was known before: a test runner does not know the model."""
    merged = Who(*(getattr(latest, name) or getattr(before, name) for name in _WHO))
    # A sub-agent does its part of a session, and the session is not its.
    return replace(merged, gen_ai_agent_id=latest.gen_ai_agent_id)

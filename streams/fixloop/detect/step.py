"""`step`: one fact at a time, in the session's own order.

A fact that is ahead of a gap waits for at most `MAX_HELD` others; then the gap is given up, and said so. A fact that was seen, or whose
place was given up, changes nothing.
"""

from dataclasses import dataclass
from typing import Final

from fixloop.detect import edits, runs
from fixloop.detect.closing import taken
from fixloop.detect.detections import Findings
from fixloop.detect.facts import Dropped, Edited, Fact, Marker, Restored, RunFinished, RunResults, RunStarted
from fixloop.detect.flips import judge_flips
from fixloop.detect.ledger import Entry, tell
from fixloop.detect.replacing import replace
from fixloop.detect.reversals import fold_lost_fixes, fold_reversals
from fixloop.detect.state import MAX_HELD, Detection, SessionState
from fixloop.detect.trials import judge_trials
from fixloop.detect.verdicts import fold_run

DETECTOR_VERSION: Final = "1"
"""Named in every detection; raised whenever the same events can give other detections."""

Detections = tuple[Detection, ...]


@dataclass(frozen=True, slots=True)
class Stepped:
    """What came of a fact."""

    state: SessionState
    detections: Detections = ()
    told: tuple[Entry, ...] = ()


def step(state: SessionState, fact: Fact) -> tuple[SessionState, Detections]:
    """The session after one more fact, and the detections that are new or have a new version.

    Args:
        state: the session so far; it stays usable.
        fact: the next fact in the order of arrival; the order of the session is restored here.
    """
    stepped = step_and_tell(state, fact)
    return stepped.state, stepped.detections


def step_and_tell(state: SessionState, fact: Fact) -> Stepped:
    """As `step`, and what the ledger across sessions is to be told of it."""
    seq = fact.of.seq
    if seq < state.next_seq:
        return Stepped(state)
    if seq > state.next_seq and not _closes_the_gap(state, fact):
        state = _hold(state, fact)
        if len(state.held) <= MAX_HELD:
            return Stepped(state)
        state = replace(
            state, lost=state.lost + state.held[0].of.seq - state.next_seq, next_seq=state.held[0].of.seq
        )
        return _release(Stepped(state))
    if seq > state.next_seq:
        state = replace(state, lost=state.lost + seq - state.next_seq, next_seq=seq)
    return _release(_applied(Stepped(taken(state, fact)), fact))


def _applied(so_far: Stepped, fact: Fact) -> Stepped:
    """One fact more; told of each by itself, for a bug may open and go away while facts that had waited are folded."""
    state, detections = _apply(so_far.state, fact)
    told = tell(so_far.state, state, fact)
    return Stepped(state, so_far.detections + detections, so_far.told + told)


def _closes_the_gap(state: SessionState, fact: Fact) -> bool:
    return isinstance(fact, Dropped) and fact.first_seq <= state.next_seq and fact.last_seq + 1 >= fact.of.seq


def _hold(state: SessionState, fact: Fact) -> SessionState:
    seq = fact.of.seq
    if any(held.of.seq == seq for held in state.held):
        return state
    return replace(state, held=tuple(sorted((*state.held, fact), key=lambda held: held.of.seq)))


def _release(stepped: Stepped) -> Stepped:
    """Fold what waited and waits no longer."""
    state = stepped.state
    while state.held and (state.held[0].of.seq <= state.next_seq or _closes_the_gap(state, state.held[0])):
        first, rest = state.held[0], state.held[1:]
        if first.of.seq < state.next_seq:
            stepped = replace(stepped, state=replace(state, held=rest))
        else:
            lost = state.lost + first.of.seq - state.next_seq
            state = replace(taken(state, first), held=rest, lost=lost)
            stepped = _applied(replace(stepped, state=state), first)
        state = stepped.state
    return stepped


def _apply(state: SessionState, fact: Fact) -> tuple[SessionState, Detections]:
    match fact:
        case Edited() | Restored():
            return _fold_change(state, fact)
        case RunStarted():
            state, ended = runs.start(state, fact)
        case RunResults():
            return runs.add_part(state, fact), ()
        case RunFinished():
            state, ended = runs.finish(state, fact)
        case Marker(ends_session=True):
            state, ended = runs.give_up(state)
        case Marker():
            return _fold_marker(state, fact), ()
        case _:
            return state, ()
    detections: Detections = ()
    for run in ended:
        state, more = fold_run(state, run, fact.of)
        detections += more
    return state, detections


def _fold_marker(state: SessionState, fact: Marker) -> SessionState:
    if fact.commit is not None:
        return replace(state, committed_at=fact.of.seq)
    if fact.begins and state.code.edits == 0:
        state = replace(state, began_at=fact.begins)
    if fact.independent or fact.isolated:
        state = replace(state, independent=fact.independent, isolated=fact.isolated)
    return state


def _fold_change(state: SessionState, fact: Edited | Restored) -> tuple[SessionState, Detections]:
    known = state.files.get(fact.path) if isinstance(fact, Edited) else None
    state, notes = (
        edits.fold_edit(state, fact) if isinstance(fact, Edited) else edits.fold_restore(state, fact)
    )
    if not any(note.product for note in notes):
        return state, ()
    findings = Findings.of_state(state, fact.of)
    state = fold_reversals(state, findings, notes, fact.of.seq)
    state = judge_trials(state, findings, notes)
    fold_lost_fixes(state, findings, notes)
    state = judge_flips(state, findings, notes, since=known.number if known else 0)
    return findings.apply(state)

"""`fold_entry`: one more thing that a session told of a test, in whatever order it arrives."""

from bisect import insort
from dataclasses import dataclass
from typing import Final

from fixloop.detect.ledger.entries import Entry
from fixloop.detect.ledger.flakiness import Judgement, judgements
from fixloop.detect.ledger.returns import Found, cross_returns
from fixloop.detect.ledger.state import MAX_COUNTED, MAX_ENTRIES, LedgerState
from fixloop.detect.state import bounded
from fixloop_schemas.vocabulary import DetectionStatus, Transition

_FLIPS: Final = "flips"
"""They are counted for the test, and concern each of its bugs."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What follows from what was told."""

    detections: tuple[Found, ...] = ()
    """New, or in a new version."""
    judgements: tuple[Judgement, ...] = ()


def fold_entry(state: LedgerState, entry: Entry) -> tuple[LedgerState, Learned]:
    """The ledger of a test after one more entry, and what follows.

    All is judged anew from the entries in their order, so that every order of arrival ends in the same. What was told before changes
    nothing; what is older than all that is kept comes too late.
    """
    if any(entry.identity == known.identity for known in state.entries):
        return state, Learned()
    entries = list(state.entries)
    insort(entries, entry, key=lambda each: each.order)
    entries = entries[-MAX_ENTRIES:]
    if entry not in entries:
        return state, Learned()
    flipped = entry.transition is Transition.FLIPPED
    of = _FLIPS if flipped else entry.bug_id
    counts = bounded({**state.counts, of: state.counts.get(of, 0) + 1}, MAX_COUNTED)
    found = [
        each
        for bug_id in (counts if flipped else (entry.bug_id,))
        for each in cross_returns(entries, bug_id, version=counts[bug_id] + counts.get(_FLIPS, 0))
        if each.detection.status is DetectionStatus.OPEN or each.detection.detection_id in state.standing
    ]
    judged = dict(state.judged)
    told = judgements(entries, judged)
    said = (each.detection.detection_id for each in found)
    standing = tuple(dict.fromkeys((*state.standing, *said)))[-MAX_ENTRIES:]
    after = LedgerState(tuple(entries), counts, standing, bounded(judged, MAX_COUNTED))
    return after, Learned(tuple(found), tuple(told))

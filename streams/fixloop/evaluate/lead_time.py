"""How early a cycle is called: laps and edits before the session's end."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from fixloop.evaluate.called import CALLING_KINDS, Session


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Medians over the sessions that are called."""

    sessions: int
    edits_left: float | None
    """Edits that were still to come when the session was first called."""
    laps_at_call: float | None
    laps_in_the_end: float | None


def lead_time(sessions: Sequence[Session], threshold: float) -> LeadTime:
    """Lead times of the sessions that are called in the end, from the first version that reached the threshold."""
    edits_left, at_call, in_the_end = [], [], []
    for session in sessions:
        if not session.called(threshold):
            continue
        calls = [
            each for each in session.versions if each.kind in CALLING_KINDS and each.confidence >= threshold
        ]
        first = min(calls, key=lambda each: each.last_seq)
        edits_left.append(sum(seq > first.last_seq for seq in session.edits_by_seq))
        at_call.append(max(first.laps, len(first.returns)))
        in_the_end.append(max(max(each.laps, len(each.returns)) for each in calls))
    return LeadTime(len(edits_left), _median(edits_left), _median(at_call), _median(in_the_end))


def _median(values: list[int]) -> float | None:
    return float(median(values)) if values else None

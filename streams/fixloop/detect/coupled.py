"""Coupled cycles: fixing A brings B, fixing B brings A back."""

from collections.abc import Sequence

from fixloop.detect.cycles import Cycle, cycles_of
from fixloop.detect.detections import Findings
from fixloop.detect.evidence import Evidence, as_named, strongest
from fixloop.detect.state import Detection, NamedBug, Reason, SessionState
from fixloop_schemas.vocabulary import DetectionStatus, Kind

_COUPLED = Reason(
    "coupled", "Fixing one brought the other, and fixing the other brought the first back.", 0.2
)


def coupled_cycles(
    state: SessionState, findings: Findings, found: Sequence[Evidence], singles: Sequence[Detection], seq: int
) -> None:
    """Found or grow the cycles that returns in this run close, and link them with the reintroductions that they explain."""
    closed = [(each, cycles_of(each.bug, each.fixed_in, state.links, seq)) for each in found]
    closed = [(each, cycles) for each, cycles in closed if cycles]
    if not closed:
        return
    returned = [each for each, _ in closed]
    backs = [each.back for each in returned]
    back_ids = {back.bug_id for back in backs}
    bugs = _members(state, back_ids, [cycle for _, cycles in closed for cycle in cycles])
    reasons = (*strongest(returned).reasons, _COUPLED)
    standing = _standing(findings, back_ids, {bug.bug_id for bug in bugs})
    if standing is None:
        cycle = findings.found(Kind.COUPLED_CYCLE, bugs, backs, reasons, laps=1)
    else:
        cycle = findings.go_round(standing, bugs, backs, reasons)
    _supersede(findings, cycle, back_ids, singles)


def _supersede(
    findings: Findings, cycle: Detection, returned: set[str], singles: Sequence[Detection]
) -> None:
    """Link the cycle with the reintroductions that it explains, in both directions."""
    explained = [single for single in singles if all(bug.bug_id in returned for bug in single.bugs)]
    for single in explained:
        findings.grow(single, status=DetectionStatus.SUPERSEDED, superseded_by=cycle.detection_id)
    ids = tuple(single.detection_id for single in explained if single.detection_id not in cycle.supersedes)
    if ids:
        findings.grow(cycle, supersedes=(*cycle.supersedes, *ids))


def _standing(findings: Findings, returned: set[str], members: set[str]) -> Detection | None:
    for cycle in findings.open_of(Kind.COUPLED_CYCLE):
        known = {bug.bug_id for bug in cycle.bugs}
        if known & returned and len(known & members) > 1:
            return cycle
    return None


def _members(state: SessionState, returned: set[str], cycles: Sequence[Cycle]) -> list[NamedBug]:
    ids = dict.fromkeys(member for cycle in cycles for member in cycle.members)
    by_id = {bug.bug_id: bug for tracked in state.tests.values() for bug in tracked.bugs}
    return [as_named(by_id[bug_id], int(bug_id in returned)) for bug_id in ids if bug_id in by_id]

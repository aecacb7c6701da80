"""What a run's returns amount to: checks of a fix, reintroductions, coupled cycles."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fixloop.detect.confidence import reasons_for_return
from fixloop.detect.cycles import Cycle, cycles_of, laps, new_links
from fixloop.detect.detections import Ledger, merge_bugs
from fixloop.detect.outcomes import Opened, Returned
from fixloop.detect.state import (
    MAX_LINKS,
    Bug,
    Detection,
    EditNote,
    NamedBug,
    Reason,
    Return,
    SessionState,
    Sighting,
)
from fixloop.detect.trials import open_trial, taken_out_edits
from fixloop.detect.windows import named, product_edits, shared_lines, test_edited
from fixloop_schemas.vocabulary import DetectionStatus, Kind


@dataclass(frozen=True, slots=True)
class Evidence:
    """A return with all that is said about it."""

    returned: Returned
    back: Return
    breaking: tuple[EditNote, ...]
    fixing: tuple[EditNote, ...]
    reasons: tuple[Reason, ...]


def fold_returns(
    state: SessionState,
    ledger: Ledger,
    sighting: Sighting,
    opened: Sequence[Opened],
    returned: Sequence[Returned],
) -> SessionState:
    """The state after a run in which bugs opened or returned; what follows from it is in the ledger."""
    evidence = [_evidence(state, change, sighting) for change in returned]
    checks = [(found, taken_out_edits(found.breaking, found.fixing)) for found in evidence]
    for found, taken_out in checks:
        if taken_out:
            state = open_trial(state, ledger, found.returned, found.back, taken_out)
    evidence = [found for found, taken_out in checks if not taken_out]
    if len(evidence) < len(checks):
        # While a fix is out on purpose, what breaks with it says nothing about what fixing brings.
        opened = ()
    broken: list[Opened | Returned] = [*opened, *(found.returned for found in evidence)]
    links = new_links(state.tests, state.edits, broken, sighting.seq) if broken else ()
    state = replace(state, links=(*state.links, *links)[-MAX_LINKS:])
    reintroductions = _reintroductions(ledger, evidence)
    _coupled_cycles(state, ledger, sighting, evidence, reintroductions)
    return state


def _evidence(state: SessionState, change: Returned, sighting: Sighting) -> Evidence:
    fixing = product_edits(state.edits, change.fix.red.code, change.fix.green.code)
    breaking = product_edits(state.edits, change.clear.code, sighting.code)
    edited = test_edited(state.edits, change.clear.code, sighting.code)
    back = Return(
        bug_id=change.bug.bug_id,
        red_run=change.fix.red.run_id,
        fixing_run=change.fix.green.run_id,
        returning_run=sighting.run_id,
        fixing_edits=named(fixing),
        breaking_edits=named(breaking),
        shared_lines=shared_lines(fixing, breaking),
        seq=sighting.seq,
    )
    tracked = state.tests[change.bug.test]
    reasons = reasons_for_return(change, tracked, fixing, breaking, test_edited=edited)
    if state.lost:
        reasons = (*reasons, Reason("events_lost", f"{state.lost} events of this session never came.", -0.08))
    return Evidence(change, back, breaking, fixing, reasons)


def _reintroductions(ledger: Ledger, evidence: Sequence[Evidence]) -> list[Detection]:
    """The reintroductions that the returns found or grow: one a bug that came back before, one for all that come back together."""
    touched: dict[str, Detection] = {}
    fresh: list[Evidence] = []
    for found in evidence:
        bug_id = found.back.bug_id
        known = next(
            (d for d in ledger.standing_of(Kind.REINTRODUCTION) if any(b.bug_id == bug_id for b in d.bugs)),
            None,
        )
        if known is None:
            fresh.append(found)
            continue
        returns = (*known.returns, found.back)
        grown = ledger.grow(
            known, returns=returns, reasons=found.reasons, status=DetectionStatus.OPEN, superseded_by=None
        )
        touched[grown.detection_id] = grown
    if fresh:
        bugs = [found.returned.bug for found in fresh]
        strongest = max(fresh, key=lambda found: sum(reason.weight for reason in found.reasons))
        new = ledger.found(Kind.REINTRODUCTION, bugs, [found.back for found in fresh], strongest.reasons)
        touched[new.detection_id] = new
    return list(touched.values())


def _coupled_cycles(
    state: SessionState,
    ledger: Ledger,
    sighting: Sighting,
    evidence: Sequence[Evidence],
    reintroductions: Sequence[Detection],
) -> None:
    closed = [(found, cycles_of(found.returned, state.links, sighting.seq)) for found in evidence]
    closed = [(found, cycles) for found, cycles in closed if cycles]
    if not closed:
        return
    bugs = _members(state, [cycle for _, cycles in closed for cycle in cycles])
    backs = tuple(found.back for found, _ in closed)
    strongest = max(
        (found for found, _ in closed), key=lambda found: sum(reason.weight for reason in found.reasons)
    )
    reasons = (
        *strongest.reasons,
        Reason("coupled", "Fixing one brought the other, and fixing the other brought the first back.", 0.2),
    )
    standing = _standing_cycle(ledger, {back.bug_id for back in backs}, {bug.bug_id for bug in bugs})
    if standing is None:
        cycle = ledger.found(Kind.COUPLED_CYCLE, bugs, backs, reasons, laps=1)
    else:
        grown = replace(standing, returns=(*standing.returns, *backs))
        names = merge_bugs(standing.bugs, (NamedBug(bug.bug_id, bug.test, bug.failure) for bug in bugs))
        count = max(standing.laps, laps(grown))
        again = Reason("laps", f"The cycle has gone round {count} times.", min(0.1 * (count - 1), 0.5))
        cycle = ledger.grow(
            standing,
            returns=grown.returns,
            bugs=names,
            laps=count,
            reasons=(*reasons, *((again,) if count > 1 else ())),
        )
    _supersede(ledger, cycle, {back.bug_id for back in backs}, reintroductions)


def _supersede(
    ledger: Ledger, cycle: Detection, returned: set[str], reintroductions: Sequence[Detection]
) -> None:
    """Link the cycle with the reintroductions that it explains, in both directions."""
    explained = [found for found in reintroductions if all(bug.bug_id in returned for bug in found.bugs)]
    for found in explained:
        ledger.grow(found, status=DetectionStatus.SUPERSEDED, superseded_by=cycle.detection_id)
    ids = tuple(found.detection_id for found in explained if found.detection_id not in cycle.supersedes)
    if ids:
        ledger.grow(cycle, supersedes=(*cycle.supersedes, *ids))


def _standing_cycle(ledger: Ledger, returned: set[str], members: set[str]) -> Detection | None:
    for cycle in ledger.open_of(Kind.COUPLED_CYCLE):
        known = {bug.bug_id for bug in cycle.bugs}
        if known & returned and len(known & members) > 1:
            return cycle
    return None


def _members(state: SessionState, cycles: Sequence[Cycle]) -> list[Bug]:
    ids = list(dict.fromkeys(member for cycle in cycles for member in cycle.members))
    by_id = {bug.bug_id: bug for tracked in state.tests.values() for bug in tracked.bugs}
    return [by_id[bug_id] for bug_id in ids if bug_id in by_id]

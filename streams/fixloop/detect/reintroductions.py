"""Fixed bugs that are back: `reintroduction`, and `signature_cycle` where one test was never green in between."""

from collections.abc import Sequence

from fixloop.detect.detections import Findings
from fixloop.detect.evidence import Evidence, as_named, strongest
from fixloop.detect.state import Bug, Detection, Reason, SessionState
from fixloop_schemas.vocabulary import DetectionStatus, Kind

_NEVER_GREEN = Reason("never_green", "The test failed in another way in between, and was never green.", 0.05)


def reintroductions(findings: Findings, found: Sequence[Evidence]) -> list[Detection]:
    """What the returns found or grow: one for each that came back before, and one for all that come back together now."""
    touched: list[Detection] = []
    fresh: list[Evidence] = []
    for each in found:
        known = findings.naming(Kind.REINTRODUCTION, each.bug.bug_id)
        if known is None:
            fresh.append(each)
            continue
        grown = findings.grow(
            known,
            returns=(*known.returns, each.back),
            reasons=each.reasons,
            status=DetectionStatus.OPEN,
            superseded_by=None,
        )
        touched.append(grown)
    if fresh:
        bugs = [as_named(each.bug, 1) for each in fresh]
        backs = [each.back for each in fresh]
        touched.append(findings.found(Kind.REINTRODUCTION, bugs, backs, strongest(fresh).reasons))
    return touched


def signature_cycles(state: SessionState, findings: Findings, found: Sequence[Evidence]) -> None:
    """One test goes from one failure to another and back, and is never green: A, B, A is one lap."""
    for each in found:
        known = findings.naming(Kind.SIGNATURE_CYCLE, each.bug.bug_id)
        bugs = [as_named(each.bug, 1), *(as_named(bug) for bug in _displacers(state, each))]
        reasons = (*each.reasons, _NEVER_GREEN)
        if known is None:
            findings.found(Kind.SIGNATURE_CYCLE, bugs, [each.back], reasons, laps=1)
        else:
            findings.go_round(known, bugs, [each.back], reasons)


def _displacers(state: SessionState, each: Evidence) -> list[Bug]:
    """The failure that the test showed just before."""
    others = [
        bug for bug in state.tests[each.bug.test].bugs if bug.bug_id != each.bug.bug_id and not bug.open
    ]
    return sorted(others, key=lambda bug: bug.last_red.seq)[-1:]

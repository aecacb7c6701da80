"""What other sessions know of a test, laid over what a session found: returns of a test that flips elsewhere are doubted or withdrawn.

The session's own account stays as it is, and grows as if nothing had been learned; only what is said of it changes. The version of what
is said is the account's own plus the steps of doubt. Both only grow, so that in the end it is the same in whatever order they came.
"""

from collections.abc import Mapping
from typing import Final

from fixloop.detect.confidence import confidence
from fixloop.detect.ledger.flakiness import SETTLED, SUSPECTED
from fixloop.detect.replacing import replace
from fixloop.detect.state import MAX_TESTS, Detection, Reason, SessionState, bounded
from fixloop_schemas.vocabulary import DetectionStatus, Kind

_FOUNDED_ON_RETURNS: Final = frozenset(
    {Kind.REINTRODUCTION, Kind.COUPLED_CYCLE, Kind.SIGNATURE_CYCLE, Kind.EDIT_REVERSAL, Kind.LOST_FIX}
)
_DOUBT: Final = -0.15
"""For each step from `SUSPECTED` on, before it is settled."""


def judge_test(state: SessionState, test: str, sessions: int) -> tuple[SessionState, tuple[Detection, ...]]:
    """The session after it learned in how many others a test is flaky, and its detections that thereby have a new version.

    Args:
        state: the session so far.
        test: one of its tests.
        sessions: in how many other sessions it changed its outcome without an edit, at most `SETTLED`.
    """
    sessions = min(sessions, SETTLED)
    if sessions <= state.flaky_elsewhere.get(test, 0) or Kind.FLAKY in state.without:
        return state, ()
    learned = bounded({**state.flaky_elsewhere, test: sessions}, MAX_TESTS)
    state = replace(state, flaky_elsewhere=learned)
    touched = (found for found in state.detections.values() if test in _tests(found))
    return state, tuple(touched)


def revised(detection: Detection, flaky_elsewhere: Mapping[str, int]) -> Detection:
    """What is said of a detection, after what was learned."""
    doubts = {test: flaky_elsewhere.get(test, 0) for test in _tests(detection)}
    steps = sum(max(0, sessions - SUSPECTED + 1) for sessions in doubts.values())
    if not steps:
        return detection
    said = replace(detection, version=detection.version + steps)
    sessions = _doubted(detection, doubts)
    if sessions < SUSPECTED or detection.status is DetectionStatus.WITHDRAWN:
        return said
    settled = sessions >= SETTLED
    weight = -1.0 if settled else _DOUBT * (sessions - SUSPECTED + 1)
    text = f"A test that it rests on flips without an edit in {sessions}{' or more' if settled else ''} other sessions."
    reasons = (*detection.reasons, Reason("flaky_elsewhere", text, weight))
    status = DetectionStatus.WITHDRAWN if settled else detection.status
    return replace(said, reasons=reasons, confidence=confidence(reasons), status=status)


def _doubted(detection: Detection, doubts: Mapping[str, int]) -> int:
    """In how many other sessions flips what the detection cannot do without.

    One sound test that came back is enough for a return; a coupled cycle needs two sound members.
    """
    least = min(doubts[test] for test in _returned(detection))
    if detection.kind is Kind.COUPLED_CYCLE and len(doubts) > 1:
        return max(least, sorted(doubts.values())[1])
    return least


def _tests(detection: Detection) -> frozenset[str]:
    """The tests whose flakiness matters to a detection."""
    if detection.kind not in _FOUNDED_ON_RETURNS:
        return frozenset()
    if detection.kind is Kind.COUPLED_CYCLE and detection.returns:
        return frozenset(bug.test for bug in detection.bugs)
    return _returned(detection)


def _returned(detection: Detection) -> frozenset[str]:
    back = {each.bug_id for each in detection.returns}
    return frozenset(bug.test for bug in detection.bugs if bug.bug_id in back)

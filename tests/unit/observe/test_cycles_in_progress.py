"""Which sessions go round right now."""

from datetime import timedelta

from fixloop.observe.cycles_in_progress import CyclesInProgress
from fixloop_schemas.events.detection_recorded_v1 import BugRef, DetectionRecordedV1
from fixloop_schemas.vocabulary import DetectionStatus, Kind
from tests.builders import DIGESTER, START

WINDOW = timedelta(minutes=15)
LATER = timedelta(minutes=1)


def detection(
    number: int = 0,
    *,
    session: str = "s1",
    kind: Kind = Kind.COUPLED_CYCLE,
    confidence: float = 0.9,
    status: DetectionStatus = DetectionStatus.OPEN,
) -> DetectionRecordedV1:
    """One version of the detection `number`."""
    return DetectionRecordedV1(
        session_id=session,
        seq=1,
        detection_id=DIGESTER.text(f"detection {number}"),
        detection_version=1,
        detector_version="1",
        kind=kind,
        status=status,
        confidence=confidence,
        bugs=(BugRef(bug_id=DIGESTER.text("bug"), test_case_name="a"),),
        first_seq=0,
        last_seq=1,
    )


def test_a_session_counts_for_the_window_after_its_last_news() -> None:
    """And once, however many of its detections are open."""
    cycles = CyclesInProgress(0.6, WINDOW)
    cycles.record(detection(0), START, START)
    cycles.record(detection(1, kind=Kind.REINTRODUCTION), START + LATER, START + LATER)
    assert 1 == cycles.sessions(START + WINDOW + LATER)
    assert 0 == cycles.sessions(START + WINDOW + 2 * LATER)


def test_news_of_another_lap_begin_the_window_anew() -> None:
    """A later version of the same detection is news."""
    cycles = CyclesInProgress(0.6, WINDOW)
    cycles.record(detection(), START, START)
    cycles.record(detection(), START + WINDOW, START + WINDOW)
    assert 1 == cycles.sessions(START + 2 * WINDOW)


def test_sessions_count_apart() -> None:
    """Two sessions that go round are two."""
    cycles = CyclesInProgress(0.6, WINDOW)
    cycles.record(detection(0, session="s1"), START, START)
    cycles.record(detection(1, session="s2"), START, START)
    assert 2 == cycles.sessions(START)


def test_unsure_other_and_look_alike_detections_do_not_count() -> None:
    """Only what alerts as a cycle: at or above the threshold, of the two kinds."""
    cycles = CyclesInProgress(0.6, WINDOW)
    cycles.record(detection(0, confidence=0.59), START, START)
    cycles.record(detection(1, kind=Kind.FLAKY), START, START)
    cycles.record(detection(2, kind=Kind.STUCK), START, START)
    assert 0 == cycles.sessions(START)
    cycles.record(detection(3, confidence=0.6), START, START)
    assert 1 == cycles.sessions(START)


def test_what_is_withdrawn_or_doubted_ends_at_once() -> None:
    """A new version that no longer holds takes the session out."""
    for revised in (detection(status=DetectionStatus.WITHDRAWN), detection(confidence=0.1)):
        cycles = CyclesInProgress(0.6, WINDOW)
        cycles.record(detection(), START, START)
        cycles.record(revised, START, START)
        assert 0 == cycles.sessions(START)


def test_old_sessions_that_are_replayed_alert_nobody() -> None:
    """What counts is when it happened, not when it was read."""
    cycles = CyclesInProgress(0.6, WINDOW)
    cycles.record(detection(), START, START + timedelta(days=300))
    assert 0 == cycles.sessions(START + timedelta(days=300))


def test_a_clock_that_runs_ahead_does_not_hold_the_alert() -> None:
    """A time from the future counts as now; a missing time too."""
    for time in (START + timedelta(days=300), None):
        cycles = CyclesInProgress(0.6, WINDOW)
        cycles.record(detection(), time, START)
        assert 1 == cycles.sessions(START)
        assert 0 == cycles.sessions(START + WINDOW + LATER)


def test_memory_is_bounded() -> None:
    """The oldest news go first."""
    cycles = CyclesInProgress(0.6, WINDOW, limit=3)
    for number in range(10):
        cycles.record(detection(number, session=f"s{number}"), START, START)
    assert 3 == cycles.sessions(START)

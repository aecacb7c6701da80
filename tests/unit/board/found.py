"""Detections written by hand, for boards: a board draws what it is told, whether or not the core would say it."""

from fixloop_schemas.events.detection_recorded_v1 import BugRef, DetectionRecordedV1, Reason, Return
from fixloop_schemas.vocabulary import Kind


def digest(name: str) -> str:
    """A stand-in for a digest that can be read in a failing test."""
    return name.encode().hex().ljust(16, "0")


def returned(
    test: str,
    red: str,
    fixed: str,
    back: str,
    fixing: tuple[str, ...],
    breaking: tuple[str, ...],
    shared: int | None = None,
) -> Return:
    """One return of a test's bug."""
    return Return(
        bug_id=digest(test),
        red_run=red,
        fixing_run=fixed,
        returning_run=back,
        fixing_edits=fixing,
        breaking_edits=breaking,
        shared_lines=shared,
        seq=9,
    )


def detection(
    *returns: Return, tests: tuple[str, ...], kind: Kind = Kind.COUPLED_CYCLE, laps: int = 1
) -> DetectionRecordedV1:
    """A detection with two reasons."""
    return DetectionRecordedV1(
        session_id="s1",
        gen_ai_request_model="model-1",
        detection_id=digest("detection"),
        detection_version=1,
        detector_version="1",
        kind=kind,
        confidence=0.85,
        reasons=(
            Reason(code="inferred", text="one pass is inferred", weight=-0.1),
            Reason(code="lines", text="lines of the fix were taken out again", weight=0.25),
        ),
        bugs=tuple(BugRef(bug_id=digest(test), test_case_name=test) for test in tests),
        laps=laps,
        returns=returns,
        first_seq=0,
        last_seq=9,
    )

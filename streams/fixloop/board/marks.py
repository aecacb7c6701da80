"""What the detections of a session point at: runs, tests and edits. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1


@dataclass(frozen=True, slots=True)
class Marks:
    """Which edits fixed and broke, and in which runs which tests went green and came back."""

    fixing: frozenset[str]
    breaking: frozenset[str]
    fixed: frozenset[tuple[str, str]]
    """Pairs of a test and the first run without its bug."""
    back: frozenset[tuple[str, str]]
    """Pairs of a test and the first run with its bug again."""
    runs: tuple[str, ...]
    """The runs that are named, in the order in which they are."""


def marks_of(detections: Iterable[DetectionRecordedV1]) -> Marks:
    """The marks of all `detections` together."""
    fixing: set[str] = set()
    breaking: set[str] = set()
    fixed: set[tuple[str, str]] = set()
    back: set[tuple[str, str]] = set()
    runs: dict[str, None] = {}
    for detection in detections:
        tests = {bug.bug_id: bug.test_case_name for bug in detection.bugs}
        for one in detection.returns:
            fixing.update(one.fixing_edits)
            breaking.update(one.breaking_edits)
            runs |= dict.fromkeys((one.red_run, one.fixing_run, one.returning_run))
            if test := tests.get(one.bug_id):
                fixed.add((test, one.fixing_run))
                back.add((test, one.returning_run))
    return Marks(frozenset(fixing), frozenset(breaking), frozenset(fixed), frozenset(back), tuple(runs))

"""The core: `step(state, fact) -> (state, detections)`.

Pure: the standard library's pure parts and the vocabulary, no I/O, no clock, no logging. Time comes in with the facts.
"""

from fixloop.detect.facts import Fact
from fixloop.detect.plain_form import SnapshotError
from fixloop.detect.snapshot import restore, snapshot
from fixloop.detect.state import Detection, SessionState, new_session
from fixloop.detect.step import DETECTOR_VERSION, Stepped, step, step_and_tell

__all__ = [
    "DETECTOR_VERSION",
    "Detection",
    "Fact",
    "SessionState",
    "SnapshotError",
    "Stepped",
    "new_session",
    "restore",
    "snapshot",
    "step",
    "step_and_tell",
]

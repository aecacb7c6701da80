"""A detection as an event. Its id follows from the detection's id and version, so that the same said twice is one."""

from typing import Final

from fixloop.detect import DETECTOR_VERSION, Detection
from fixloop.workers.origination import attribution, time_of
from fixloop_schemas import codec
from fixloop_schemas.codec import Event
from fixloop_schemas.events.detection_recorded_v1 import BugRef, DetectionRecordedV1, Reason, Return

SOURCE: Final = "/fixloop/detector"


def to_event(session_id: str, detection: Detection) -> Event:
    """The event that says a detection; its id follows from the detection's id and version."""
    of = detection.of
    data = DetectionRecordedV1(
        session_id=session_id,
        **attribution(of),
        detection_id=detection.detection_id,
        detection_version=detection.version,
        detector_version=DETECTOR_VERSION,
        kind=detection.kind,
        status=detection.status,
        confidence=detection.confidence,
        reasons=tuple(
            Reason(code=reason.code, text=reason.text, weight=reason.weight) for reason in detection.reasons
        ),
        bugs=tuple(
            BugRef(
                bug_id=bug.bug_id,
                test_case_name=bug.test,
                signature_digest=bug.failure.digest,
                signature_version=bug.failure.version,
                error_type=bug.failure.error_type,
            )
            for bug in detection.bugs[:100]
        ),
        laps=detection.laps,
        returns=tuple(
            Return(**{name: getattr(back, name) for name in Return.model_fields})
            for back in detection.returns[:100]
        ),
        supersedes=detection.supersedes[:100],
        superseded_by=detection.superseded_by,
        first_seq=detection.first_seq,
        last_seq=of.seq,
    )
    return codec.new_event(f"{detection.detection_id}-{detection.version}", SOURCE, time_of(of), data)

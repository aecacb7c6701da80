"""The typed event meets the core: event to fact, fact folded, detection to event. Both shells go through here."""

from datetime import UTC, datetime, timedelta
from typing import Final

from fixloop.detect import DETECTOR_VERSION, Detection, SessionState, new_session, step
from fixloop.detect.facts import (
    CaseOutcome,
    Dropped,
    Edited,
    Fact,
    Failure,
    Marker,
    Origination,
    Restored,
    RestoredFile,
    RunFinished,
    RunResults,
    RunStarted,
    Swap,
    Who,
)
from fixloop_schemas import codec
from fixloop_schemas.codec import Event
from fixloop_schemas.events.detection_recorded_v1 import BugRef, DetectionRecordedV1, Reason, Return
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1, Hunk
from fixloop_schemas.events.events_dropped_v1 import EventsDroppedV1
from fixloop_schemas.events.session_ended_v1 import SessionEndedV1
from fixloop_schemas.events.session_started_v1 import SessionStartedV1
from fixloop_schemas.events.suite_run_v1 import (
    CaseResult,
    SuiteRunFinishedV1,
    SuiteRunResultsV1,
    SuiteRunStartedV1,
)
from fixloop_schemas.events.wire import SessionEvent
from fixloop_schemas.events.workspace_restored_v1 import WorkspaceRestoredV1
from fixloop_schemas.vocabulary import Level

SOURCE: Final = "/fixloop/detector"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WHO: Final = tuple(Who.__dataclass_fields__)


def empty(session_id: str) -> SessionState:
    """The state before a session's first event."""
    return new_session(session_id)


def fold(state: SessionState | None, event: Event) -> tuple[SessionState, tuple[Event, ...]]:
    """The session after one more event, and the detections that came of it, as events.

    Args:
        state: the session so far; None before its first event.
        event: any event of a session. A detection is no fact of a session and changes nothing.
    """
    state = state or new_session(event.data.session_id)
    if not isinstance(event.data, SessionEvent):
        return state, ()
    state, detections = step(state, to_fact(event, event.data))
    return state, tuple(to_event(state.session_id, detection) for detection in detections)


def to_fact(event: Event, data: SessionEvent) -> Fact:
    """The fact in an event."""
    of = Origination(
        event.id, data.seq, _microseconds(event.time), Who(**{name: getattr(data, name) for name in _WHO})
    )
    match data:
        case EditAppliedV1():
            return _edited(of, data)
        case WorkspaceRestoredV1():
            files = tuple(
                RestoredFile(file.path, file.path_role, file.file_digest_after) for file in data.paths
            )
            return Restored(of, data.operation, data.everything, files)
        case SuiteRunStartedV1():
            return RunStarted(of, data.run_id, _scope(data), data.code_state.tree_digest)
        case SuiteRunResultsV1():
            cases = tuple(_case(result) for result in data.results if result.level is Level.CASE)
            return RunResults(of, data.run_id, data.part, cases)
        case SuiteRunFinishedV1():
            return RunFinished(
                of,
                data.run_id,
                data.parts,
                data.totals.passed if data.totals else None,
                data.results_complete,
            )
        case EventsDroppedV1():
            return Dropped(of, data.first_seq, data.last_seq)
    independent = isinstance(data, SessionStartedV1) and data.independent
    return Marker(of, ends_session=isinstance(data, SessionEndedV1), independent=independent)


def to_event(session_id: str, detection: Detection) -> Event:
    """The event that says a detection; its id follows from the detection's id and version."""
    of = detection.of
    data = DetectionRecordedV1(
        session_id=session_id,
        **{name: getattr(of.who, name) for name in _WHO},
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
    time = None if of.time_us is None else _EPOCH + timedelta(microseconds=of.time_us)
    return codec.new_event(f"{detection.detection_id}-{detection.version}", SOURCE, time, data)


def _edited(of: Origination, data: EditAppliedV1) -> Edited:
    return Edited(
        of=of,
        path=data.path,
        role=data.path_role,
        change=data.change,
        origin=data.origin,
        before=data.file_digest_before,
        after=data.file_digest_after,
        change_digest=data.change_digest,
        added=_lines(data.hunks, "added"),
        removed=_lines(data.hunks, "removed"),
        swaps=tuple(
            Swap(hunk.fragment_digest_before, hunk.fragment_digest_after)
            for hunk in data.hunks
            if hunk.fragment_digest_before and hunk.fragment_digest_after
        ),
    )


def _lines(hunks: tuple[Hunk, ...], side: str) -> tuple[str, ...] | None:
    """The lines of all hunks; None where one of them does not say."""
    sides: list[tuple[str, ...] | None] = [getattr(hunk, side) for hunk in hunks]
    if not sides or any(lines is None for lines in sides):
        return None
    return tuple(line for lines in sides for line in lines or ())


def _scope(data: SuiteRunStartedV1) -> str:
    return "\0".join((data.framework, data.scope, *sorted(data.command.selectors)))


def _case(result: CaseResult) -> CaseOutcome:
    signature = result.signature
    failure = (
        Failure(
            signature.digest,
            signature.version,
            signature.complete and signature.digest is not None,
            signature.error_type,
        )
        if signature and result.outcome.red
        else None
    )
    return CaseOutcome(result.test_case_name, result.outcome, failure, result.inferred, result.attempts)


def _microseconds(time: datetime | None) -> int | None:
    return None if time is None else (time - _EPOCH) // timedelta(microseconds=1)

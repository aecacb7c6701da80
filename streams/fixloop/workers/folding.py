"""The typed event meets the core: event to fact, fact folded, what follows to events. Both shells go through here."""

from collections.abc import Iterable
from typing import Final

from fixloop.detect import Detection, SessionState, new_session, step_and_tell
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
)
from fixloop.detect.revision import judge_test, revised
from fixloop.workers.detection_events import to_event
from fixloop.workers.ledger_folding import told_event
from fixloop.workers.origination import origination_of
from fixloop.workers.session_summaries import summarized
from fixloop_schemas.codec import Event
from fixloop_schemas.events.commit_created_v1 import CommitCreatedV1
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
from fixloop_schemas.events.testcase_judged_v1 import CaseJudgedV1
from fixloop_schemas.events.wire import SessionEvent
from fixloop_schemas.events.workspace_restored_v1 import WorkspaceRestoredV1
from fixloop_schemas.vocabulary import Kind, Level, Outcome

_NOT_BUILT: Final = frozenset({"build failed", "setup failed"})
"""What a runner says of a group of tests, in place of an error's type, when it never came to run them."""


def empty(session_id: str, without: tuple[Kind, ...] = ()) -> SessionState:
    """The state before a session's first event; `without` leaves look-alikes out, to see what they are worth."""
    return new_session(session_id, without)


def fold(state: SessionState | None, event: Event) -> tuple[SessionState, tuple[Event, ...]]:
    """The session after one more event, and what came of it, as events: detections, what is told to the ledger, a summary if it closes.

    Args:
        state: the session so far; None before its first event.
        event: any event of a session, or what other sessions say about a test of it. A detection is neither, and changes nothing.
    """
    before = state or new_session(event.data.session_id)
    if isinstance(event.data, CaseJudgedV1):
        after, detections = judge_test(before, event.data.test_case_name, event.data.flaky_in_sessions)
        # What is learned of a session that is over changes what became of it.
        revised_summary = (summarized(after),) if after.closed and after is not before else ()
        return after, (*_said(after, detections), *revised_summary)
    if not isinstance(event.data, SessionEvent):
        return before, ()
    fact = to_fact(event, event.data)
    stepped = step_and_tell(before, fact)
    after = stepped.state
    ends = (summarized(after),) if after.ended and after is not before else ()
    return after, (*_said(after, stepped.detections), *map(told_event, stepped.told), *ends)


def to_fact(event: Event, data: SessionEvent) -> Fact:
    """The fact in an event."""
    of = origination_of(event, data.seq)
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
            unbuilt = tuple(_case(result) for result in data.results if _is_unbuilt(result))
            return RunResults(of, data.run_id, data.part, cases, unbuilt)
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
        case CommitCreatedV1():
            return Marker(of, commit=data.revision)
        case SessionStartedV1():
            begins = data.vcs_ref_head_revision
            return Marker(of, independent=data.independent, isolated=data.isolated, begins=begins)
    return Marker(of, ends_session=isinstance(data, SessionEndedV1))


def _said(state: SessionState, detections: Iterable[Detection]) -> tuple[Event, ...]:
    revisions = (revised(detection, state.flaky_elsewhere) for detection in detections)
    return tuple(to_event(state.session_id, detection) for detection in revisions)


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


def _is_unbuilt(result: CaseResult) -> bool:
    """Whether a group could not be built or loaded; one that merely failed says no more than its tests do."""
    if result.level is not Level.GROUP or not result.outcome.red:
        return False
    error_type = result.signature.error_type if result.signature else None
    return result.outcome is Outcome.ERROR or error_type in _NOT_BUILT


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

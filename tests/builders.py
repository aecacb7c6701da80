"""Builders of sessions: plain words in, typed events out.

session = Session("s1")
session.run(a="fail", b="pass")
session.edit("src/core.py", add=["x = 1"])
session.run(a="pass", b="fail")
session.events
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from fixloop.detect import Detection, SessionState
from fixloop.workers import folding
from fixloop.workers.watched_sessions import WatchedSessions
from fixloop_schemas import codec
from fixloop_schemas.codec import Event
from fixloop_schemas.digest import Digester
from fixloop_schemas.events.commit_created_v1 import CommitCreatedV1
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1, Hunk
from fixloop_schemas.events.events_dropped_v1 import EventsDroppedV1
from fixloop_schemas.events.session_ended_v1 import SessionEndedV1
from fixloop_schemas.events.session_started_v1 import SessionStartedV1
from fixloop_schemas.events.suite_run_v1 import (
    CaseResult,
    CodeState,
    Command,
    Signature,
    SuiteRunFinishedV1,
    SuiteRunResultsV1,
    SuiteRunStartedV1,
    Totals,
)
from fixloop_schemas.events.wire import SessionEvent
from fixloop_schemas.events.workspace_restored_v1 import RestoredPath, WorkspaceRestoredV1
from fixloop_schemas.path_role import path_role
from fixloop_schemas.vocabulary import Kind, Level, Outcome, RestoreOperation, RunStatus, Scope

DIGESTER = Digester(b"tests")
START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Session:
    """Builds one session's events in order; each call is one step of the work."""

    def __init__(self, session_id: str = "session-1", *, day: int = 0, **attribution: Any) -> None:
        self.session_id = session_id
        self.begins = START + timedelta(days=day)
        self.attribution = {
            "gen_ai_agent_name": "claude-code",
            "gen_ai_request_model": "model-x",
            "vcs_repository_name": "example/shop",
            **attribution,
        }
        self.events: list[Event] = []
        self._runs = 0

    def started(self, *, isolated: bool = False) -> "Session":
        """The session begins."""
        return self._add(SessionStartedV1, reason="startup", isolated=isolated)

    def ended(self) -> "Session":
        """The session ends."""
        return self._add(SessionEndedV1, reason="completed")

    def edit(
        self,
        path: str = "src/core.py",
        *,
        add: Sequence[str] | None = None,
        remove: Sequence[str] | None = None,
        before: str | None = None,
        after: str | None = None,
        **fields: Any,
    ) -> "Session":
        """An edit; `before` and `after` are the file's whole text, `add` and `remove` its changed lines."""
        lines = add is not None or remove is not None
        hunk = Hunk(added=DIGESTER.lines(add or ()), removed=DIGESTER.lines(remove or ())) if lines else None
        return self._add(
            EditAppliedV1,
            path=DIGESTER.path(path),
            path_role=fields.pop("role", path_role(path)),
            file_digest_before=None if before is None else DIGESTER.text(before),
            file_digest_after=None if after is None else DIGESTER.text(after),
            hunks=(hunk,) if hunk else (),
            **fields,
        )

    def run(
        self,
        outcomes: Mapping[str, str] | None = None,
        *,
        scope: Sequence[str] = (),
        crashed: bool = False,
        inferred: Iterable[str] = (),
        failures: Mapping[str, str] | None = None,
        cut: Iterable[str] = (),
        attempts: Mapping[str, Sequence[str]] | None = None,
        error_type: str = "AssertionError",
        complete: bool = False,
        agent_id: str | None = None,
        tree: str | None = None,
        level: Level = Level.CASE,
        **more_outcomes: str,
    ) -> "Session":
        """A test run, with outcomes by test name; `failures` names how a test failed, where two failures of one test differ.

        The message of those in `cut` was cut.
        """
        run_id = f"run-{self._runs}"
        self._runs += 1
        inferred, cut = set(inferred), set(cut)
        extra: dict[str, Any] = {"gen_ai_agent_id": agent_id} if agent_id else {}
        self._add(
            SuiteRunStartedV1,
            run_id=run_id,
            framework="pytest",
            command=Command(runner="pytest", selectors=tuple(scope)),
            scope=Scope.SELECTION if scope else Scope.ALL,
            code_state=CodeState(tree_digest=DIGESTER.text(tree) if tree else None),
            **extra,
        )
        results = tuple(
            CaseResult(
                test_case_name=name,
                outcome=Outcome(outcome),
                level=level,
                inferred=name in inferred,
                attempts=tuple(Outcome(attempt) for attempt in (attempts or {}).get(name, ())),
                signature=_signature((failures or {}).get(name, name), error_type, complete=name not in cut)
                if Outcome(outcome).red
                else None,
            )
            for name, outcome in {**(outcomes or {}), **more_outcomes}.items()
        )
        self._add(SuiteRunResultsV1, run_id=run_id, part=0, results=results, **extra)
        if not crashed:
            red = sum(result.outcome.red for result in results)
            self._add(
                SuiteRunFinishedV1,
                run_id=run_id,
                parts=1,
                status=RunStatus.FAILURE if red else RunStatus.SUCCESS,
                totals=Totals(passed=len(results) - red, failed=red),
                exit_code=1 if red else 0,
                results_complete=complete,
                **extra,
            )
        return self

    def restore(self, operation: RestoreOperation = RestoreOperation.CHECKOUT, *paths: str) -> "Session":
        """A restore of the named paths, or of everything."""
        restored = tuple(RestoredPath(path=DIGESTER.path(path), path_role=path_role(path)) for path in paths)
        return self._add(WorkspaceRestoredV1, operation=operation, everything=not paths, paths=restored)

    def commit(self, revision: str = "c0ffee") -> "Session":
        """A commit."""
        return self._add(CommitCreatedV1, revision=revision)

    def dropped(self, count: int) -> "Session":
        """`count` events that will never come, and the event that says so."""
        first = len(self.events) + self._skipped
        self._skipped += count
        return self._add(EventsDroppedV1, first_seq=first, last_seq=first + count - 1, reason="spool_full")

    _skipped = 0

    def _add(self, model: type[SessionEvent], **fields: Any) -> "Session":
        seq = len(self.events) + self._skipped
        data = model(session_id=self.session_id, seq=seq, **{**self.attribution, **fields})
        event = codec.new_event(
            f"{self.session_id}:{seq}", "/tests", self.begins + timedelta(seconds=seq), data
        )
        self.events.append(event)
        return self


def _signature(text: str, error_type: str, *, complete: bool) -> Signature:
    return Signature(digest=DIGESTER.text(text), version=1, complete=complete, error_type=error_type)


def fold(
    events: Iterable[Event], state: SessionState | None = None
) -> tuple[SessionState, list[DetectionRecordedV1]]:
    """The state after the events of one session, and every version of every detection in order."""
    versions: list[DetectionRecordedV1] = []
    for event in events:
        state, detections = folding.fold(state, event)
        versions += [
            detection.data for detection in detections if isinstance(detection.data, DetectionRecordedV1)
        ]
    assert state is not None
    return state, versions


def fold_all(
    sessions: Iterable[Session], *, order: Callable[[list[Event]], list[Event]] = list
) -> WatchedSessions:
    """Sessions, each in its own order, folded and learned from; `order` arranges what all of them emit."""
    watched = WatchedSessions()
    for event in order([event for session in sessions for event in session.events]):
        watched.fold(watched.of("file", event.data.session_id), event)
    return watched


def placed(event: Event, seq: int) -> Event:
    """The same event at another place of its session."""
    assert isinstance(event.data, SessionEvent)
    return event.model_copy(update={"data": event.data.model_copy(update={"seq": seq})})


def latest(versions: Iterable[DetectionRecordedV1]) -> list[DetectionRecordedV1]:
    """The latest version of each detection."""
    return list({version.detection_id: version for version in versions}.values())


def kinds(versions: Iterable[DetectionRecordedV1]) -> list[tuple[Kind, str]]:
    """Kind and status of the latest version of each detection, in the order in which they were found."""
    return [(version.kind, version.status.value) for version in latest(versions)]


__all__ = ["DIGESTER", "START", "Detection", "Session", "fold", "fold_all", "kinds", "latest", "placed"]

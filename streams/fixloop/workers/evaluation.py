"""Event files through the core, and what comes of it against labels and hidden truth."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fixloop.evaluate import baselines
from fixloop.evaluate.baselines import Plainly, RunSummary, ToolCall
from fixloop.evaluate.calibration import calibrate
from fixloop.evaluate.called import CALLING_KINDS, Session
from fixloop.evaluate.kind_scores import Truth, confusion, score_kinds, score_labelled_kinds, tests_of
from fixloop.evaluate.labels import Label
from fixloop.evaluate.lead_time import lead_time
from fixloop.evaluate.report import Report
from fixloop.evaluate.session_scores import Rule, score_sessions
from fixloop.ingest.event_files import EventFile, find, read_file
from fixloop.workers.watched_sessions import Watched, WatchedSessions
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1
from fixloop_schemas.events.suite_run_v1 import SuiteRunFinishedV1, SuiteRunResultsV1, SuiteRunStartedV1
from fixloop_schemas.events.wire import SessionEvent
from fixloop_schemas.events.workspace_restored_v1 import WorkspaceRestoredV1
from fixloop_schemas.vocabulary import Kind, Level, Outcome

_RULES = {
    "Gemini CLI": baselines.gemini_cli,
    "OpenHands": baselines.openhands,
    "Crush": baselines.crush,
    "fail, pass, fail": baselines.fail_pass_fail,
    "count drop": baselines.count_drop,
}


@dataclass(slots=True)
class _Watched:
    """A session while it is read."""

    session: Watched
    edits: list[int] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    started: dict[str, SuiteRunStartedV1] = field(default_factory=dict)
    outcomes: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)
    runs: list[RunSummary] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    agent: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class ReadSessions:
    """All sessions of some event files, as the core and as the simple rules see them; keyed by (file, session)."""

    sessions: tuple[Session, ...]
    plainly: Mapping[tuple[str, str], Plainly]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the sessions besides, and from which confidence on a detection alerts."""

    labels: Mapping[tuple[str, str], Label]
    truths: Mapping[str, Sequence[Truth]]
    threshold: float


def read_sessions(paths: Sequence[Path], without: tuple[Kind, ...] = ()) -> ReadSessions:
    """All sessions in the event files at `paths`, `without` some look-alikes where it is to be seen what these are worth.

    Raises:
        UsageError: a path holds no events.
    """
    watched = WatchedSessions(without)
    read = [seen for file in find(paths) for seen in _read(file, watched)]
    # Only now: what other sessions showed may have changed what is said of the first.
    sessions = tuple(_session(seen) for seen in read)
    plainly = {
        (session.file, session.session): Plainly(tuple(seen.calls), tuple(seen.runs))
        for session, seen in zip(sessions, read, strict=True)
    }
    return ReadSessions(sessions, plainly)


def report_on(read: ReadSessions, known: Known) -> Report:
    """All figures of some sessions."""
    sessions, truths, threshold = read.sessions, known.truths, known.threshold
    labels = known.labels or _labels_of(sessions, truths)
    rules = {name: _as_rule(rule, read.plainly) for name, rule in _RULES.items()}
    return Report(
        sessions=sessions,
        threshold=threshold,
        scores=score_sessions(sessions, labels, lambda session: session.called(threshold), threshold),
        rules={name: score_sessions(sessions, labels, rule, threshold) for name, rule in rules.items()},
        by_kind=score_kinds(sessions, truths, threshold)
        if truths
        else score_labelled_kinds(sessions, labels, threshold),
        confused=confusion(sessions, truths, threshold),
        calibration=calibrate(_judged(sessions, truths)),
        lead_time=lead_time(sessions, threshold),
    )


def _labels_of(
    sessions: Iterable[Session], truths: Mapping[str, Sequence[Truth]]
) -> dict[tuple[str, str], Label]:
    """What hidden truth says of whole sessions."""
    labels: dict[tuple[str, str], Label] = {}
    for session in sessions:
        kinds = {truth.kind for truth in truths.get(session.session, ()) if not truth.optional}
        back = sorted(kind.value for kind in kinds & CALLING_KINDS)
        if truths:
            name = ", ".join(back or sorted(kind.value for kind in kinds)) or "clean"
            labels[session.file, session.session] = Label(
                session.file, session.session, name, bool(back), None
            )
    return labels


def _judged(sessions: Iterable[Session], truths: Mapping[str, Sequence[Truth]]) -> list[tuple[float, bool]]:
    """Every alerting detection that stands, at any confidence, and whether it is true."""
    if not truths:
        return []
    judged = []
    for session in sessions:
        true = truths.get(session.session, ())
        for found in session.latest():
            if found.kind.alerting:
                tests = tests_of(found)
                right = any(
                    truth.kind is found.kind and (not truth.tests or truth.tests & tests) for truth in true
                )
                judged.append((found.confidence, right))
    return judged


def _as_rule(rule: object, plainly: Mapping[tuple[str, str], Plainly]) -> Rule:
    return lambda session: bool(rule(plainly[session.file, session.session]))  # type: ignore[operator]


def _read(file: EventFile, watched: WatchedSessions) -> list[_Watched]:
    read: dict[str, _Watched] = {}
    for _, event in read_file(file):
        if not isinstance(event, Rejected):
            session_id = event.data.session_id
            if session_id not in read:
                read[session_id] = _Watched(watched.of(file.path.name, session_id))
            watched.fold(read[session_id].session, event)
            _watch(read[session_id], event)
    return list(read.values())


def _session(seen: _Watched) -> Session:
    return Session(
        file=seen.session.file,
        session=source_name(seen.session.session_id),
        versions=tuple(seen.session.versions),
        edits=len(seen.edits),
        runs=len(seen.runs),
        edits_by_seq=tuple(sorted(seen.edits)),
        dataset=seen.session.session_id.rpartition("/")[0] or seen.session.file,
        agent=seen.agent,
        model=seen.model,
    )


def source_name(session_id: str) -> str:
    """A recorded session's own name: its reader puts the dataset before it."""
    return session_id.rpartition("/")[2]


def _watch(seen: _Watched, event: Event) -> None:
    data = event.data
    seq = getattr(data, "seq", -1)
    if seq in seen.seen:
        return
    seen.seen.add(seq)
    if isinstance(data, SessionEvent):
        seen.agent = seen.agent or data.gen_ai_agent_name
        seen.model = seen.model or data.gen_ai_request_model
    match data:
        case EditAppliedV1():
            seen.edits.append(data.seq)
            seen.calls.append(
                ToolCall(
                    data.gen_ai_tool_name or "edit",
                    f"{data.path}\0{data.change_digest or data.file_digest_after}",
                    "",
                )
            )
        case WorkspaceRestoredV1():
            paths = "\0".join(path.path for path in data.paths)
            seen.calls.append(ToolCall(data.operation, paths, ""))
        case SuiteRunStartedV1():
            seen.started[data.run_id] = data
        case SuiteRunResultsV1():
            told = seen.outcomes.setdefault(data.run_id, [])
            told += [
                (result.test_case_name, result.outcome is Outcome.PASS)
                for result in data.results
                if result.outcome is not Outcome.SKIP and result.level is not Level.SCRIPT
            ]
        case SuiteRunFinishedV1():
            _finish(seen, data)


def _finish(seen: _Watched, data: SuiteRunFinishedV1) -> None:
    started = seen.started.pop(data.run_id, None)
    outcomes = tuple(seen.outcomes.pop(data.run_id, ()))
    command = (started.command.digest or "\0".join(started.command.selectors)) if started else ""
    scope = "\0".join((started.framework, *sorted(started.command.selectors))) if started else ""
    failed = "\0".join(sorted(test for test, passed in outcomes if not passed))
    seen.calls.append(ToolCall("test", command, f"{data.exit_code}\0{failed}"))
    seen.runs.append(RunSummary(scope, data.totals.passed if data.totals else None, outcomes))

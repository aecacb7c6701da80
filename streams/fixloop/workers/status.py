"""How things stand on one machine, as one document: the open sessions, their bugs and detections, and the spool.

`fixloop status` prints it, `fixloop up` answers with it on its socket, and editors show it; docs/status.md says what is in it.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any, Final

from fixloop.emit.spool.status import spool_status
from fixloop.land.asking import literal
from fixloop.land.store import Result

Ask = Callable[[str], Result]
"""Answers a question in SQL."""

VERSION: Final = 1
"""Of the document. Within a version fields are only added."""
MAX_SESSIONS: Final = 100
MAX_DETECTIONS: Final = 10
KEPT_SECONDS: Final = 2.0
"""How old an answer may be: many windows that ask cost what one does."""

_SESSIONS: Final = """
SELECT session_id, last_event_at, repository, agent, count() OVER () AS open_sessions FROM (
    SELECT session_id, max(time) AS last_event_at, argMax(vcs_repository_name, seq) AS repository,
        argMax(gen_ai_agent_name, seq) AS agent, count() AS taken_in
    FROM events GROUP BY session_id) AS worked
LEFT JOIN (SELECT session_id AS closed_id, events AS closed_events FROM session_summaries) AS closed
    ON closed_id = session_id
WHERE closed_id = '' OR closed_events < taken_in
ORDER BY last_event_at DESC, session_id LIMIT {limit}"""
_RED: Final = """
SELECT session_id, countIf(word IN ('fail', 'error')) AS red FROM (
    SELECT session_id, test_case_name, argMax(outcome, seq) AS word FROM test_results
    WHERE session_id IN ({sessions}) AND outcome != 'skip' GROUP BY session_id, test_case_name)
GROUP BY session_id"""
_STANDING: Final = """
SELECT session_id, sum(laps) AS laps, countIf(confidence >= {threshold}) AS alerts FROM detections
WHERE session_id IN ({sessions}) AND alerting AND status = 'open' GROUP BY session_id"""
_LAST_RUNS: Final = """
SELECT session_id, run_id, ifNull(finished_at, started_at) AS at, framework, status, finished, passed, failed, errors, skipped
FROM test_runs {of} ORDER BY at DESC, last_seq DESC LIMIT 1{each}"""
_ALERTS: Final = """
SELECT detection_id, kind, confidence, laps, session_id, vcs_repository_name AS repository, test_case_names, detected_at FROM detections
WHERE alerting AND status = 'open' AND confidence >= {threshold} ORDER BY detected_at DESC, detection_id LIMIT {limit}"""
_LOST: Final = """
SELECT sum(JSONExtractInt(data, 'last_seq') - JSONExtractInt(data, 'first_seq') + 1) AS lost FROM events
WHERE type = 'dev.fixloop.events.dropped.v1'"""
_REFUSED: Final = "SELECT count() AS letters FROM dead_letters"


class StatusDesk:
    """Answers how things stand, and asks the store at most every two seconds, however many ask. Safe to use from several threads."""

    def __init__(self, ask: Ask, spool: Path, threshold: float, up: Callable[[], Mapping[str, Any]]) -> None:
        self._ask = ask
        self._spool = spool
        self._threshold = threshold
        self._up = up
        self._lock = Lock()
        self._made_at = -KEPT_SECONDS
        self._made: Mapping[str, Any] = {}

    def status(self) -> Mapping[str, Any]:
        """The document, at most `KEPT_SECONDS` old.

        Raises:
            FixloopError: the store cannot be asked.
        """
        with self._lock:
            if time.monotonic() - self._made_at >= KEPT_SECONDS:
                self._made = status(self._ask, self._spool, self._threshold, self._up())
                self._made_at = time.monotonic()
            return self._made


def status(
    ask: Ask | None, spool: Path, threshold: float, up: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The document.

    Args:
        ask: asks the store; None when there is none here.
        spool: where the spool lies.
        threshold: the confidence from which a detection alerts.
        up: what `fixloop up` says of itself; None when it does not run.

    Raises:
        FixloopError: the store cannot be asked.
    """
    return {
        "version": VERSION,
        "up": up,
        "store": None if ask is None else _store(ask, threshold),
        "spool": asdict(spool_status(spool)),
    }


def _store(ask: Ask, threshold: float) -> dict[str, Any]:
    listed = _rows(ask(_SESSIONS.format(limit=MAX_SESSIONS)))
    sessions = [_session(row) for row in listed]
    _add_states(ask, threshold, {session["session_id"]: session for session in sessions})
    last = _rows(ask(_LAST_RUNS.format(of="", each="")))
    return {
        "sessions_open": listed[0]["open_sessions"] if listed else 0,
        "bugs_open": sum(session["bugs_open"] for session in sessions),
        "laps": sum(session["laps"] for session in sessions),
        "alerts": sum(session["alerts"] for session in sessions),
        "last_run": last[0] if last else None,
        "sessions": sessions,
        "detections": _rows(ask(_ALERTS.format(threshold=threshold, limit=MAX_DETECTIONS))),
        "events_given_up": ask(_LOST).rows[0][0] or 0,
        "lines_set_aside": ask(_REFUSED).rows[0][0],
    }


def _session(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in ("session_id", "repository", "agent", "last_event_at")}
    return {**told, "bugs_open": 0, "laps": 0, "alerts": 0, "last_run": None}


def _add_states(ask: Ask, threshold: float, sessions: Mapping[str, dict[str, Any]]) -> None:
    if not sessions:
        return
    named = ", ".join(literal(session_id) for session_id in sessions)
    for row in _rows(ask(_RED.format(sessions=named))):
        sessions[row["session_id"]]["bugs_open"] = row["red"]
    for row in _rows(ask(_STANDING.format(sessions=named, threshold=threshold))):
        sessions[row["session_id"]] |= {"laps": row["laps"], "alerts": row["alerts"]}
    runs = _LAST_RUNS.format(of=f"WHERE session_id IN ({named})", each=" BY session_id")
    for row in _rows(ask(runs)):
        sessions[row["session_id"]]["last_run"] = row


def _rows(result: Result) -> Sequence[dict[str, Any]]:
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]

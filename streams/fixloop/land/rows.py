"""Events to rows, pure. Everything a row says comes from its event, so that the same event is the same row, whenever it is written."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from fixloop.land.columns import ATTRIBUTION, COLUMNS
from fixloop_schemas.cloudevents import Rejected, dump
from fixloop_schemas.codec import Event
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1
from fixloop_schemas.events.session_summarized_v1 import SessionSummarizedV1
from fixloop_schemas.events.suite_run_v1 import (
    CaseResult,
    SuiteRunFinishedV1,
    SuiteRunResultsV1,
    SuiteRunStartedV1,
)
from fixloop_schemas.events.wire import SessionEvent
from fixloop_schemas.limits import MAX_EVENT_BYTES

Row = tuple[Any, ...]
Rows = Mapping[str, list[Row]]
"""Rows by the table that they belong to, with the columns that `COLUMNS` names, in its order."""

_FIRST_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_TIME: Final = datetime(2262, 1, 1, tzinfo=UTC)


def rows_of(event: Event) -> Rows:
    """The rows that an event gives, by table."""
    data = event.data
    if isinstance(data, DetectionRecordedV1):
        return {"detection_rows": [_detection(event, data)]}
    if isinstance(data, SessionSummarizedV1):
        return {"session_summary_rows": [_summary(event, data)]}
    if not isinstance(data, SessionEvent):
        return {}
    rows = {"event_rows": [_row("event_rows", _common(event), type=event.type, data=_json(event))]}
    match data:
        case EditAppliedV1():
            rows["edit_rows"] = [_edit(event, data)]
        case SuiteRunStartedV1():
            rows["test_run_rows"] = [_run_started(event, data)]
        case SuiteRunResultsV1():
            rows["test_run_rows"] = [_run(event, data.run_id, "results", part=data.part)]
            rows["test_result_rows"] = _results(event, data)
        case SuiteRunFinishedV1():
            rows["test_run_rows"] = [_run_finished(event, data)]
    return rows


def dead_letter_rows(source: str, rejected: Rejected, raw: bytes = b"", time: datetime | None = None) -> Rows:
    """The row of a message that was refused.

    Args:
        source: where it came from: topic, partition and offset, or file and line. The same place and message are one letter.
        rejected: why.
        raw: the message as it came, where it is known.
        time: when its record was written, where that is known.
    """
    letter = {
        "dead_letter_id": sha256(source.encode("utf-8", "surrogateescape") + b"\0" + raw).hexdigest()[:32],
        "source": source.encode("utf-8", "replace").decode(),
        "reason": rejected.reason.value,
        "detail": rejected.detail.encode("utf-8", "replace").decode(),
        "time": _storable(time),
        "raw": raw[:MAX_EVENT_BYTES],
        "raw_bytes": len(raw),
    }
    return {"dead_letter_rows": [_row("dead_letter_rows", letter)]}


def combined(parts: Iterable[Rows]) -> dict[str, list[Row]]:
    """All rows together, in order."""
    together: dict[str, list[Row]] = {}
    for rows in parts:
        for table, more in rows.items():
            together.setdefault(table, []).extend(more)
    return together


def _row(table: str, fields: Mapping[str, Any], **more: Any) -> Row:
    """The values in the order of the table's columns; a column that the event does not speak of stays NULL."""
    together = {**fields, **more}
    return tuple(together.get(column) for column in COLUMNS[table])


def _common(event: Event) -> dict[str, Any]:
    data = event.data
    return {
        **{name: getattr(data, name) for name in ATTRIBUTION},
        "seq": data.seq if isinstance(data, SessionEvent) else None,
        "source": event.source,
        "event_id": event.id,
        "time": _storable(event.time),
    }


def _edit(event: Event, data: EditAppliedV1) -> Row:
    return _row("edit_rows", data.__dict__, **_common(event))


def _run(event: Event, run_id: str, phase: str, **fields: Any) -> Row:
    return _row(
        "test_run_rows", {"part": 0, "selectors": (), **fields}, run_id=run_id, phase=phase, **_common(event)
    )


def _run_started(event: Event, data: SuiteRunStartedV1) -> Row:
    return _run(
        event,
        data.run_id,
        "started",
        framework=data.framework,
        runner=data.command.runner,
        selectors=data.command.selectors,
        command_digest=data.command.digest,
        scope=data.scope,
        code_edits=data.code_state.edits,
        tree_digest=data.code_state.tree_digest,
        background=data.background,
    )


def _run_finished(event: Event, data: SuiteRunFinishedV1) -> Row:
    return _run(
        event,
        data.run_id,
        "finished",
        parts=data.parts,
        status=data.status,
        passed=data.totals.passed if data.totals else None,
        failed=data.totals.failed if data.totals else None,
        errors=data.totals.errors if data.totals else None,
        skipped=data.totals.skipped if data.totals else None,
        exit_code=data.exit_code,
        exit_code_reliable=data.exit_code_reliable,
        results_complete=data.results_complete,
        duration=data.duration,
    )


def _results(event: Event, data: SuiteRunResultsV1) -> list[Row]:
    common = {**_common(event), "run_id": data.run_id}
    # Where a part names a test twice the later word stands, as it does between parts.
    by_name = {result.test_case_name: result for result in data.results}
    return [_row("test_result_rows", common, **_result(result)) for result in by_name.values()]


def _result(result: CaseResult) -> dict[str, Any]:
    signature = result.signature
    return {
        "test_case_name": result.test_case_name,
        "outcome": result.outcome,
        "level": result.level,
        "inferred": result.inferred,
        "signature_digest": signature.digest if signature else None,
        "signature_version": signature.version if signature else None,
        "signature_complete": signature.complete if signature else None,
        "error_type": signature.error_type if signature else None,
        "frame": signature.frame if signature else None,
        "duration": result.duration,
        "attempts": result.attempts,
        "masked_message": signature.masked_message if signature else None,
    }


def _detection(event: Event, data: DetectionRecordedV1) -> Row:
    shared = [back.shared_lines for back in data.returns if back.shared_lines is not None]
    return _row(
        "detection_rows",
        data.__dict__,
        alerting=data.kind.alerting,
        detected_at=_storable(event.time),
        bug_ids=tuple(bug.bug_id for bug in data.bugs),
        test_case_names=tuple(bug.test_case_name for bug in data.bugs),
        error_types=tuple(bug.error_type for bug in data.bugs),
        fixing_edits=_each_once(edit for back in data.returns for edit in back.fixing_edits),
        breaking_edits=_each_once(edit for back in data.returns for edit in back.breaking_edits),
        runs=_each_once(
            run for back in data.returns for run in (back.red_run, back.fixing_run, back.returning_run)
        ),
        shared_lines=max(shared, default=None),
        reasons=tuple(reason.code for reason in data.reasons),
        reason_texts=tuple(reason.text for reason in data.reasons),
        reason_weights=tuple(reason.weight for reason in data.reasons),
        data=_json(event),
    )


def _summary(event: Event, data: SessionSummarizedV1) -> Row:
    return _row(
        "session_summary_rows",
        data.__dict__,
        last_event_at=_storable(event.time),
        alerting=sum(one.count for one in data.detections if one.kind.alerting),
        kinds=tuple(one.kind for one in data.detections),
        kind_counts=tuple(one.count for one in data.detections),
    )


def _json(event: Event) -> str:
    return dump(event.data.model_dump(mode="json", exclude_none=True, serialize_as_any=True)).decode()


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _storable(time: datetime | None) -> datetime | None:
    """The time, if the store can hold it; a clock that is centuries off says nothing."""
    return time.astimezone(UTC) if time and _FIRST_TIME <= time < _LAST_TIME else None

"""A parsed run as the events that tell it: started, results in parts, finished. Texts end here; what goes on is digests and names. Pure."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from fixloop.emit.capture import Capture
from fixloop.emit.events import RUN_FINISHED, RUN_RESULTS, RUN_STARTED
from fixloop.emit.parsed_run import ParsedRun, Result
from fixloop.emit.told_names import told_names
from fixloop_schemas.cloudevents import dump
from fixloop_schemas.failures import Failure
from fixloop_schemas.limits import MAX_EVENT_BYTES, MAX_RESULTS_PER_PART
from fixloop_schemas.names import MAX_TEST_NAME, bounded, encodable
from fixloop_schemas.vocabulary import Level

_ROOM: Final = 16 * 1024
"""Kept free in each part for the envelope and the attribution."""
_MAX_ATTEMPTS: Final = 100
_MAX_SECONDS: Final = 1e9

RunEvent = tuple[str, Mapping[str, Any]]
"""Type and data of one event."""


def run_events(
    run: ParsedRun,
    run_id: str,
    digester: Capture,
    *,
    command: str | None = None,
    folder: Path | None = None,
    root: Path | None = None,
) -> tuple[RunEvent, ...]:
    """The run's events in order, without what a session adds to them.

    Args:
        run: what is known of it.
        run_id: tells it from every other run of its session.
        digester: makes the digests.
        command: the command line, of which the digest is told.
        folder: where it was called.
        root: the working copy's root: a path within is told relative to it, one outside as a digest.
    """
    run = told_names(run, folder, root, digester)
    parts = list(_parts(_result(result, digester) for result in run.results))
    told = _without_nothing(
        {
            "runner": bounded(encodable(run.runner)) if run.runner else None,
            "selectors": [bounded(encodable(selector), MAX_TEST_NAME) for selector in run.selectors],
            "digest": digester.text(command) if command else None,
        }
    )
    common = {"run_id": run_id}
    started = {"framework": bounded(run.framework), "command": told, "scope": run.scope.value}
    finished = {
        "parts": len(parts),
        "status": run.status.value,
        "totals": _totals(run),
        "exit_code": run.exit_code,
        "exit_code_reliable": run.exit_code_reliable,
        "results_complete": run.results_complete,
        "duration": _seconds(run.duration),
    }
    return (
        (RUN_STARTED, {**common, **started}),
        *((RUN_RESULTS, {**common, "part": part, "results": some}) for part, some in enumerate(parts)),
        (RUN_FINISHED, {**common, **_without_nothing(finished)}),
    )


def signature_of(failure: Failure | None, digester: Capture) -> dict[str, Any]:
    """A failure's signature as the wire has it; of one of which nothing is known, that it is not complete."""
    failure = failure or Failure(complete=False)
    kind = encodable(failure.error_type) if failure.error_type else None
    return digester.failure(kind, failure.message, failure.frame, complete=failure.complete)


def _result(result: Result, digester: Capture) -> dict[str, Any]:
    told: dict[str, Any] = {
        "test_case_name": bounded(encodable(result.name), MAX_TEST_NAME),
        "outcome": result.outcome.value,
    }
    if result.level is not Level.CASE:
        told["level"] = result.level.value
    if result.inferred:
        told["inferred"] = True
    if result.outcome.red:
        told["signature"] = signature_of(result.failure, digester)
    if (duration := _seconds(result.duration)) is not None:
        told["duration"] = duration
    if result.attempts:
        told["attempts"] = [attempt.value for attempt in result.attempts[-_MAX_ATTEMPTS:]]
    return told


def _parts(results: Iterable[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    """The results in parts that fit into one event each."""
    part: list[dict[str, Any]] = []
    size = 0
    for result in results:
        own = len(dump(result)) + 1
        if part and (size + own > MAX_EVENT_BYTES - _ROOM or len(part) == MAX_RESULTS_PER_PART):
            yield part
            part, size = [], 0
        part.append(result)
        size += own
    if part:
        yield part


def _totals(run: ParsedRun) -> dict[str, int] | None:
    if run.totals is None:
        return None
    totals = run.totals
    return {
        "passed": totals.passed,
        "failed": totals.failed,
        "errors": totals.errors,
        "skipped": totals.skipped,
    }


def _seconds(duration: float | None) -> float | None:
    known = duration is not None and math.isfinite(duration) and 0 <= duration <= _MAX_SECONDS
    return round(duration, 6) if known and duration is not None else None


def _without_nothing(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}

"""cargo-nextest: its JUnit report, or the JSON lines of `--message-format libtest-json`."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.imported.sources import Source, found
from fixloop.emit.parsed_run import ParsedRun, Result, counted, status_of
from fixloop.emit.reports import junit
from fixloop.emit.reports.facts import Content, Reported, facts_of
from fixloop_schemas.failures import extract
from fixloop_schemas.vocabulary import Outcome, RunStatus

_OUTCOMES: Final = {
    "ok": Outcome.PASS,
    "failed": Outcome.FAIL,
    "timeout": Outcome.ERROR,
    "ignored": Outcome.SKIP,
}
_MAX_ATTEMPTS: Final = 100


def units(paths: Sequence[Path]) -> list[tuple[Source, ...]]:
    """Each path is one run."""
    return [tuple(Source(file) for file in found([path], (".xml", ".json", ".jsonl"))) for path in paths]


def read(unit: Sequence[Source], asked: Asked) -> Iterator[Fact | Unread]:
    """The facts of one run."""
    return facts_of(runs(unit), asked)


def runs(unit: Sequence[Source]) -> Iterator[Reported | Unread]:
    """What the reports of one unit tell."""
    for source in unit:
        first = next(iter(source.chunks()), b"").lstrip()[:1]
        if first == b"<":
            yield from junit.runs((source,))
            continue
        content = Content()
        run = read_lines(content.taken(line) for _, line in source.lines())
        if run is None:
            yield Unread(source.name, "neither a JUnit report nor lines of libtest-json")
        else:
            yield Reported(run, content.run_id)


def read_lines(lines: Iterable[bytes]) -> ParsedRun | None:
    """The run that the lines tell of; None when no line is of it."""
    results: dict[str, Result] = {}
    opened = ended = 0
    duration = 0.0
    for line in lines:
        event = _event(line)
        kind, word = event.get("type"), event.get("event")
        if kind == "suite":
            opened += word == "started"
            ended += word in ("ok", "failed")
            duration += _seconds(event) or 0.0
        elif kind == "test" and word in _OUTCOMES and isinstance(event.get("name"), str):
            result = _result(event, _OUTCOMES[word])
            before = results.get(result.name)
            if before is None or not before.outcome.red:  # the same name in another binary
                results[result.name] = result
    if not results and not opened:
        return None
    totals = counted(results.values())
    return ParsedRun(
        framework="nextest",
        results=tuple(results.values()),
        status=status_of(totals) if ended >= opened else RunStatus.ABORTED,
        totals=totals,
        results_complete=ended >= opened and totals.all > 0,
        duration=duration,
    )


def _result(event: dict[str, Any], outcome: Outcome) -> Result:
    """`shop::bin/shop$tests::adds#3` is the third attempt, and the last one, which alone is told."""
    name, hash_, attempt = event["name"].rpartition("#")
    if not hash_ or not attempt.isdecimal():
        name, attempt = event["name"], "1"
    attempts = min(int(attempt[:3]), _MAX_ATTEMPTS)
    said = event.get("stdout") or event.get("message") or event.get("reason")
    failure = extract("rust", said) if isinstance(said, str) and outcome.red else None
    return Result(
        name.rpartition("$")[2],
        outcome,
        failure=failure,
        duration=_seconds(event),
        attempts=(*(Outcome.FAIL,) * (attempts - 1), outcome) if attempts > 1 else (),
    )


def _event(line: bytes) -> dict[str, Any]:
    try:
        event = json.loads(line) if line.lstrip().startswith(b"{") else None
    except (ValueError, RecursionError):
        event = None
    return event if isinstance(event, dict) else {}


def _seconds(event: dict[str, Any]) -> float | None:
    value = event.get("exec_time")
    return (
        float(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
        else None
    )

"""CTRF, the Common Test Report Format: retries are counted and named in it, so that nothing has to be guessed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.imported.sources import Source
from fixloop.emit.parsed_run import ParsedRun, Result, Totals, counted, status_of
from fixloop.emit.reports.facts import Content, Reported, facts_of
from fixloop_schemas.failures import EXTRACTORS, Failure, extract
from fixloop_schemas.vocabulary import Outcome, RunStatus

_OUTCOMES: Final = {
    "passed": Outcome.PASS,
    "failed": Outcome.FAIL,
    "skipped": Outcome.SKIP,
    "pending": Outcome.SKIP,
}
"""`other` is no outcome."""
_MAX_ATTEMPTS: Final = 100
_MILLISECONDS: Final = 1000.0
_YEAR_2200: Final = 7.2e12


def read(unit: Sequence[Source], asked: Asked) -> Iterator[Fact | Unread]:
    """The facts of one report."""
    return facts_of(runs(unit), asked)


def runs(unit: Sequence[Source]) -> Iterator[Reported | Unread]:
    """What the reports of one unit tell."""
    for source in unit:
        content = Content()
        try:
            document = json.loads(content.taken(source.whole()))
        except (ValueError, RecursionError):
            yield Unread(source.name, "not JSON, or it breaks off")
            continue
        run = read_document(document)
        if run is None:
            yield Unread(source.name, "no CTRF report: results.tests is missing")
        else:
            yield Reported(run, content.run_id)


def read_document(document: object) -> ParsedRun | None:
    """The run that a parsed report tells of; None when it is none."""
    results = _mapping(_mapping(document).get("results"))
    tests = results.get("tests")
    if not isinstance(tests, list):
        return None
    tool = _text(_mapping(results.get("tool")), "name") or "ctrf"
    framework = next(
        (one for one in (*EXTRACTORS, "mocha", "playwright") if one in tool.lower()), tool.lower()
    )
    found = [_result(framework, _mapping(test)) for test in tests]
    read_results = tuple(_last_of_each([result for result in found if result is not None]))
    summary = _mapping(results.get("summary"))
    totals = counted(read_results)
    start, stop = _count(summary.get("start")), _count(summary.get("stop"))
    return ParsedRun(
        framework=framework,
        results=read_results,
        status=status_of(totals) if totals.all else RunStatus.SKIPPED,
        totals=totals,
        results_complete=None not in found and _all_there(summary, totals),
        duration=(stop - start) / _MILLISECONDS
        if start is not None and stop is not None and stop >= start
        else None,
        time=_time(start),
    )


def _result(framework: str, test: Mapping[str, Any]) -> Result | None:
    name, outcome = _text(test, "name"), _OUTCOMES.get(_text(test, "status"))
    if not name or outcome is None:
        return None
    text = _text(test, "trace") or _text(test, "message")
    failure = (
        extract(framework if framework in EXTRACTORS else "jest", text) if text else Failure(complete=False)
    )
    if not text.strip() or (failure.message is None and _text(test, "message")):
        failure = Failure(failure.error_type, _text(test, "message") or None, failure.frame, failure.complete)
    duration = _count(test.get("duration"))
    return Result(
        _name(test, name),
        outcome,
        failure=failure if outcome.red else None,
        duration=duration / _MILLISECONDS if duration is not None else None,
        attempts=_attempts(test, outcome),
    )


def _attempts(test: Mapping[str, Any], outcome: Outcome) -> tuple[Outcome, ...]:
    """Earlier attempts in order, and the last; what is retried had failed, where a report only counts."""
    told = test.get("retryAttempts")
    if isinstance(told, list) and told:
        words = [_OUTCOMES.get(_text(_mapping(one), "status"), Outcome.FAIL) for one in told]
        retries = _count(test.get("retries"))
        last_told = retries is not None and len(words) > retries
        return tuple((*words, *(() if last_told else (outcome,)))[-_MAX_ATTEMPTS:])
    retries = int(min(_count(test.get("retries")) or 0, _MAX_ATTEMPTS - 1))
    if not retries and test.get("flaky") is True and outcome is Outcome.PASS:
        retries = 1
    return (*(Outcome.FAIL,) * retries, outcome) if retries else ()


def _last_of_each(results: list[Result]) -> list[Result]:
    """Reports that were put together may have each attempt as a test of its own: the later one is the last word."""
    found: dict[str, Result] = {}
    for result in results:
        before = found.get(result.name)
        attempts = result.attempts
        if before is not None:
            attempts = (*(before.attempts or (before.outcome,)), *(attempts or (result.outcome,)))
        found[result.name] = replace(result, attempts=attempts[-_MAX_ATTEMPTS:])
    return list(found.values())


def _name(test: Mapping[str, Any], name: str) -> str:
    if "::" in name:
        return name
    suite = test.get("suite")
    suites = (
        [suite]
        if isinstance(suite, str)
        else [one for one in suite if isinstance(one, str)]
        if isinstance(suite, list)
        else []
    )
    file = _text(test, "filePath")
    titles = [title for title in suites if title and not file.endswith(title)]
    return " > ".join([*([file] if file else []), *titles, name])


def _all_there(summary: Mapping[str, Any], totals: Totals) -> bool:
    told = _count(summary.get("tests"))
    return told is None or told == totals.all


def _time(start: float | None) -> str | None:
    if start is None or not 0 < start < _YEAR_2200:
        return None
    moment = datetime.fromtimestamp(start / _MILLISECONDS, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(of: Mapping[str, Any], name: str) -> str:
    value = of.get(name)
    return value if isinstance(value, str) else ""


def _count(value: object) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15
    return float(value) if known and isinstance(value, int | float) else None

"""A recorded test run as its events: started, results in parts, finished."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fixloop.ingest.recordings.line import Line, whole_number
from fixloop.ingest.recordings.results import Results, in_parts, read_results
from fixloop_schemas.commands import Called, called
from fixloop_schemas.digest import Digester
from fixloop_schemas.events.suite_run_v1 import (
    Command,
    SuiteRunFinishedV1,
    SuiteRunResultsV1,
    SuiteRunStartedV1,
    Totals,
)
from fixloop_schemas.events.wire import SessionEvent
from fixloop_schemas.names import bounded
from fixloop_schemas.vocabulary import Level, RunStatus

_STATUS: Final = {
    "pass": RunStatus.SUCCESS,
    "passed": RunStatus.SUCCESS,
    "success": RunStatus.SUCCESS,
    "fail": RunStatus.FAILURE,
    "failed": RunStatus.FAILURE,
    "failure": RunStatus.FAILURE,
    "error": RunStatus.FAILURE,
    "skip": RunStatus.SKIPPED,
    "skipped": RunStatus.SKIPPED,
    "aborted": RunStatus.ABORTED,
    "crashed": RunStatus.ABORTED,
    "interrupted": RunStatus.ABORTED,
    "timeout": RunStatus.TIMED_OUT,
    "timed_out": RunStatus.TIMED_OUT,
}
_TOTALS: Final = {
    "passed": ("passed", "xpassed"),
    "failed": ("failed",),
    "errors": ("errors", "error"),
    "skipped": ("skipped", "xfailed", "todo", "pending", "ignored"),
}
_COUNTED_ELSEWHERE: Final = frozenset({"total"})
_COUNTS_ITSELF: Final = frozenset(
    {"pytest", "unittest", "django", "sympy", "bun", "vitest", "jest", "vitest/jest", "cargo"}
)
"""Runners whose own last line says how many tests ran; elsewhere the totals are what the recorder could see."""

_MAX_EXIT_CODE: Final = 2**32 - 1
_RECORDED_CHARACTERS: Final = 300
"""What a recording keeps of a command."""


def run_id(line: Line) -> str:
    """The run's id inside its session."""
    return f"run-{line.seq}"


def run_events(
    line: Line, results: Results, digester: Digester, first_seq: int, who: dict[str, Any]
) -> Iterator[tuple[str, SessionEvent]]:
    """The run's events in order, each with the suffix of its id; `seq` counts on from `first_seq`."""
    command = line.text("command")
    call = called(command, cut=len(command or "") >= _RECORDED_CHARACTERS)
    common = {**who, "run_id": run_id(line)}
    yield ":started", _started(line, call, digester, {**common, "seq": first_seq})
    parts = list(in_parts(results.cases))
    for number, part in enumerate(parts):
        data = SuiteRunResultsV1(**common, seq=first_seq + 1 + number, part=number, results=part)
        yield f":results-{number}", data
    exit_code = _exit_code(line.fields.get("exit_code"))
    finished = SuiteRunFinishedV1(
        **common,
        seq=first_seq + 1 + len(parts),
        parts=len(parts),
        status=_STATUS.get((line.text("status") or "").lower(), RunStatus.UNKNOWN),
        totals=_totals(line.fields.get("totals")),
        exit_code=exit_code,
        exit_code_reliable=exit_code is not None and call.exit_code_reliable,
        results_complete=_all_named(line, results, call),
    )
    yield ":finished", finished


def results_of(line: Line, digester: Digester) -> Results:
    """What the run's tests did."""
    return read_results(digester, line.text("framework") or "", line.fields.get("tests"))


def _started(line: Line, call: Called, digester: Digester, common: dict[str, Any]) -> SuiteRunStartedV1:
    command = line.text("command")
    return SuiteRunStartedV1(
        **common,
        framework=bounded(line.text("framework") or "unknown"),
        command=Command(
            runner=call.runner, selectors=call.selectors, digest=digester.text(command) if command else None
        ),
        scope=call.scope,
        background=line.flag("background"),
    )


def _totals(recorded: object) -> Totals | None:
    if not isinstance(recorded, Mapping) or not any(
        recorded.get(word) is not None for words in _TOTALS.values() for word in words
    ):
        return None
    return Totals(
        **{
            name: sum(whole_number(recorded.get(word)) or 0 for word in words)
            for name, words in _TOTALS.items()
        }
    )


def _exit_code(value: object) -> int | None:
    known = isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value <= _MAX_EXIT_CODE
    return value if known and isinstance(value, int) else None


def _all_named(line: Line, results: Results, call: Called) -> bool:
    """Whether it is proven that every test that ran is named: the runner's own count equals the reported names, and nothing was cut.

    Behind a pipe even the count may be of what was left.
    """
    totals = line.fields.get("totals")
    if (
        not isinstance(totals, Mapping)
        or line.text("framework") not in _COUNTS_ITSELF
        or not call.exit_code_reliable
    ):
        return False
    if line.flag("output_truncated") or line.fields.get("passing_names_trimmed") or results.unreadable:
        return False
    known = {word for words in _TOTALS.values() for word in words}
    if not totals.keys() <= known | _COUNTED_ELSEWHERE:
        return False
    counted = sum(whole_number(totals.get(word)) or 0 for word in known)
    named = sum(case.level is Level.CASE and not case.inferred for case in results.cases)
    return counted == named > 0

"""The recorded results of one run, as the wire has them: outcomes mapped, failures reduced to signatures, retries kept apart."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from fixloop.ingest.recordings.signatures import failure_signature, seconds
from fixloop_schemas.cloudevents import dump
from fixloop_schemas.digest import Digester
from fixloop_schemas.events.suite_run_v1 import CaseResult
from fixloop_schemas.limits import MAX_EVENT_BYTES, MAX_RESULTS_PER_PART
from fixloop_schemas.names import MAX_TEST_NAME, bounded, encodable
from fixloop_schemas.vocabulary import Level, Outcome

ENVELOPE_BYTES: Final = 8 * 1024
"""Kept free in each part for what stands around the results."""

MAX_ATTEMPTS: Final = 100

_OUTCOMES: Final = {
    Outcome.PASS: ("pass", "passed", "ok", "success", "succeeded", "xpass", "xpassed"),
    Outcome.FAIL: ("fail", "failed", "failure", "not ok"),
    Outcome.ERROR: ("error", "errored", "broken", "crash", "crashed", "panic", "timeout", "timed_out"),
    Outcome.SKIP: ("skip", "skipped", "pending", "todo", "ignored", "disabled", "xfail", "xfailed"),
}
"""An expected failure asks for no fix and is no pass: `skip`. An unexpected pass is a pass."""

_OUTCOME_OF: Final = {word: outcome for outcome, words in _OUTCOMES.items() for word in words}
_LEVEL_OF: Final = {None: Level.CASE, "case": Level.CASE, "test": Level.CASE, "script": Level.SCRIPT}
"""Anything else speaks for more than one test: `group`."""

_WORST_LAST: Final = (Outcome.SKIP, Outcome.PASS, Outcome.ERROR, Outcome.FAIL)


@dataclass(frozen=True, slots=True)
class Results:
    """What could be read, and how many entries could not."""

    cases: tuple[CaseResult, ...]
    unreadable: int


def read_results(digester: Digester, framework: str, recorded: object) -> Results:
    """The results in a run's `tests`, one a name and level, in the order recorded."""
    entries = recorded if isinstance(recorded, list) else []
    read: dict[tuple[str, Level], list[CaseResult]] = {}
    unreadable = 0
    for entry in entries:
        case = _case(digester, framework, entry) if isinstance(entry, dict) else None
        if case is None:
            unreadable += 1
        else:
            read.setdefault((case.test_case_name, case.level), []).append(case)
    return Results(tuple(_merged(cases) for cases in read.values()), unreadable)


def in_parts(cases: Iterable[CaseResult]) -> Iterator[tuple[CaseResult, ...]]:
    """The results in parts that fit into one event each."""
    part: list[CaseResult] = []
    size = 0
    for case in cases:
        own = len(dump(case.model_dump(mode="json", exclude_none=True))) + 1
        if part and (size + own > MAX_EVENT_BYTES - ENVELOPE_BYTES or len(part) == MAX_RESULTS_PER_PART):
            yield tuple(part)
            part, size = [], 0
        part.append(case)
        size += own
    if part:
        yield tuple(part)


def _case(digester: Digester, framework: str, entry: Mapping[str, object]) -> CaseResult | None:
    name, status, message, error = (entry.get(key) for key in ("name", "status", "msg", "error"))
    outcome = _OUTCOME_OF.get(status.lower()) if isinstance(status, str) else None
    if not isinstance(name, str) or not name or outcome is None:
        return None
    if outcome is Outcome.FAIL and error in (1, True):
        outcome = Outcome.ERROR  # the runner says that the test broke before it could judge
    kind = entry.get("level")
    level = _LEVEL_OF.get(kind if isinstance(kind, str) else None, Level.GROUP)
    text = message if isinstance(message, str) else None
    try:
        return CaseResult(
            test_case_name=bounded(encodable(name), MAX_TEST_NAME),
            outcome=outcome,
            level=level,
            inferred=entry.get("inferred") is True,
            signature=failure_signature(
                digester, framework, level, text, error if isinstance(error, str) else None
            )
            if outcome.red
            else None,
            duration=_duration(entry, text),
        )
    except ValidationError:
        return None


def _duration(entry: Mapping[str, object], message: str | None) -> float | None:
    recorded = entry.get("duration")
    known = isinstance(recorded, int | float) and not isinstance(recorded, bool) and 0 <= recorded < math.inf
    return float(recorded) if known and isinstance(recorded, int | float) else seconds(message)


def _merged(cases: list[CaseResult]) -> CaseResult:
    """One result of several under one name: the worst, with all of them as attempts."""
    if len(cases) == 1:
        return cases[0]
    worst = max(cases, key=lambda case: _WORST_LAST.index(case.outcome))
    return worst.model_copy(update={"attempts": tuple(case.outcome for case in cases)[-MAX_ATTEMPTS:]})

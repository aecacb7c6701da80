"""What a store answers that does not depend on who filled it, in what order, in which batches, and how often."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

Ask = Callable[[str], Sequence[Sequence[Any]]]
"""Rows for SQL."""
Content = dict[str, list[str]]
"""Rows, each as JSON, by what was asked."""

_BETWEEN_SESSIONS: Final = """position(data, '"fixing_session"') > 0"""

FILTERS: Final = {
    # As they stand in the end. What was said of two sessions and withdrawn, another order of arrival may never have said.
    "detections": f"NOT (status = 'withdrawn' AND {_BETWEEN_SESSIONS})",
    # What is said on the way, where sessions are by themselves: what they learn from each other comes when it comes.
    "detection_versions": f"""NOT ({_BETWEEN_SESSIONS}) AND detection_id NOT IN
        (SELECT detection_id FROM detection_versions WHERE has(reasons, 'flaky_elsewhere'))""",  # noqa: S608 -- constants
    # A session that did not end closes when it was silent for long: by the clock, where nothing comes after it.
    "session_summaries": "ended",
}
"""Which rows of a view are comparable, where not all are."""

ROLLUPS: Final = {
    "events by type and minute": "SELECT toStartOfMinute(time) AS minute, type, count(), uniqExact(event_id) FROM events",
    "edits by repository and path": "SELECT vcs_repository_name, path, count(), sum(lines_added) FROM edits",
    "runs by status": "SELECT vcs_repository_name, status, count(), sum(passed), sum(failed) FROM test_runs",
    "results by test": "SELECT vcs_repository_name, test_case_name, outcome, count() FROM test_results",
    "detections by kind": f"""
        SELECT kind, status, alerting, count(), sum(laps), round(sum(confidence), 6) FROM detections
        WHERE {FILTERS["detections"]}""",  # noqa: S608 -- constants
}
"""Numbers such as boards show, each to be grouped by all that is not counted."""


def content(ask: Ask) -> Content:
    """Every comparable row of every view that there is, how many there are, and rollups over them."""
    views = ask(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'View' ORDER BY name"
    )
    found: Content = {}
    for (view,) in views:
        where = FILTERS.get(view, "true")
        found[view] = _rows(ask, f"SELECT * FROM {view} WHERE {where} ORDER BY ALL")  # noqa: S608 -- names of ours
        found[f"count of {view}"] = _rows(ask, f"SELECT count() FROM {view} WHERE {where}")  # noqa: S608
    for name, sql in ROLLUPS.items():
        found[name] = _rows(ask, f"{sql} GROUP BY ALL ORDER BY ALL")
    return found


def _rows(ask: Ask, sql: str) -> list[str]:
    return [json.dumps(list(row)) for row in ask(sql)]


def differences(expected: Content, found: Content, most: int = 5) -> list[str]:
    """Which rows are missing and which are there too much, in words; nothing when all are the same."""
    said: list[str] = []
    for name in sorted(expected.keys() | found.keys()):
        wanted, got = expected.get(name, []), found.get(name, [])
        if wanted == got:
            continue
        missing, extra = _without(wanted, got), _without(got, wanted)
        said.append(f"{name}: {len(missing)} rows lost, {len(extra)} too much or other")
        said += [f"  lost  {row[:600]}" for row in missing[:most]]
        said += [f"  other {row[:600]}" for row in extra[:most]]
    return said


def _without(rows: list[str], others: list[str]) -> list[str]:
    """The rows that the others do not have, as often as they have them."""
    return list((Counter(rows) - Counter(others)).elements())

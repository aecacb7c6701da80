"""The reports that a command just wrote: what was there before it began is of another run, and is not read."""

import importlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from fixloop.emit.imported.facts import Unread
from fixloop.emit.imported.formats import FORMATS
from fixloop.emit.imported.sources import Source
from fixloop.emit.parsed_run import ParsedRun, counted, status_of
from fixloop.errors import UsageError
from fixloop_schemas.vocabulary import RunStatus

_GRAIN: Final = 0.01
"""Seconds by which a file system's clock may lag behind this process's."""
FORMAT_NAMES: Final = ("junit", "ctrf", "go-json", "nextest", "trx")


def fresh_reports(form: str, path: Path, began_at: float) -> tuple[tuple[Source, ...], list[str]]:
    """The sources at `path` that were written since, and a word on each that was left out."""
    try:
        sources = [source for unit in FORMATS[form].units([path]) for source in unit]
    except UsageError:
        return (), [f"no {form} report was written where one was expected"]
    fresh = tuple(source for source in sources if _written_at(source.path) >= began_at - _GRAIN)
    stale = len(sources) - len(fresh)
    return fresh, [f"{stale} {form} reports are from before the run, and were not read"] if stale else []


def read_reports(units: Sequence[tuple[str, tuple[Source, ...]]]) -> tuple[ParsedRun | None, list[str]]:
    """What the reports of one run tell together, and why any could not be read."""
    runs: list[ParsedRun] = []
    broken: list[str] = []
    for form, sources in units:
        module = importlib.import_module(FORMATS[form].module)
        for found in module.runs(sources):
            if isinstance(found, Unread):
                broken.append(f"a {form} report was left out: {found.reason}")
            else:
                runs.append(found.run)
    if not runs:
        return None, broken
    run = runs[0] if len(runs) == 1 else _together(runs)
    return replace(run, results_complete=run.results_complete and not broken), broken


def _together(runs: list[ParsedRun]) -> ParsedRun:
    results = tuple(result for run in runs for result in run.results)
    totals = counted(results)
    failed = any(run.status is RunStatus.FAILURE for run in runs)
    return replace(
        runs[0],
        results=results,
        totals=totals,
        status=status_of(totals, group_failed=failed),
        results_complete=all(run.results_complete for run in runs),
    )


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0

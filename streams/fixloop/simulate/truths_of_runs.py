"""What is true of whole runs: that most of one failed at once, that only old failures are left, that a filter hid a failure."""

from collections.abc import Collection, Mapping
from itertools import pairwise

from fixloop.simulate.chronicle import Chronicle, Run, RunEnds, Shown
from fixloop.simulate.notebook import UNCLEAR, Notebook
from fixloop.simulate.source_text import Failure
from fixloop.simulate.spans import History
from fixloop.simulate.truths_of_returns import Return
from fixloop_schemas.vocabulary import Kind

_MOST = 0.8
_ENOUGH = 10
"""Of a smaller run nobody can say that most of it failed."""


def note_runs(
    chronicle: Chronicle, histories: Mapping[str, History], found: list[Return], notebook: Notebook
) -> None:
    """Note what is true of each run."""
    runs = [run for run in chronicle.runs if run.seen]
    _note_outages(runs, histories, notebook)
    _note_unloaded(chronicle, runs, notebook)
    _note_old_failures(chronicle, runs, histories, {each.history.test: each for each in found}, notebook)
    _note_filters(_told(chronicle), runs, histories, notebook)


def _note_outages(runs: list[Run], histories: Mapping[str, History], notebook: Notebook) -> None:
    for index, run in enumerate(runs):
        red = _red(run)
        most = len(red) >= _ENOUGH and len(red) >= _MOST * len(run.shown)
        known = {shown.test for earlier in runs[:index] for shown in earlier.shown if not shown.outcome.red}
        if run.outage:
            sure = most and sum(shown.test in known for shown in red) * 2 >= len(red)
            notebook.note(Kind.INFRASTRUCTURE, (), run.run_id, run.run_id, sure=sure)
            for shown in red if not sure else ():
                # The host failed it, whether or not the rest of the run tells.
                notebook.perhaps(histories[shown.test].names, *UNCLEAR, Kind.ENVIRONMENT)
        elif most:
            notebook.perhaps((), Kind.INFRASTRUCTURE)


def _note_unloaded(chronicle: Chronicle, runs: list[Run], notebook: Notebook) -> None:
    """A file that the same run had loaded before cannot be loaded since a change: none of its tests fails by itself."""
    last: dict[tuple[str, ...], Run] = {}
    for run in runs:
        before = last.get(run.selectors)
        for path in run.unloaded:
            changed = before and any(
                before.at < change.at < run.at and change.seen for change in chronicle.changes
            )
            sure = bool(changed and before and path not in before.unloaded)
            clean = run.whole_seen and not run.crashed and not run.outage
            notebook.note(Kind.DIFFERENT_FAILURE, (path,), run.run_id, run.run_id, sure=sure and clean)
        if not run.crashed:
            last[run.selectors] = run


def _note_old_failures(
    chronicle: Chronicle,
    runs: list[Run],
    histories: Mapping[str, History],
    returned: Mapping[str, Return],
    notebook: Notebook,
) -> None:
    """What fails now failed before the first change of the product, and what had broken since is repaired."""
    first = min((change.at for change in chronicle.changes if change.product), default=0)
    old = {
        (shown.test, shown.failure)
        for run in runs
        if run.at < first and not run.outage
        for shown in _red(run)
    }
    last: dict[tuple[str, ...], Run] = {}
    for run in (run for run in runs if not run.outage):
        red = _red(run)
        before = last.get(run.selectors)
        last[run.selectors] = run
        if not red or any((shown.test, shown.failure) not in old for shown in red):
            continue
        broken = [shown for shown in _red(before) if (shown.test, shown.failure) not in old] if before else []
        sure = any(shown.why == "code" and _tells(shown, old) for shown in broken) and not any(
            shown.test in returned for shown in red
        )
        for shown in red:
            notebook.note(
                Kind.PREEXISTING,
                histories[shown.test].names,
                run.run_id,
                run.run_id,
                sure=sure and shown.why == "code",
            )


def _tells(shown: Shown, old: Collection[tuple[str, Failure | None]]) -> bool:
    """Whether a run shows that this is no failure from the start: a message that was cut may be that of any failure of its test."""
    return shown.complete or all(test != shown.test for test, _ in old)


def _told(chronicle: Chronicle) -> dict[str, int]:
    """Where each run's results stand in the session; runs that overlap may be told in another order than they looked."""
    ends = [entry.run.run_id for entry in chronicle.entries if isinstance(entry, RunEnds)]
    return {run_id: place for place, run_id in enumerate(ends)}


def _note_filters(
    told: Mapping[str, int], runs: list[Run], histories: Mapping[str, History], notebook: Notebook
) -> None:
    """A failure is there all the time, and a green run in between did not run its test."""
    for history in histories.values():
        for before, after in (
            pair for story in history.stories for span in story.spans for pair in pairwise(span.seen)
        ):
            between = [
                run for run in runs if before.at < run.at < after.at and _green_without(run, history.test)
            ]
            if between:
                inside = range(told[before.run.run_id], told[after.run.run_id])
                sure = any(_by_selection(run) and told[run.run_id] in inside for run in between)
                run_id = after.run.run_id
                notebook.note(Kind.DIFFERENT_SCOPE, history.names, run_id, run_id, sure=sure)
        odd = any(
            sighting.shown.why != "code" or not sighting.shown.complete for sighting in history.sightings
        )
        if odd:
            notebook.perhaps(history.names, Kind.DIFFERENT_SCOPE)


def _by_selection(run: Run) -> bool:
    """Whether a run leaves tests out because it was asked to."""
    return bool(run.selectors) and not run.crashed and run.whole_seen


def _green_without(run: Run, test: str) -> bool:
    return (
        bool(run.shown)
        and not run.unloaded
        and not _red(run)
        and all(shown.test != test for shown in run.shown)
    )


def _red(run: Run) -> list[Shown]:
    return [shown for shown in run.shown if shown.outcome.red]

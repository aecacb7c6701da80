"""One session as a grid: its runs across, its tests down, and what was edited between the runs. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from fixloop_schemas.codec import Event
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1
from fixloop_schemas.events.suite_run_v1 import (
    CaseResult,
    SuiteRunFinishedV1,
    SuiteRunResultsV1,
    SuiteRunStartedV1,
)
from fixloop_schemas.events.wire import SessionEvent
from fixloop_schemas.events.workspace_restored_v1 import WorkspaceRestoredV1
from fixloop_schemas.vocabulary import Level, Outcome


@dataclass(frozen=True, slots=True)
class Cell:
    """What one test did in one run."""

    outcome: Outcome
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """An edit, or a restore, between two runs."""

    event_id: str
    seq: int
    path: str | None
    role: str
    product: bool
    restore: bool = False
    told_path: str | None = None
    """The path in plain, where the level of the machine that told of it let it out."""


@dataclass(frozen=True, slots=True)
class Run:
    """One test run, and what was changed since the run before it."""

    run_id: str
    number: int
    """From 1, in the session's order."""
    seq: int
    changes: tuple[Change, ...]
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Grid:
    """A session's runs in order; what was changed after the last one stands apart."""

    session_id: str
    runs: tuple[Run, ...]
    changes_after: tuple[Change, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes, in order."""
        return (*(change for run in self.runs for change in run.changes), *self.changes_after)

    def ever_red(self) -> tuple[str, ...]:
        """The tests that were red at some time, in the order in which they first were."""
        red = {name: None for run in self.runs for name, cell in run.cells.items() if cell.outcome.red}
        return tuple(red)


def named(grid: Grid, name_of: Callable[[str], str | None]) -> Grid:
    """The grid with files by the names that `name_of` knows for their paths, which are digests as a rule."""

    def changes(of: tuple[Change, ...]) -> tuple[Change, ...]:
        return tuple(
            replace(change, path=change.path and (name_of(change.path) or change.told_path or change.path))
            for change in of
        )

    runs = tuple(replace(run, changes=changes(run.changes)) for run in grid.runs)
    return replace(grid, runs=runs, changes_after=changes(grid.changes_after))


def grid_of(session_id: str, events: Iterable[Event]) -> Grid:
    """The grid of one session's events, in any order and with repetitions; order is decided by `seq`."""
    by_seq: dict[int, Event] = {}
    for event in events:
        if isinstance(event.data, SessionEvent):
            by_seq.setdefault(event.data.seq, event)
    found: dict[str, int] = {}
    cells: dict[str, dict[str, Cell]] = {}
    changes: dict[str, list[Change]] = {}
    pending: list[Change] = []
    for seq, event in sorted(by_seq.items()):
        data = event.data
        if isinstance(data, SuiteRunStartedV1 | SuiteRunResultsV1 | SuiteRunFinishedV1):
            if data.run_id not in found:
                found[data.run_id], cells[data.run_id], changes[data.run_id] = seq, {}, pending
                pending = []
            if isinstance(data, SuiteRunResultsV1):
                cells[data.run_id].update(_cells(data.results))
        elif isinstance(data, EditAppliedV1 | WorkspaceRestoredV1):
            pending.append(_change(event.id, data))
    runs = tuple(
        Run(run_id, number, seq, tuple(changes[run_id]), cells[run_id])
        for number, (run_id, seq) in enumerate(found.items(), start=1)
    )
    return Grid(session_id, runs, tuple(pending))


def _cells(results: Iterable[CaseResult]) -> dict[str, Cell]:
    # What a package or a script did says nothing about one test, and no detection rests on it.
    return {
        result.test_case_name: Cell(result.outcome, result.inferred)
        for result in results
        if result.level is Level.CASE
    }


def _change(event_id: str, data: EditAppliedV1 | WorkspaceRestoredV1) -> Change:
    if isinstance(data, WorkspaceRestoredV1):
        product = data.everything or any(path.path_role.counts_as_product for path in data.paths)
        return Change(event_id, data.seq, None, data.operation.value.replace("_", " "), product, restore=True)
    role = data.path_role
    told = data.code_file_path
    return Change(event_id, data.seq, data.path, role.value, role.counts_as_product, told_path=told)

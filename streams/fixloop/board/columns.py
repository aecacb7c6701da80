"""Which runs of a long session are shown: those where something changed, as many as fit. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fixloop.board.grid import Change, Run


@dataclass(frozen=True, slots=True)
class Column:
    """One run, or a stretch of runs that are left out."""

    runs: tuple[Run, ...]
    shown: bool

    @property
    def label(self) -> str:
        """The run's number, or how many are left out."""
        return str(self.runs[0].number if self.shown else len(self.runs))

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was changed before the run, or before and inside the stretch."""
        return tuple(change for run in self.runs for change in run.changes)


def choose_columns(
    runs: Sequence[Run], tests: Sequence[str], named: Collection[str], room: int
) -> tuple[Column, ...]:
    """At most `room` columns (but at least three) of `runs`.

    First come the runs that a detection names (`named`), then those where one of `tests` changed, then those
    that ran one of them, then the rest. What is left out between them becomes one column a stretch.
    """
    if len(runs) <= room:
        return tuple(Column((run,), shown=True) for run in runs)
    shown: set[int] = set()
    for index in sorted(range(len(runs)), key=_ranks(runs, tests, named).__getitem__):
        if len(shown) == room:
            break
        if _width(shown | {index}, len(runs)) <= max(room, 3):
            shown.add(index)
    return _columns(runs, shown)


def _ranks(runs: Sequence[Run], tests: Sequence[str], named: Collection[str]) -> list[tuple[int, int]]:
    last: dict[str, bool] = {}
    ranks = []
    for index, run in enumerate(runs):
        cells = {test: run.cells[test].outcome.red for test in tests if test in run.cells}
        changed = any(last.get(test) != red for test, red in cells.items())
        last.update(cells)
        ranks.append((0 if run.run_id in named else 1 if changed else 2 if cells else 3, index))
    return ranks


def _width(shown: set[int], count: int) -> int:
    stretches = sum(1 for index in range(count) if index not in shown and (index == 0 or index - 1 in shown))
    return len(shown) + stretches


def _columns(runs: Sequence[Run], shown: set[int]) -> tuple[Column, ...]:
    columns: list[Column] = []
    stretch: list[Run] = []
    for index, run in enumerate(runs):
        if index not in shown:
            stretch.append(run)
            continue
        if stretch:
            columns.append(Column(tuple(stretch), shown=len(stretch) == 1))
            stretch = []
        columns.append(Column((run,), shown=True))
    if stretch:
        columns.append(Column(tuple(stretch), shown=len(stretch) == 1))
    return tuple(columns)

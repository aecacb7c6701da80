"""Which runs of a long session are shown: those where something changed, as many as fit. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from fixloop.board.grid import Change, Run

MAX_TRIED: Final = 300
"""How many runs are tried for a place, so that a session of thousands of runs is drawn at once."""


@dataclass(frozen=True, slots=True)
class Column:
    """One run, or a stretch of runs that are left out."""

    runs: tuple[Run, ...]
    shown: bool

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was changed before the run, or before and inside the stretch."""
        return tuple(change for run in self.runs for change in run.changes)


def choose_columns(
    runs: Sequence[Run], tests: Sequence[str], named: Sequence[str], fits: Callable[[Sequence[Column]], bool]
) -> tuple[Column, ...]:
    """As many of `runs` as fit, in order; what is left out between them becomes one column a stretch.

    First come the runs that a detection names (`named`, in that order), then those where one of `tests` changed,
    then those that ran one of them, then the rest.
    """
    columns = _columns(runs, set(range(len(runs))))
    if fits(columns):
        return columns
    shown: set[int] = set()
    for index in _by_weight(runs, tests, named)[:MAX_TRIED]:
        if fits(_columns(runs, shown | {index})):
            shown.add(index)
    return _columns(runs, shown)


def _by_weight(runs: Sequence[Run], tests: Sequence[str], named: Sequence[str]) -> list[int]:
    last: dict[str, bool] = {}
    weights = []
    places = {run_id: place for place, run_id in reversed(list(enumerate(named)))}
    for index, run in enumerate(runs):
        cells = {test: run.cells[test].outcome.red for test in tests if test in run.cells}
        changed = any(last.get(test) != red for test, red in cells.items())
        last.update(cells)
        if run.run_id in places:
            weights.append((0, places[run.run_id], index))
        else:
            weights.append((1 if changed else 2 if cells else 3, 0, index))
    return [index for _, _, index in sorted(weights)]


def _columns(runs: Sequence[Run], shown: set[int]) -> tuple[Column, ...]:
    columns: list[Column] = []
    stretch: list[Run] = []
    for index, run in enumerate(runs):
        if index not in shown:
            stretch.append(run)
            continue
        if stretch:
            columns.append(_stretch(stretch))
            stretch = []
        columns.append(Column((run,), shown=True))
    if stretch:
        columns.append(_stretch(stretch))
    return tuple(columns)


def _stretch(runs: Sequence[Run]) -> Column:
    # Saying that one run is left out takes as much room as showing it.
    return Column(tuple(runs), shown=len(runs) == 1)

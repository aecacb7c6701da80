"""The rows of a timeline: tests, and what each did in each run; tests that did the same become one. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fixloop.board.grid import Run
from fixloop.board.line import Style
from fixloop.board.marks import Marks
from fixloop.board.symbols import Sign, Symbols, outcome_sign


@dataclass(frozen=True, slots=True)
class Row:
    """A test, and how many others did the same in every run."""

    name: str
    alike: int
    signs: tuple[Sign, ...]
    """What it did, by run."""
    arrows: tuple[Sign, ...]
    """Whether it was fixed or came back between the run before and this one, by run."""


def rows_of(tests: Iterable[str], runs: Sequence[Run], marks: Marks, symbols: Symbols) -> tuple[Row, ...]:
    """The rows of `tests`, in their order."""
    alike: dict[tuple[tuple[Sign, ...], tuple[Sign, ...]], list[str]] = {}
    for test in tests:
        cells = [run.cells.get(test) for run in runs]
        signs = tuple(
            outcome_sign(symbols, cell.outcome if cell else None, inferred=bool(cell and cell.inferred))
            for cell in cells
        )
        arrows = tuple(_arrow(marks, test, run, symbols) for run in runs)
        alike.setdefault((signs, arrows), []).append(test)
    return tuple(Row(names[0], len(names) - 1, signs, arrows) for (signs, arrows), names in alike.items())


def _arrow(marks: Marks, test: str, run: Run, symbols: Symbols) -> Sign:
    if (test, run.run_id) in marks.back:
        return symbols.back, Style.BAD
    if (test, run.run_id) in marks.fixed:
        return symbols.fix, Style.GOOD
    return "", Style.PLAIN

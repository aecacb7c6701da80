"""One session as a timeline: runs across, tests down, edits between the runs, laps marked. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from fixloop.board.columns import Column, choose_columns
from fixloop.board.grid import Grid
from fixloop.board.line import Line, Piece, Style, line
from fixloop.board.marks import Marks, marks_of
from fixloop.board.names import end_of
from fixloop.board.rows import Row, rows_of
from fixloop.board.symbols import Sign, Symbols
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1

MAX_TESTS: Final = 12
MAX_NAME: Final = 56


def timeline(
    grid: Grid,
    detections: Sequence[DetectionRecordedV1],
    symbols: Symbols,
    width: int,
    max_tests: int = MAX_TESTS,
) -> tuple[Line, ...]:
    """The timeline of a session, at most `width` characters wide where that is possible at all.

    Shown are the tests of the detections, then others that were ever red. Tests that did the same share a
    row. Of a long session, the runs where something changed are shown, and the others are counted.
    """
    if not grid.runs:
        return (line(Piece("no test run in this session", Style.FAINT)),)
    marks = marks_of(detections)
    every = rows_of(_tests(grid, detections), grid.runs, marks, symbols)
    rows = every[:max_tests]
    names = [_label(row, symbols, min(MAX_NAME, width * 2 // 5)) for row in rows]
    layout = _Layout(max(len(name) for name in (*names, "product edits")), marks, symbols)
    columns = choose_columns(
        grid.runs, [row.name for row in rows], marks.runs, lambda columns: layout.width(columns) <= width
    )
    lines = [layout.heading(columns), *layout.edits(columns)]
    lines += [layout.row(name, row, columns) for name, row in zip(names, rows, strict=True)]
    left_out = sum(1 + row.alike for row in every[max_tests:])
    if left_out:
        lines.append(line(Piece(f"+{left_out} more tests that were red at some time", Style.FAINT)))
    return tuple(lines)


def _tests(grid: Grid, detections: Iterable[DetectionRecordedV1]) -> tuple[str, ...]:
    named = [bug.test_case_name for detection in detections for bug in detection.bugs]
    return tuple(dict.fromkeys((*named, *grid.ever_red())))


def _label(row: Row, symbols: Symbols, width: int) -> str:
    suffix = f" (+{row.alike} alike)" if row.alike else ""
    room = max(width - len(suffix), 12)
    return end_of(row.name, symbols, room) + suffix


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a line is made: the name, and for each column a gap, which says what was edited, and a cell."""

    name: int
    marks: Marks
    symbols: Symbols

    def width(self, columns: Sequence[Column]) -> int:
        """How long the lines become."""
        return self.name + sum(self._gap(column) + self._cell(column) for column in columns)

    def heading(self, columns: Sequence[Column]) -> Line:
        """The runs' numbers."""
        pieces = [Piece(f"{'run':<{self.name}}", Style.HEADING)]
        for column in columns:
            style = Style.HEADING if column.shown else Style.FAINT
            pieces.append(Piece(f"{self._number(column):>{self._gap(column) + self._cell(column)}}", style))
        return tuple(pieces)

    def edits(self, columns: Sequence[Column]) -> list[Line]:
        """How much was edited before each run; tests and documents on a line of their own."""
        lines = []
        for title, product in (("product edits", True), ("other edits", False)):
            if not product and all(change.product for column in columns for change in column.changes):
                continue
            pieces = [Piece(f"{title:<{self.name}}")]
            for column in columns:
                text, style = self._count(column, product=product)
                pieces += [Piece(f"{text:>{self._gap(column)}}", style), Piece(" " * self._cell(column))]
            lines.append(tuple(pieces))
        return lines

    def row(self, name: str, row: Row, columns: Sequence[Column]) -> Line:
        """One test, or several that did the same."""
        pieces = [Piece(f"{name:<{self.name}}", Style.NAME)]
        for column in columns:
            place = column.runs[0].number - 1
            arrow, sign = ("", Style.PLAIN), (self.symbols.elided, Style.FAINT)
            if column.shown:
                arrow, sign = row.arrows[place], row.signs[place]
            pieces.append(Piece(f"{arrow[0]:>{self._gap(column)}}", arrow[1]))
            pieces.append(Piece(f"{sign[0]:>{self._cell(column)}}", sign[1]))
        return tuple(pieces)

    def _gap(self, column: Column) -> int:
        return max(2 + len(self._count(column, product=product)[0]) for product in (True, False))

    def _cell(self, column: Column) -> int:
        return 1 + len(self._number(column))

    def _number(self, column: Column) -> str:
        return str(column.runs[0].number) if column.shown else f"{self.symbols.elided}{len(column.runs)}"

    def _count(self, column: Column, *, product: bool) -> Sign:
        changes = [change for change in column.changes if change.product == product]
        restored = self.symbols.restore if any(change.restore for change in changes) else ""
        fixing = any(change.event_id in self.marks.fixing for change in changes)
        breaking = any(change.event_id in self.marks.breaking for change in changes)
        style = _EDIT_STYLES[fixing, breaking]
        return f"{len(changes)}{restored}{'f' * fixing}{'b' * breaking}", style


_EDIT_STYLES: Final = {
    (True, True): Style.CAUTION,
    (True, False): Style.GOOD,
    (False, True): Style.BAD,
    (False, False): Style.FAINT,
}

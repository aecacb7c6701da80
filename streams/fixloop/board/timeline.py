"""One session as a timeline: runs across, tests down, edits between the runs, laps marked. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fixloop.board.columns import Column, choose_columns
from fixloop.board.grid import Grid, Run
from fixloop.board.line import Line, Piece, Style, line
from fixloop.board.marks import Marks, marks_of
from fixloop.board.symbols import Symbols, outcome_sign
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1

MAX_TESTS = 12
MAX_NAME = 56
MIN_GAP = 4


Sign = tuple[str, Style]


@dataclass(frozen=True, slots=True)
class _Row:
    """Tests that did the same in every run."""

    name: str
    alike: int
    signs: tuple[Sign, ...]
    arrows: tuple[Sign, ...]


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
    tests = _tests(grid, detections)
    rows = _rows(tests, grid.runs, marks, symbols)
    shown = rows[:max_tests]
    names = [_label(row, symbols, min(MAX_NAME, width // 2)) for row in shown]
    name_width = max(len(name) for name in (*names, "product edits"))
    cell = len(str(len(grid.runs))) + 1
    gap = _gap_width([Column((run,), shown=True) for run in grid.runs], marks, symbols)
    room = (width - name_width) // (gap + cell)
    columns = choose_columns(grid.runs, [row.name for row in shown], marks.runs, room)
    # What was edited in a stretch that is left out adds up, so its count can need more room than any run's.
    gap = _gap_width(columns, marks, symbols)
    layout = _Layout(name_width, gap, cell, symbols)
    places = {run.run_id: index for index, run in enumerate(grid.runs)}
    lines = [layout.heading(columns), *layout.edits(columns, marks)]
    lines += [layout.row(name, row, columns, places) for name, row in zip(names, shown, strict=True)]
    left_out = sum(1 + row.alike for row in rows[max_tests:])
    if left_out:
        lines.append(line(Piece(f"+{left_out} more tests that were red at some time", Style.FAINT)))
    return tuple(lines)


def _tests(grid: Grid, detections: Iterable[DetectionRecordedV1]) -> tuple[str, ...]:
    named = [bug.test_case_name for detection in detections for bug in detection.bugs]
    return tuple(dict.fromkeys((*named, *grid.ever_red())))


def _rows(tests: Sequence[str], runs: Sequence[Run], marks: Marks, symbols: Symbols) -> list[_Row]:
    alike: dict[tuple[tuple[Sign, ...], tuple[Sign, ...]], list[str]] = {}
    for test in tests:
        cells = [run.cells.get(test) for run in runs]
        signs = tuple(
            outcome_sign(symbols, cell.outcome if cell else None, inferred=bool(cell and cell.inferred))
            for cell in cells
        )
        arrows = tuple(_arrow(marks, test, run, symbols) for run in runs)
        alike.setdefault((signs, arrows), []).append(test)
    return [_Row(names[0], len(names) - 1, signs, arrows) for (signs, arrows), names in alike.items()]


def _arrow(marks: Marks, test: str, run: Run, symbols: Symbols) -> Sign:
    if (test, run.run_id) in marks.back:
        return symbols.back, Style.BAD
    if (test, run.run_id) in marks.fixed:
        return symbols.fix, Style.GOOD
    return "", Style.PLAIN


def _label(row: _Row, symbols: Symbols, width: int) -> str:
    suffix = f" (+{row.alike} alike)" if row.alike else ""
    room = max(width - len(suffix), 12)
    # The end of a test's name tells more than its folder.
    name = row.name if len(row.name) <= room else symbols.elided + row.name[-(room - 1) :]
    return name + suffix


def _gap_width(columns: Iterable[Column], marks: Marks, symbols: Symbols) -> int:
    return max(MIN_GAP, *(len(_edits(column, marks, symbols)[0]) + 1 for column in columns))


def _edits(column: Column, marks: Marks, symbols: Symbols, *, product: bool = True) -> Sign:
    changes = [change for change in column.changes if change.product == product]
    restored = symbols.restore if any(change.restore for change in changes) else ""
    fixing = any(change.event_id in marks.fixing for change in changes)
    breaking = any(change.event_id in marks.breaking for change in changes)
    style = {(True, True): Style.CAUTION, (True, False): Style.GOOD, (False, True): Style.BAD}.get(
        (fixing, breaking), Style.FAINT
    )
    return f"{len(changes)}{restored}{'f' * fixing}{'b' * breaking}", style


@dataclass(frozen=True, slots=True)
class _Layout:
    """How wide the columns are; each run has a gap before it, which says what was edited."""

    name: int
    gap: int
    cell: int
    symbols: Symbols

    def heading(self, columns: Sequence[Column]) -> Line:
        """The runs' numbers."""
        pieces = [Piece(f"{'run':<{self.name}}", Style.HEADING)]
        for column in columns:
            label = column.label if column.shown else self.symbols.elided + column.label
            style = Style.HEADING if column.shown else Style.FAINT
            pieces.append(Piece(f"{label:>{self.gap + self.cell}}", style))
        return tuple(pieces)

    def edits(self, columns: Sequence[Column], marks: Marks) -> list[Line]:
        """How much was edited before each run; tests and documents on a line of their own."""
        lines = []
        for title, product in (("product edits", True), ("other edits", False)):
            if not product and all(change.product for column in columns for change in column.changes):
                continue
            pieces = [Piece(f"{title:<{self.name}}")]
            for column in columns:
                text, style = _edits(column, marks, self.symbols, product=product)
                pieces += [Piece(f"{text:>{self.gap}}", style), Piece(" " * self.cell)]
            lines.append(tuple(pieces))
        return lines

    def row(self, name: str, row: _Row, columns: Sequence[Column], places: Mapping[str, int]) -> Line:
        """One test, or several that did the same."""
        pieces = [Piece(f"{name:<{self.name}}", Style.NAME)]
        for column in columns:
            if not column.shown:
                pieces.append(Piece(f"{self.symbols.elided:>{self.gap + self.cell}}", Style.FAINT))
                continue
            place = places[column.runs[0].run_id]
            arrow, arrow_style = row.arrows[place]
            sign, sign_style = row.signs[place]
            pieces += [Piece(f"{arrow:>{self.gap}}", arrow_style), Piece(f"{sign:>{self.cell}}", sign_style)]
        return tuple(pieces)

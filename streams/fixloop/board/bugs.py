"""The bugs of a session and how each stands at its end. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fixloop.board.grid import Grid
from fixloop.board.line import Line, Piece, Style, line
from fixloop.board.names import end_of
from fixloop.board.symbols import Symbols
from fixloop.board.tables import result_table

MAX_BUGS: Final = 20
MAX_TEST: Final = 60
_UNCUT: Final = 1_000


class Stand(StrEnum):
    """How a bug stands."""

    OPEN = "open"
    FIXED = "fixed"
    """It went away, with a product edit since it was last seen."""
    GONE = "gone"
    """It went away, and no product edit says why."""


@dataclass(frozen=True, slots=True)
class BugState:
    """One bug, as the core remembers it at the session's end."""

    bug_id: str
    test_case_name: str
    error_type: str | None
    stand: Stand
    returns: int
    """How often it came back after it had been fixed."""
    attempts: int
    """Runs that still showed it after a further product edit, since it was last opened."""
    flaky: bool
    """The outcome of its test changed once while the code did not."""
    displaced: bool
    """Its test fails in another way now."""
    opened_run: str
    """The first run that showed it, or showed it again."""
    last_red_run: str
    cleared_run: str | None
    """The run that showed that it had gone; None while it is open."""


def bugs_heading(bugs: Sequence[BugState]) -> Line:
    """How many bugs there are, by how they stand; how many came back, and how many are of flaky tests."""
    if not bugs:
        return line(Piece("No bugs", Style.HEADING), ": no test failed in this session.")
    parts = [f"{sum(bug.stand is stand for bug in bugs)} {stand}" for stand in Stand]
    parts.append(f"{sum(bug.returns > 0 for bug in bugs)} returned")
    if flaky := sum(bug.flaky for bug in bugs):
        parts.append(f"{flaky} of flaky tests")
    return line(Piece("Bugs", Style.HEADING), f": {', '.join(parts)}")


def bugs_table(
    bugs: Sequence[BugState], grid: Grid, symbols: Symbols, max_bugs: int = MAX_BUGS
) -> tuple[Line, ...]:
    """The bugs, one a row: first what is open and what came back most often."""
    if not bugs:
        return ()
    numbers = {run.run_id: run.number for run in grid.runs}
    ordered = sorted(bugs, key=lambda bug: (_ORDER[bug.stand], -bug.returns, -bug.attempts))
    shown = ordered[:max_bugs]
    columns = ("state", "returns", "attempts", "seen in runs", "gone in run", "fails with", "test")
    rows = [_row(bug, numbers, symbols) for bug in shown]
    lines = list(result_table(columns, rows, symbols, _UNCUT))
    for place, bug in enumerate(shown, start=1):
        lines[place] = (Piece(lines[place][0].text, _STYLES[bug.stand]), *lines[place][1:])
    if len(ordered) > len(shown):
        lines.append(line(Piece(f"+{len(ordered) - len(shown)} more bugs", Style.FAINT)))
    return tuple(lines)


def _row(bug: BugState, numbers: Mapping[str, int], symbols: Symbols) -> tuple[object, ...]:
    first, last = numbers.get(bug.opened_run), numbers.get(bug.last_red_run)
    notes = [note for note, holds in (("flaky", bug.flaky), ("displaced", bug.displaced)) if holds]
    return (
        ", ".join((bug.stand.value, *notes)),
        bug.returns,
        bug.attempts,
        f"{first or '?'}" if first == last else f"{first or '?'} to {last or '?'}",
        None if bug.cleared_run is None else numbers.get(bug.cleared_run),
        bug.error_type or "not known",
        end_of(bug.test_case_name, symbols, MAX_TEST),
    )


_ORDER: Final = {stand: place for place, stand in enumerate(Stand)}
_STYLES: Final = {Stand.OPEN: Style.BAD, Stand.FIXED: Style.GOOD, Stand.GONE: Style.FAINT}

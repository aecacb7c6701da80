"""What came back, in sentences: red in which run, fixed by which edits, back after which. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fixloop.board.grid import Change, Grid
from fixloop.board.line import Line, Piece, Style, line
from fixloop.board.symbols import Symbols
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1, Return

_DIGEST: Final = re.compile(r"^[0-9a-f]{16,64}$")


@dataclass(frozen=True, slots=True)
class Room:
    """How much is said before the rest is counted."""

    returns: int = 4
    edits: int = 4
    """Of one file."""
    files: int = 3
    whole_paths: bool = False
    """Files by their path, and not by their name alone."""


def return_lines(grid: Grid, detection: DetectionRecordedV1, symbols: Symbols, room: Room) -> list[Line]:
    """Three lines for each return; bugs that took the same way share them."""
    lines = []
    groups = _grouped(detection)
    for one, tests in groups[: room.returns]:
        lines += _return(grid, one, tests, symbols, room)
    if len(groups) > room.returns:
        lines.append(line(Piece(f"  +{len(groups) - room.returns} more returns", Style.FAINT)))
    return lines


def _grouped(detection: DetectionRecordedV1) -> list[tuple[Return, list[str]]]:
    tests = {bug.bug_id: bug.test_case_name for bug in detection.bugs}
    groups: dict[tuple[str, str, str], tuple[Return, list[str]]] = {}
    for one in detection.returns:
        group = groups.setdefault((one.red_run, one.fixing_run, one.returning_run), (one, []))
        group[1].append(tests.get(one.bug_id, one.bug_id[:12]))
    return list(groups.values())


def _return(grid: Grid, one: Return, tests: Sequence[str], symbols: Symbols, room: Room) -> list[Line]:
    numbers = {run.run_id: f"run {run.number}" for run in grid.runs}
    others = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
    shared = ""
    if one.shared_lines:
        lines = "1 line" if one.shared_lines == 1 else f"{one.shared_lines} lines"
        shared = f"; {lines} of the fix taken out again"
    back = line(
        f"    back in {numbers.get(one.returning_run, 'a run')}",
        Piece(_edits(grid, "after", one.breaking_edits, symbols, room), Style.BAD),
        shared,
    )
    name = Piece(tests[0].rpartition("::")[2] + others, Style.NAME)
    if one.fixing_session:
        return [
            line("  ", name, " was red in another session"),
            line("    fixed there", Piece(_fixed_there(one), Style.GOOD), f": {one.fixing_session}"),
            back,
        ]
    return [
        line("  ", name, f" was red in {numbers.get(one.red_run, 'a run')}"),
        line(
            f"    fixed in {numbers.get(one.fixing_run, 'a run')}",
            Piece(_edits(grid, "by", one.fixing_edits, symbols, room), Style.GOOD),
        ),
        back,
    ]


def _fixed_there(one: Return) -> str:
    count = len(one.fixing_edits)
    return f" by {count} {'edit' if count == 1 else 'edits'}" if count else ""


def _edits(grid: Grid, word: str, ids: Sequence[str], symbols: Symbols, room: Room) -> str:
    """The edits, by file: `by #3 #4 of core.py, #7 of other.py`."""
    if not ids:
        return ""
    known = {change.event_id: change for change in grid.changes}
    files: dict[str, list[str]] = {}
    for change in (known[each] for each in ids if each in known):
        files.setdefault(_file(change, symbols, room), []).append(f"#{change.seq}")
    said = [f"{_bounded(numbers, room.edits)} {file}" for file, numbers in files.items()]
    more = f" and {len(said) - room.files} more files" if len(said) > room.files else ""
    return f" {word} {', '.join(said[: room.files]) or 'edits that are not here'}{more}"


def _bounded(numbers: Sequence[str], most: int) -> str:
    more = f" +{len(numbers) - most}" if len(numbers) > most else ""
    return " ".join(numbers[:most]) + more


def _file(change: Change, symbols: Symbols, room: Room) -> str:
    if change.path is None:
        return f"({change.role})"
    if _DIGEST.match(change.path):
        return f"of {change.path[:8]}{symbols.elided}"
    return f"of {change.path if room.whole_paths else change.path.rpartition('/')[2]}"

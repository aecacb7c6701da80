"""A detection in words: what came back, through which edits, and why fixloop believes it. Pure."""

import re
from collections.abc import Sequence

from fixloop.board.grid import Change, Grid
from fixloop.board.line import Line, Piece, Style, line
from fixloop.board.symbols import Symbols
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1, Return
from fixloop_schemas.vocabulary import DetectionStatus

MAX_RETURNS = 4
MAX_EDITS = 4
MAX_FILES = 3
MAX_REASONS = 6

_DIGEST = re.compile(r"^[0-9a-f]{16,64}$")


def evidence(grid: Grid, detection: DetectionRecordedV1, symbols: Symbols) -> tuple[Line, ...]:
    """One detection: its heading, what came back when, and the reasons with their weights."""
    lines = [_heading(detection)]
    groups = _grouped(detection)
    for one, tests in groups[:MAX_RETURNS]:
        lines += _return(grid, one, tests, symbols)
    if len(groups) > MAX_RETURNS:
        lines.append(line(Piece(f"  +{len(groups) - MAX_RETURNS} more returns", Style.FAINT)))
    reasons = sorted(detection.reasons, key=lambda reason: -abs(reason.weight))
    for reason in reasons[:MAX_REASONS]:
        style = Style.GOOD if reason.weight > 0 else Style.CAUTION if reason.weight < 0 else Style.FAINT
        lines.append(line(Piece(f"  {reason.weight:+.2f}  ", style), reason.text))
    if len(reasons) > MAX_REASONS:
        lines.append(line(Piece(f"  +{len(reasons) - MAX_REASONS} more reasons", Style.FAINT)))
    return tuple(lines)


def _heading(detection: DetectionRecordedV1) -> Line:
    laps = f", {detection.laps} {'lap' if detection.laps == 1 else 'laps'}" if detection.laps else ""
    status = "" if detection.status is DetectionStatus.OPEN else f", {detection.status.value}"
    by = f" by {detection.superseded_by[:12]}" if detection.superseded_by else ""
    kind = Piece(detection.kind.value, Style.BAD if detection.kind.alerting else Style.CAUTION)
    facts = f"  confidence {detection.confidence:.2f}{laps}{status}{by}"
    return line(
        kind,
        facts,
        Piece(f"  {detection.detection_id[:12]} version {detection.detection_version}", Style.FAINT),
    )


def _grouped(detection: DetectionRecordedV1) -> list[tuple[Return, list[str]]]:
    tests = {bug.bug_id: bug.test_case_name for bug in detection.bugs}
    groups: dict[tuple[str, str, str], tuple[Return, list[str]]] = {}
    for one in detection.returns:
        group = groups.setdefault((one.red_run, one.fixing_run, one.returning_run), (one, []))
        group[1].append(tests.get(one.bug_id, one.bug_id[:12]))
    return list(groups.values())


def _return(grid: Grid, one: Return, tests: Sequence[str], symbols: Symbols) -> list[Line]:
    numbers = {run.run_id: f"run {run.number}" for run in grid.runs}
    others = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
    shared = ""
    if one.shared_lines:
        lines = "1 line" if one.shared_lines == 1 else f"{one.shared_lines} lines"
        shared = f"; {lines} of the fix taken out again"
    return [
        line(
            "  ",
            Piece(tests[0].rpartition("::")[2] + others, Style.NAME),
            f" was red in {numbers.get(one.red_run, 'a run')}",
        ),
        line(
            f"    fixed in {numbers.get(one.fixing_run, 'a run')}",
            _edits(grid, "by", one.fixing_edits, Style.GOOD, symbols),
        ),
        line(
            f"    back in {numbers.get(one.returning_run, 'a run')}",
            _edits(grid, "after", one.breaking_edits, Style.BAD, symbols),
            shared,
        ),
    ]


def _edits(grid: Grid, word: str, ids: Sequence[str], style: Style, symbols: Symbols) -> Piece:
    """The edits, by file: `by #3 #4 of core.py, #7 of other.py`."""
    if not ids:
        return Piece("")
    known = {change.event_id: change for change in grid.changes}
    files: dict[str, list[str]] = {}
    for change in (known[each] for each in ids if each in known):
        files.setdefault(_file(change, symbols), []).append(f"#{change.seq}")
    said = [f"{_bounded(numbers, MAX_EDITS)} {file}" for file, numbers in files.items()]
    more = f" and {len(said) - MAX_FILES} more files" if len(said) > MAX_FILES else ""
    return Piece(f" {word} {', '.join(said[:MAX_FILES]) or 'edits that are not here'}{more}", style)


def _bounded(numbers: Sequence[str], most: int) -> str:
    more = f" +{len(numbers) - most}" if len(numbers) > most else ""
    return " ".join(numbers[:most]) + more


def _file(change: Change, symbols: Symbols) -> str:
    if change.path is None:
        return f"({change.role})"
    name = change.path[:8] + symbols.elided if _DIGEST.match(change.path) else change.path.rpartition("/")[2]
    return f"of {name}"

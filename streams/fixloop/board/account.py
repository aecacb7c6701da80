"""The full account of a detection: what it says, of what, on which evidence, what speaks for and against it, how it grew. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from fixloop.board.grid import Grid
from fixloop.board.growth import Growth, Said, growth_of
from fixloop.board.kinds import SAYS
from fixloop.board.line import Line, Piece, Style, line
from fixloop.board.names import end_of
from fixloop.board.returns import Room, return_lines
from fixloop.board.symbols import Symbols
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1, Reason
from fixloop_schemas.vocabulary import DetectionStatus

MAX_BUGS: Final = 8
MAX_VERSIONS: Final = 12
MAX_TEST: Final = 80
ROOM: Final = Room(returns=8, edits=8, files=6, whole_paths=True)


def account(
    grid: Grid, versions: Sequence[Said], kinds: Mapping[str, str], symbols: Symbols
) -> tuple[Line, ...]:
    """One detection as it stands, and its versions.

    Args:
        grid: the session.
        versions: the versions of the detection, oldest first.
        kinds: the kind of each detection of the session by its id, to name what supersedes what.
        symbols: the signs to write with.
    """
    latest = versions[-1].detection
    lines = [_heading(latest), line("  ", SAYS[latest.kind]), *_links(latest, kinds)]
    lines += [line(Piece("  bugs", Style.FAINT)), *_bugs(latest, symbols)]
    if latest.returns:
        lines.append(line(Piece("  what came back", Style.FAINT)))
        lines += _indented(return_lines(grid, latest, symbols, ROOM))
    lines += _reasons("for", (reason for reason in latest.reasons if reason.weight > 0), Style.GOOD)
    lines += _reasons("against", (reason for reason in latest.reasons if reason.weight <= 0), Style.CAUTION)
    lines.append(line(Piece("  versions", Style.FAINT)))
    lines += _versions(grid, growth_of(versions), symbols)
    return tuple(lines)


def _heading(detection: DetectionRecordedV1) -> Line:
    stands = detection.status is DetectionStatus.OPEN
    style = Style.FAINT if not stands else Style.BAD if detection.kind.alerting else Style.CAUTION
    laps = f", {detection.laps} {'lap' if detection.laps == 1 else 'laps'}" if detection.laps else ""
    return line(
        Piece(detection.kind.value, style),
        f"  {detection.status.value}, confidence {detection.confidence:.2f}{laps}",
        Piece(f"  {detection.detection_id[:12]}", Style.FAINT),
    )


def _links(detection: DetectionRecordedV1, kinds: Mapping[str, str]) -> list[Line]:
    def named(detection_id: str) -> str:
        return f"{kinds.get(detection_id, 'a detection')} {detection_id[:12]}"

    lines = []
    if detection.superseded_by:
        lines.append(line(f"  superseded by {named(detection.superseded_by)}"))
    if detection.supersedes:
        lines.append(line(f"  supersedes {', '.join(map(named, detection.supersedes))}"))
    return lines


def _bugs(detection: DetectionRecordedV1, symbols: Symbols) -> list[Line]:
    lines = [
        line(
            "    ",
            Piece(end_of(bug.test_case_name, symbols, MAX_TEST), Style.NAME),
            f"  {bug.error_type}" if bug.error_type else "",
        )
        for bug in detection.bugs[:MAX_BUGS]
    ]
    if len(detection.bugs) > MAX_BUGS:
        lines.append(line(Piece(f"    +{len(detection.bugs) - MAX_BUGS} more bugs", Style.FAINT)))
    return lines


def _indented(lines: Iterable[Line]) -> list[Line]:
    return [(Piece("  "), *one) for one in lines]


def _reasons(title: str, reasons: Iterable[Reason], style: Style) -> list[Line]:
    ordered = sorted(reasons, key=lambda reason: -abs(reason.weight))
    if not ordered:
        return []
    said = [line(Piece(f"    {reason.weight:+.2f}  ", style), reason.text) for reason in ordered]
    return [line(Piece(f"  {title}", Style.FAINT)), *said]


def _versions(grid: Grid, growth: Sequence[Growth], symbols: Symbols) -> list[Line]:
    """The first versions and the last, when there are too many."""
    left_out = max(0, len(growth) - MAX_VERSIONS)
    early = growth[: MAX_VERSIONS // 2] if left_out else growth
    late = growth[-(MAX_VERSIONS // 2) :] if left_out else ()
    lines = [_version(grid, one) for one in early]
    if left_out:
        lines.append(line(Piece(f"    {symbols.elided} {left_out} more versions", Style.FAINT)))
    return lines + [_version(grid, one) for one in late]


def _version(grid: Grid, growth: Growth) -> Line:
    detection = growth.said.detection
    run = max((run.number for run in grid.runs if run.seq <= detection.last_seq), default=None)
    place = f"run {run}, " if run else ""
    return line(
        f"    {detection.detection_version}  {place}event {detection.last_seq}: "
        f"confidence {detection.confidence:.2f}; ",
        "; ".join(change.rstrip(".") for change in growth.changes),
    )

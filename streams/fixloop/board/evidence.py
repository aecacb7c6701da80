"""A detection in words: what came back, through which edits, and why fixloop believes it. Pure."""

from typing import Final

from fixloop.board.grid import Grid
from fixloop.board.line import Line, Piece, Style, line
from fixloop.board.returns import Room, return_lines
from fixloop.board.symbols import Symbols
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import DetectionStatus

MAX_REASONS: Final = 6


def evidence(grid: Grid, detection: DetectionRecordedV1, symbols: Symbols) -> tuple[Line, ...]:
    """One detection: its heading, what came back when, and the reasons with their weights."""
    lines = [_heading(detection), *return_lines(grid, detection, symbols, Room())]
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

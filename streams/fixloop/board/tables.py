"""Tables: rows as aligned columns. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from fixloop.board.line import Line, Piece, Style, line
from fixloop.board.symbols import Symbols
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import DetectionStatus

MAX_VALUE = 60
MAX_SHORT = 24
MIN_TEST = 20


def result_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], symbols: Symbols, max_value: int = MAX_VALUE
) -> tuple[Line, ...]:
    """The answer to a query: numbers to the right, texts to the left, long values cut."""
    values = [tuple(row) for row in rows]
    cells = [[_text(value, symbols, max_value) for value in row] for row in values]
    widths = [
        max(len(text) for text in (name, *(row[place] for row in cells)))
        for place, name in enumerate(columns)
    ]
    right = [bool(values) and all(_numeric(row[place]) for row in values) for place in range(len(columns))]
    lines = [_row(columns, widths, right, Style.HEADING)]
    lines += [_row(row, widths, right, Style.PLAIN) for row in cells]
    if not values:
        lines.append(line(Piece("no rows", Style.FAINT)))
    return tuple(lines)


def detections_table(
    detections: Iterable[DetectionRecordedV1], symbols: Symbols, width: int = 160, max_rows: int = 40
) -> tuple[Line, ...]:
    """What alerts, one a row; below it the look-alikes and what was withdrawn, one row a session and kind."""
    groups: dict[tuple[object, ...], list[DetectionRecordedV1]] = {}
    for one in detections:
        alone = one.detection_id if _stands_out(one) else None
        groups.setdefault((one.session_id, one.kind, one.status, alone), []).append(one)
    ordered = sorted(groups.values(), key=lambda group: (not _stands_out(group[0]), -_surest(group)))
    shown = ordered[:max_rows]
    columns = ("kind", "status", "confidence", "laps", "session", "model", "first test")
    rows = [_summary(group) for group in shown]
    # The name of the test is the longest, and gives way first.
    before = result_table(columns[:-1], [row[:-1] for row in rows], symbols, MAX_SHORT)
    room = width - max(sum(len(piece.text) for piece in one) for one in before)
    tests = result_table(columns[-1:], [row[-1:] for row in rows], symbols, max(room, MIN_TEST))
    lines = [(*left, *right) for left, right in zip(before, tests, strict=True)]
    for place, group in enumerate(shown, start=1):
        style = Style.BAD if _stands_out(group[0]) else Style.PLAIN
        lines[place] = (Piece(lines[place][0].text, style), *lines[place][1:])
    if len(ordered) > max_rows:
        lines.append(line(Piece(f"+{len(ordered) - max_rows} more rows", Style.FAINT)))
    return tuple(lines)


def _stands_out(detection: DetectionRecordedV1) -> bool:
    return detection.kind.alerting and detection.status is DetectionStatus.OPEN


def _surest(group: Sequence[DetectionRecordedV1]) -> float:
    return max(one.confidence for one in group)


def _summary(group: Sequence[DetectionRecordedV1]) -> tuple[object, ...]:
    first = group[0]
    return (
        first.kind.value + (f" x{len(group)}" if len(group) > 1 else ""),
        first.status.value,
        f"{_surest(group):.2f}",
        max(one.laps for one in group) or None,
        # Of what is written like a path, the last part tells the most.
        first.session_id.rpartition("/")[2],
        (first.gen_ai_request_model or first.gen_ai_agent_name or "").rpartition("/")[2],
        first.bugs[0].test_case_name.rpartition("::")[2],
    )


def _row(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool], style: Style) -> Line:
    padded = (
        f"{text:>{width}}" if end else f"{text:<{width}}"
        for text, width, end in zip(texts, widths, right, strict=True)
    )
    return tuple(Piece(text + "  ", style) for text in padded)


def _numeric(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _text(value: object, symbols: Symbols, max_value: int) -> str:
    if value is None:
        text = ""
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, float):
        text = f"{value:.6g}"
    elif isinstance(value, datetime):
        text = value.isoformat(sep=" ", timespec="seconds")
    elif isinstance(value, list | tuple):
        text = ", ".join(_text(item, symbols, max_value) for item in value)
    else:
        text = str(value)
    text = " ".join(text.split())
    return text if len(text) <= max_value else text[: max_value - 1] + symbols.elided

"""Tables: rows as aligned columns. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from fixloop.board.line import Line, Piece, Style, line
from fixloop.board.symbols import Symbols
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1

MAX_VALUE = 60


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
    detections: Iterable[DetectionRecordedV1], symbols: Symbols, max_rows: int = 40
) -> tuple[Line, ...]:
    """Detections, one a row; what alerts stands out."""
    every = iter(detections)
    shown = list(islice(every, max_rows))
    left_out = sum(1 for _ in every)
    columns = ("kind", "status", "confidence", "laps", "session", "model", "tests", "first test")
    rows = [
        (
            one.kind.value,
            one.status.value,
            f"{one.confidence:.2f}",
            one.laps,
            one.session_id,
            one.gen_ai_request_model or one.gen_ai_agent_name,
            len({bug.test_case_name for bug in one.bugs}),
            one.bugs[0].test_case_name.rpartition("::")[2],
        )
        for one in shown
    ]
    table = result_table(columns, rows, symbols, max_value=44)
    lines = list(table)
    for place, one in enumerate(shown, start=1):
        style = Style.BAD if one.kind.alerting else Style.CAUTION
        lines[place] = (Piece(table[place][0].text, style), *table[place][1:])
    if left_out:
        lines.append(line(Piece(f"+{left_out} more", Style.FAINT)))
    return tuple(lines)


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

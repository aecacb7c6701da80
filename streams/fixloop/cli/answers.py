"""Answers of the store as text: a table, CSV or JSON."""

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

from fixloop.board.symbols import Symbols
from fixloop.board.tables import MAX_VALUE, result_table

if TYPE_CHECKING:
    from fixloop.board.line import Line
    from fixloop.land.store import Result

_UNCUT: Final = 1_000_000


def as_json(result: "Result") -> str:
    """A list with one object a row, one row a line."""
    rows = [
        json.dumps(dict(zip(result.columns, row, strict=True)), ensure_ascii=False) for row in result.rows
    ]
    return "[\n" + ",\n".join(rows) + "\n]" if rows else "[]"


def as_csv(result: "Result") -> str:
    """RFC 4180 with a head; NULL is empty, lists and maps are JSON."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(result.columns)
    writer.writerows([_field(value) for value in row] for row in result.rows)
    return text.getvalue()


def as_table(result: "Result", symbols: Symbols, *, cut: bool) -> "tuple[Line, ...]":
    """Aligned columns; with `cut`, long values are, as fits a terminal."""
    rows = [[_visible(value) for value in row] for row in result.rows]
    return result_table(result.columns, rows, symbols, MAX_VALUE if cut else _UNCUT)


def _field(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _visible(value: Any) -> Any:
    """What was recorded may hold control characters; none of them is for the terminal."""
    if isinstance(value, list):
        return [_visible(item) for item in value]
    if isinstance(value, dict):
        return json.dumps(value)
    if not isinstance(value, str):
        return value
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in value)

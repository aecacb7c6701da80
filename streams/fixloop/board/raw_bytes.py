"""Bytes that anybody may have sent, for a person: as text where they are some, else in hexadecimal; never as they are."""

from collections.abc import Iterator
from typing import Final

from fixloop.board.line import Line, Piece, Style, line, printable

_ROW: Final = 16
_LAYOUT: Final = "\t\n\r"
"""What text may hold although it cannot be printed; it is spelled out all the same."""


def short(content: bytes | None) -> str:
    """On one line: a key, or the value of a header."""
    if content is None:
        return "(no value)"
    text = _text(content)
    return printable(text) if text is not None else f"(hexadecimal) {content.hex(' ')}"


def lines(content: bytes) -> Iterator[Line]:
    """On as many lines as it takes."""
    text = _text(content)
    if text is not None:
        for one in text.removesuffix("\n").split("\n"):
            yield line(printable(one))
        return
    for start in range(0, len(content), _ROW):
        row = content[start : start + _ROW]
        signs = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        yield line(Piece(f"{start:08x}", Style.FAINT), f"  {row.hex(' '):<{3 * _ROW}} |{signs}|")


def _text(content: bytes) -> str | None:
    """The text that the bytes are; None when they are none, or one that controls what shows it."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return text if all(sign >= " " or sign in _LAYOUT for sign in text) else None

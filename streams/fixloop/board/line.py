"""What a board writes on: lines of styled pieces, without a terminal in sight.

Everything in this package returns lines. Whether they become colours or plain text is decided where they are
printed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """What a piece of text says, not what it looks like."""

    PLAIN = "plain"
    HEADING = "heading"
    FAINT = "faint"
    GOOD = "good"
    BAD = "bad"
    ERROR = "error"
    CAUTION = "caution"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line in one style."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Piece, ...]


def line(*parts: str | Piece) -> Line:
    """One line from pieces and bare texts."""
    return tuple(Piece(part) if isinstance(part, str) else part for part in parts)


def printable(text: str) -> str:
    """The text with control characters spelled out: what was recorded may hold some, and none is for the terminal."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def plain(lines: Iterable[Line]) -> str:
    """The lines as text, without styles and without blanks at their ends."""
    return "".join("".join(printable(piece.text) for piece in one).rstrip() + "\n" for one in lines)

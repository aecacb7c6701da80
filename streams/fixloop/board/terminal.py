"""Lines in colour, for a terminal that has it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from fixloop.board.line import Line, Style, printable

if TYPE_CHECKING:
    from rich.text import Text

_LOOKS: Final = {
    Style.PLAIN: "",
    Style.HEADING: "bold",
    Style.FAINT: "dim",
    Style.GOOD: "green",
    Style.BAD: "bold red",
    Style.ERROR: "magenta",
    Style.CAUTION: "yellow",
    Style.NAME: "cyan",
}


def coloured(lines: Iterable[Line]) -> "Text":
    """The lines as one rich text; printing it to what is no terminal gives plain text again."""
    from rich.text import Text

    text = Text(no_wrap=True, overflow="ignore")
    for place, one in enumerate(lines):
        if place:
            text.append("\n")
        for piece in one:
            text.append(printable(piece.text), _LOOKS[piece.style])
    return text

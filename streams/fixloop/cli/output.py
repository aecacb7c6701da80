"""Where commands print: colour and progress on a terminal, plain text in a pipe."""

import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from fixloop.board.line import Line, plain
from fixloop.board.symbols import Symbols, symbols_for

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_WIDTH: Final = 120
"""How wide to draw where no terminal says its width."""


def console(*, error: bool = False) -> "Console":
    """A console on the standard output (or error); plain and as wide as it needs when it is no terminal."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    terminal = stream.isatty()
    return Console(file=stream, highlight=False, soft_wrap=not terminal, width=None if terminal else 160)


def show(lines: Iterable[Line]) -> None:
    """Print a board's lines: in colour on a terminal that has it, else as plain text."""
    if sys.stdout.isatty():
        from fixloop.board.terminal import coloured

        console().print(coloured(lines), soft_wrap=True)
        return
    encoding = sys.stdout.encoding or "ascii"
    # A test's name may hold what the encoding cannot write; the signs of a board never do.
    print(plain(lines).encode(encoding, "replace").decode(encoding), end="")


def symbols() -> Symbols:
    """The signs that the standard output can write."""
    return symbols_for(sys.stdout.encoding)


def width() -> int:
    """How wide a board may be: the terminal's width (or `COLUMNS`), else 120 characters."""
    return shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns

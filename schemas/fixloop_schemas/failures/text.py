"""Texts as runners print them, and the files that are named in them."""

import re
from typing import Final

MAX_READ: Final = 262_144
"""Characters of one failure that are read; of a longer one, the beginning and the end."""

_COLOURS: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b\x07]*(?:\x07|\x1b\\)")
_FOREIGN: Final = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|\.venv|\.tox|\.nox|node_modules|vendor)/"
    r"|/lib/python\d|^<|^node:|/pkg/mod/|/rustc/|/\.cargo/registry/|/library/(?:std|core|alloc|test)/src/"
)
MAX_LINES: Final = 40
"""Of a message: what tells bugs apart stands at its beginning, and runners cut long ones in ways of their own."""


def plain(text: str) -> str:
    """The text without colours and links, with one kind of line end, and not endless."""
    if len(text) > MAX_READ:
        text = text[: MAX_READ // 2] + "\n" + text[-MAX_READ // 2 :]
    return _COLOURS.sub("", text).replace("\r\n", "\n")


def is_foreign(path: str) -> bool:
    """Whether a file belongs to a library or the language, and not to the project."""
    return _FOREIGN.search(path.replace("\\", "/")) is not None


def frame(path: str, function: str = "") -> str:
    """A place in the project, as far as it is the same in every checkout."""
    name = path.replace("\\", "/").rpartition("/")[2]
    return f"{name}::{function}" if function and not is_nameless(function) else name


def is_nameless(function: str) -> bool:
    """Whether a function has no name of its own: pytest's long form leaves out what Python calls `<lambda>` and `<genexpr>`."""
    return function.startswith("<")


def first_lines(lines: list[str]) -> str | None:
    """The lines that count as the message, without blank ones."""
    kept = [line.strip() for line in lines if line.strip()][:MAX_LINES]
    return "\n".join(kept) or None

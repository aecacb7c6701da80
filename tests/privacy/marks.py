"""Words that stand for what a project holds, each of which may be told at some levels or at none; and how they are found again."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from fixloop_schemas.vocabulary import CaptureLevel

_SIGN: Final = "qzw"
_WORD: Final = re.compile(_SIGN.encode() + rb"(?:(?!" + _SIGN.encode() + rb")[a-z])*")
_ESCAPE: Final = re.compile(rb"\\u00([0-7][0-9a-fA-F])")


class Mark(StrEnum):
    """A word that stands in nothing but marked texts, nor does its beginning."""

    TEST = "qzwtest"
    TEST_FILE = "qzwspec"
    PARAMETER = "qzwparameter"
    CLASS = "qzwerror"
    BRANCH = "qzwbranch"
    KEYWORD = "qzwkeyword"

    FOLDER = "qzwfolder"
    FILE = "qzwfile"

    MESSAGE = "qzwmessage"
    VALUE = "qzwvalue"

    OLD_TEXT = "qzwoldtext"
    NEW_TEXT = "qzwnewtext"
    LOCAL = "qzwlocal"
    DOCSTRING = "qzwdocstring"
    PRINTED = "qzwprinted"
    ARGUMENT = "qzwargument"
    COMMIT = "qzwcommit"
    COMMAND = "qzwcommand"
    VARIABLE = "qzwvariable"
    PROMPT = "qzwprompt"
    USER = "qzwuser"
    HOME = "qzwhome"
    HOST = "qzwhost"
    PASSWORD = "qzwpassword"  # noqa: S105 -- a mark
    OUTSIDE = "qzwoutside"


NAMES: Final = frozenset({Mark.TEST, Mark.TEST_FILE, Mark.PARAMETER, Mark.CLASS, Mark.BRANCH, Mark.KEYWORD})
"""Told in plain at every level: what the project calls its tests, its errors' classes and its branches, and what a run was asked for."""
PATHS: Final = frozenset({Mark.FOLDER, Mark.FILE})
TEXTS: Final = frozenset({Mark.MESSAGE, Mark.VALUE, Mark.CLASS, Mark.TEST})
"""Of a masked message."""


def told_at(level: CaptureLevel) -> frozenset[Mark]:
    """What may leave the machine."""
    return NAMES | (PATHS if level.has_paths else frozenset()) | (TEXTS if level.has_texts else frozenset())


def found(content: bytes) -> set[str]:
    """The marked words in `content`, or their beginnings where something was cut: in any case, escaped as in JSON, and in UTF-16."""
    lower = content.lower()
    views = (lower, _ESCAPE.sub(_unescaped, content).lower(), lower.replace(b"\0", b""))
    return {word.decode() for view in views for word in _WORD.findall(view)}


def forbidden(words: Iterable[str], allowed: Iterable[Mark]) -> Iterator[str]:
    """The words that are none of the allowed marks, nor the beginning of one."""
    may = tuple(allowed)
    return (word for word in words if not any(mark.startswith(word) or word.startswith(mark) for mark in may))


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)])

"""What an emitter tells of files and failures: digests always, and beside them what the level of `FIXLOOP_LEVEL` lets out."""

import re
from collections.abc import Mapping
from typing import Any, Final

from fixloop_schemas.digest import Digester
from fixloop_schemas.limits import MAX_FILE_PATH
from fixloop_schemas.names import encodable
from fixloop_schemas.vocabulary import CaptureLevel

_OUTSIDE: Final = r"[/~\\]|\.\.(/|$)|[A-Za-z]:"
"""Compiled when there is a path to look at."""
_MAX_NAMES: Final = 64 * 1024
"""Bytes of plain paths in one event, so that it holds a thousand digests beside them."""
_ESCAPED: Final = 6
"""What JSON makes of one character, at most."""


class Capture(Digester):
    """Digests under one key, and the level."""

    __slots__ = ("level",)

    def __init__(self, key: bytes, level: CaptureLevel = CaptureLevel.DIGESTS) -> None:
        super().__init__(key)
        self.level = level

    def file(self, path: str) -> dict[str, str]:
        """The fields that name a file.

        Args:
            path: relative to the working copy in POSIX form; of a file outside of it, the digest alone is told at any level.
        """
        from fixloop_schemas.path_role import path_role  # who names no file need not know the rules

        named = {"path": self.path(path), "path_role": str(path_role(path))}
        if self.level.has_paths and _tellable(path):
            named["code_file_path"] = path
        return named

    def failure(
        self, error_type: str | None, message: str | None, frame: str | None, *, complete: bool
    ) -> dict[str, Any]:
        """The fields of a failure's signature; what is not known is absent."""
        from fixloop_schemas.signature import mask, signature  # who meets no failure need not know the masks

        found = signature(self, error_type, message, frame, complete=complete)
        known = {
            "digest": found.digest,
            "version": found.version,
            "complete": found.complete,
            "error_type": found.error_type,
            "frame": found.frame,
            "masked_message": encodable(mask(message)) if message and self.level.has_texts else None,
        }
        return {name: value for name, value in known.items() if value not in (None, "")}


def fitting(files: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """The files that one event names; from where their plain paths would not fit any more, by digest alone."""
    left, told = _MAX_NAMES, list[Mapping[str, Any]]()
    for file in files:
        left -= _ESCAPED * len(file.get("code_file_path", ""))
        told.append(
            file if left >= 0 else {name: value for name, value in file.items() if name != "code_file_path"}
        )
    return told


def may_lead_outside(path: str) -> bool:
    """Whether a path is not plainly below the folder that it is relative to."""
    return re.match(_OUTSIDE, path) is not None


def _tellable(path: str) -> bool:
    """Whether a path lies in the working copy, and is one that the wire can hold."""
    return 0 < len(path) <= MAX_FILE_PATH and not may_lead_outside(path) and path.isprintable()

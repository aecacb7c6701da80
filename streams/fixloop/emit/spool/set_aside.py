"""Lines that are no events: set aside in the spool with their reason, where their owner can look at them. They never leave the machine."""

import json
import os
import time
from pathlib import Path
from typing import Final

from fixloop.emit.private_files import PRIVATE_FILE, make_directory

NAME: Final = "set-aside.jsonl"
MAX_BYTES: Final = 1024 * 1024
MAX_LINE: Final = 16 * 1024


def set_aside(spool: Path, line: bytes, place: str, reason: str) -> None:
    """Keep a line, where it stood, and why it is no event; the oldest half goes when there are too many. When even that fails, nothing."""
    entry = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "place": place,
        "reason": reason[:500],
        "line": line[:MAX_LINE].decode("utf-8", "backslashreplace"),
    }
    try:
        make_directory(spool)
        path = spool / NAME
        if path.exists() and path.stat().st_size > MAX_BYTES // 2:
            path.replace(spool / f"{NAME}.1")
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
        try:
            os.write(descriptor, json.dumps(entry).encode() + b"\n")
        finally:
            os.close(descriptor)
    except OSError:
        return


def count_set_aside(spool: Path) -> int:
    """How many lines lie there."""
    return sum(_lines(spool / name) for name in (NAME, f"{NAME}.1"))


def _lines(path: Path) -> int:
    try:
        return path.read_bytes().count(b"\n")
    except OSError:
        return 0

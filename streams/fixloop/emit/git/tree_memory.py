"""What a working copy's changed files were when a session last looked: digests, and stamps by which an unchanged file is not read again."""

import json
import os
import stat
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from fixloop.emit.git.told_edits import ABSENT
from fixloop.emit.private_files import replace_whole
from fixloop_schemas.digest import Digester, plain_text

MAX_FILE: Final = 2 * 1024 * 1024
MOST_LINES: Final = 5_000
"""Of one file: longer ones are compared as a whole only."""
_ALL_LINES: Final = 40_000
_RACY_SECONDS: Final = 0.05
_VERSION: Final = 1
_HEAD: Final = 512


class FileState(NamedTuple):
    """A file as it was read."""

    digest: str | None
    """Of its text; `ABSENT` when there is none, None when it is too large or no plain file."""
    lines: tuple[str, ...] | None = None
    """The hashes of its lines, where they are few enough."""
    stamp: tuple[int, ...] = ()
    """What changes with every write; empty when it was written so lately that it might not."""


class Difference(NamedTuple):
    """A file of which the session believes something else than it is."""

    path: str
    before: FileState
    now: FileState
    clean: bool
    """Git does not call it changed: it is its commit's text."""


_NONE: Final[Mapping[str, FileState]] = {}


class TreeMemory(NamedTuple):
    """The changed files of a working copy by their paths, relative to its root."""

    files: Mapping[str, FileState] = _NONE
    told: int = 0
    """How far what the session was told is taken into account."""
    looked: bool = False
    """There was a look before: what is new now is new since then."""
    slow_at: float = 0.0
    """When git was last too slow, in seconds since the epoch."""
    slow_times: int = 0
    """How often it was, one time after the other."""


def read_file(path: Path, before: FileState | None, digester: Digester, *, with_lines: bool) -> FileState:
    """The file at `path` as it is now; not read where its stamp is that of `before`."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return FileState(ABSENT)
    except OSError:
        return FileState(None)
    stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
    if before is not None and before.stamp == stamp:
        return before
    if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE:
        return FileState(None, None, stamp)
    try:
        text = plain_text(path.read_bytes())
    except OSError:
        return FileState(None)
    lately = time.time() - max(status.st_mtime, status.st_ctime) < _RACY_SECONDS
    return state_of(text, digester, () if lately else stamp, with_lines=with_lines)


def state_of(text: str, digester: Digester, stamp: tuple[int, ...] = (), *, with_lines: bool) -> FileState:
    """A text as a file's state."""
    few = with_lines and text.count("\n") <= MOST_LINES
    return FileState(digester.text(text), digester.lines(text.splitlines()) if few else None, stamp)


def load(path: Path) -> TreeMemory:
    """The memory at `path`; an empty one when it is not there or cannot be read."""
    try:
        content: Any = json.loads(path.read_bytes())
        if content["version"] != _VERSION:
            return TreeMemory()
        files = {
            str(name): FileState(state[0], None if state[1] is None else tuple(state[1]), tuple(state[2]))
            for name, state in content["files"].items()
        }
        slow = float(content["slow_at"]), int(content.get("slow_times", 0))
        return TreeMemory(files, int(content["told"]), bool(content["looked"]), *slow)
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return TreeMemory()


def is_slow(path: Path) -> bool:
    """Whether the last look was too slow, from the beginning of the memory at `path`: the files in it may be many."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).partition(b'"files"')[0]
        return int(json.loads(head.rstrip(b",") + b"}")["slow_times"]) > 0
    except (OSError, ValueError, TypeError, LookupError):
        return False


def save(path: Path, memory: TreeMemory) -> None:
    """Write the memory down, without more lines than are worth their room.

    Raises:
        OSError: it cannot be written.
    """
    content = {
        "version": _VERSION,
        "told": memory.told,
        "looked": memory.looked,
        "slow_at": memory.slow_at,
        "slow_times": memory.slow_times,
        "files": dict(_with_room(memory.files.items())),  # last: `is_slow` does not read them
    }
    replace_whole(path, json.dumps(content, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def _with_room(files: Iterable[tuple[str, FileState]]) -> Iterable[tuple[str, list[Any]]]:
    room = _ALL_LINES
    for name, state in files:
        lines = state.lines if state.lines is not None and len(state.lines) <= room else None
        room -= len(lines or ())
        yield name, [state.digest, lines, state.stamp]

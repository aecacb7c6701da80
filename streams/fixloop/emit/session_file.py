"""One session's place in the spool: its lock, its numbers, and the segments that hold its events.

The file `state` is both the lock and the memory. It is written after the event, so it can be behind by what a killed process had just
appended, never ahead: whoever takes the lock next reads what stands after the recorded size, cuts a torn last line, and goes on.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from fixloop.emit.events import EDIT_APPLIED, EVENTS_DROPPED
from fixloop.emit.private_files import PRIVATE_FILE, locked, make_directory

STATE: Final = "state"
_MAX_STATE: Final = 64 * 1024
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@dataclass(slots=True)
class SessionMemory:
    """What the spool knows of a session without reading its events."""

    next_seq: int = 0
    edits: int = 0
    """Edits so far in the session, dropped ones included."""
    segment: int = 0
    size: int = 0
    """Bytes of whole lines in the current segment."""
    measured: int = 0
    """The spool's size when it was last measured from here, in bytes."""
    since_measured: int = 0
    """Bytes written from here since."""
    dropped_from: int | None = None
    """The first event given up, until an event says so."""
    attribution: dict[str, str] = field(default_factory=dict)


class SessionFile:
    """A locked session of the spool."""

    def __init__(self, folder: Path, descriptor: int, memory: SessionMemory) -> None:
        self.folder = folder
        self.memory = memory
        self._descriptor = descriptor

    def append(self, lines: bytes, segment_bytes: int) -> None:
        """Append whole lines, all of them or none.

        Raises:
            OSError: the disk is full or the folder cannot be written; the session is as before.
        """
        memory = self.memory
        if memory.size >= segment_bytes:
            memory.segment, memory.size = memory.segment + 1, 0
        path = segment_path(self.folder, memory.segment)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
        try:
            written = os.pwrite(descriptor, lines, memory.size)
            if written != len(lines):
                os.ftruncate(descriptor, memory.size)
                raise OSError(f"only {written} of {len(lines)} bytes could be written to {path}")
        finally:
            os.close(descriptor)
        memory.size += len(lines)
        memory.since_measured += len(lines)

    def save(self) -> None:
        """Write the numbers down, in place: the lock is on this very file."""
        content = json.dumps(asdict(self.memory), separators=(",", ":")).encode()
        os.pwrite(self._descriptor, content, 0)
        os.ftruncate(self._descriptor, len(content))

    def close_segment(self) -> None:
        """Let the next event begin a new segment, so that this one can be deleted."""
        self.memory.segment, self.memory.size = self.memory.segment + 1, 0
        self.save()


@contextmanager
def open_session(folder: Path, wait_seconds: float) -> Iterator[SessionFile]:
    """The session in `folder`, locked, and recovered if a process died in it.

    Raises:
        OSError: the folder cannot be used, or its lock was not to be had in time.
    """
    make_directory(folder)
    with locked(folder / STATE, wait_seconds) as descriptor:
        session = SessionFile(
            folder, descriptor, _recovered(folder, _recorded(os.pread(descriptor, _MAX_STATE, 0)))
        )
        yield session


def peek(folder: Path) -> SessionMemory:
    """The session's numbers without its lock: they may be a moment old."""
    try:
        return _recorded((folder / STATE).read_bytes())
    except OSError:
        return SessionMemory()


def folder_name(session_id: str) -> str:
    """A name for the session's folder: its id where that is a plain name, else a digest of it."""
    if len(session_id) <= 100 and not session_id.startswith(".") and _PLAIN.issuperset(session_id):
        return session_id
    return "~" + sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def segment_path(folder: Path, segment: int) -> Path:
    """Where a segment stands."""
    return folder / f"{segment:010d}.jsonl"


def segments(folder: Path) -> list[int]:
    """The segments that are there, oldest first."""
    return sorted(int(path.stem) for path in folder.glob("*.jsonl") if path.stem.isdigit())


def _recorded(content: bytes) -> SessionMemory:
    try:
        fields = json.loads(content)
        return SessionMemory(**fields)
    except (ValueError, TypeError):
        return SessionMemory()


def _recovered(folder: Path, memory: SessionMemory) -> SessionMemory:
    """The memory with what a process that died had appended and not recorded."""
    newest = segment_path(folder, memory.segment)
    following = segment_path(folder, memory.segment + 1)
    if not following.exists() and (newest.stat().st_size if newest.exists() else 0) == memory.size:
        return memory
    for segment in segments(folder):
        if segment >= memory.segment:
            _read_on(folder, memory, segment)
    return memory


def _read_on(folder: Path, memory: SessionMemory, segment: int) -> None:
    path = segment_path(folder, segment)
    start = memory.size if segment == memory.segment else 0
    with path.open("rb+") as file:
        file.seek(start)
        tail = file.read()
        whole = tail.rfind(b"\n") + 1
        if whole != len(tail):
            file.truncate(start + whole)
    memory.segment, memory.size = segment, start + whole
    for line in tail[:whole].split(b"\n"):
        _count(memory, line)


def _count(memory: SessionMemory, line: bytes) -> None:
    try:
        event: dict[str, Any] = json.loads(line)
        memory.next_seq = max(memory.next_seq, int(event["data"]["seq"]) + 1)
    except (ValueError, TypeError, KeyError):
        return
    memory.edits += event.get("type") == EDIT_APPLIED
    if event.get("type") == EVENTS_DROPPED:
        memory.dropped_from = None

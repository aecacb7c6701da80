"""One session's place in the spool: its lock, its numbers, and the segments that hold its events.

The file `state` is both the lock and the memory. It is written after the event, so it can be behind by what a killed process had just
appended, never ahead: whoever takes the lock next reads what stands after the recorded size, cuts a torn last line, and goes on.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

from fixloop.emit.events import EDIT_APPLIED, EVENTS_DROPPED, RUN, RUN_FINISHED
from fixloop.emit.git.told_edits import keep
from fixloop.emit.private_files import PRIVATE_FILE, locked, make_directory

STATE: Final = "state"
COUNTS: Final = ("passed", "failed", "errors", "skipped")
_MAX_STATE: Final = 64 * 1024
_MAX_RUNS: Final = 8
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


class SessionMemory:
    """What the spool knows of a session without reading its events. Its attributes are what `state` holds."""

    def __init__(self) -> None:
        self.next_seq = 0
        self.edits = 0
        """Edits so far in the session, dropped ones included."""
        self.segment = 0
        self.size = 0
        """Bytes of whole lines in the current segment."""
        self.measured = 0
        """The spool's size when it was last measured from here, in bytes."""
        self.since_measured = 0
        """Bytes written from here since."""
        self.dropped_from: int | None = None
        """The first event given up, until an event says so."""
        self.given_up = 0
        """Events of the session given up so far, for whatever reason."""
        self.run_seq = -1
        """The last event of a test run that its runner wrote; -1 where there is none."""
        self.runs: dict[str, list[int]] = {}
        """The last few such runs that ended: how many tests passed, failed, were in error and skipped; empty where that was not told."""
        self.attribution: dict[str, str] = {}
        self.taken: list[str] = []
        """Files of the drop box whose events stand in the segments, and which may still be there."""

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Self:
        """A memory of these attributes; what a newer version wrote as well is not ours to judge."""
        memory = cls()
        attributes = vars(memory)
        attributes |= {name: value for name, value in known.items() if name in attributes}
        return memory

    def changed(self, **attributes: Any) -> Self:
        """Another memory, which differs in these."""
        return self.of({**vars(self), **attributes})

    def give_up(self, count: int) -> None:
        """Give numbers to events that will never come: the session's next event is told with their range before it."""
        if self.dropped_from is None:
            self.dropped_from = self.next_seq
        self.next_seq += count
        self.given_up += count


class SessionFile:
    """A locked session of the spool."""

    def __init__(
        self, folder: Path, descriptor: int, memory: SessionMemory, recovered: frozenset[str] = frozenset()
    ) -> None:
        self.folder = folder
        self.memory = memory
        self.recovered = recovered
        """Ids of the events that a process had appended and not recorded when it died."""
        self._descriptor = descriptor
        self._state_bytes = os.fstat(descriptor).st_size

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
                raise OSError(ENOSPC, os.strerror(ENOSPC))  # nothing else makes a write to a file a short one
        finally:
            os.close(descriptor)
        memory.size += len(lines)
        memory.since_measured += len(lines)
        keep(self.folder, lines)

    def save(self) -> None:
        """Write the numbers down, in place: the lock is on this very file."""
        content = json.dumps(vars(self.memory), separators=(",", ":")).encode() + b"\n"
        os.pwrite(self._descriptor, content, 0)
        if len(content) < self._state_bytes:
            # Who dies before this leaves the rest of a longer state behind the line's end, where nobody looks.
            os.ftruncate(self._descriptor, len(content))
        self._state_bytes = len(content)

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
        memory = _recorded(os.pread(descriptor, _MAX_STATE, 0))
        recovered = _recover(folder, memory)
        yield SessionFile(folder, descriptor, memory, recovered)


def peek(folder: Path) -> SessionMemory:
    """The session's numbers without its lock: they may be a moment old."""
    try:
        return _recorded((folder / STATE).read_bytes())
    except OSError:
        return SessionMemory()


def folder_name(session_id: str) -> str:
    """A name for the session's folder: its id where that is a plain name, else a digest of it."""
    if 0 < len(session_id) <= 100 and not session_id.startswith(".") and _PLAIN.issuperset(session_id):
        return session_id
    return "~" + sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def segment_path(folder: Path, segment: int) -> Path:
    """Where a segment stands."""
    return folder / f"{segment:010d}.jsonl"


def segments(folder: Path) -> list[int]:
    """The segments that are there, oldest first."""
    return sorted(int(path.stem) for path in folder.glob("*.jsonl") if path.stem.isdigit())


def note_run(memory: SessionMemory, event: Mapping[str, Any], seq: int) -> None:
    """Remember an event of a run that its runner wrote, and not whoever saw what the runner printed."""
    if not (str(event.get("type")).startswith(RUN) and str(event.get("source")).startswith("/runner/")):
        return
    memory.run_seq = seq
    if event["type"] == RUN_FINISHED:
        data: Mapping[str, Any] = event["data"]
        totals: Mapping[str, int] = data.get("totals") or {}
        # Another dictionary: what could not be written goes back to the memory before it.
        runs = {**memory.runs, str(data.get("run_id")): [totals[name] for name in COUNTS if name in totals]}
        memory.runs = dict(list(runs.items())[-_MAX_RUNS:])


def _recorded(content: bytes) -> SessionMemory:
    try:
        return SessionMemory.of(json.loads(content.partition(b"\n")[0]))
    except (ValueError, TypeError, AttributeError):
        return SessionMemory()


def _recover(folder: Path, memory: SessionMemory) -> frozenset[str]:
    """Let the memory know what a process that died had appended and not recorded; the ids of these events."""
    newest = segment_path(folder, memory.segment)
    following = segment_path(folder, memory.segment + 1)
    if not following.exists() and (newest.stat().st_size if newest.exists() else 0) == memory.size:
        return frozenset()
    found: set[str] = set()
    for segment in segments(folder):
        if segment >= memory.segment:
            found.update(_read_on(folder, memory, segment))
    return frozenset(found)


def _read_on(folder: Path, memory: SessionMemory, segment: int) -> set[str]:
    path = segment_path(folder, segment)
    start = memory.size if segment == memory.segment else 0
    with path.open("rb+") as file:
        file.seek(start)
        tail = file.read()
        whole = tail.rfind(b"\n") + 1
        if whole != len(tail):
            file.truncate(start + whole)
    memory.segment, memory.size = segment, start + whole
    return {found for line in tail[:whole].split(b"\n") if (found := _count(memory, line))}


def _count(memory: SessionMemory, line: bytes) -> str:
    """Let the memory count one line; the event's id."""
    try:
        event: dict[str, Any] = json.loads(line)
        memory.next_seq = max(memory.next_seq, int(event["data"]["seq"]) + 1)
    except (ValueError, TypeError, KeyError):
        return ""
    memory.edits += event.get("type") == EDIT_APPLIED
    note_run(memory, event, memory.next_seq - 1)
    if event.get("type") == EVENTS_DROPPED:
        memory.dropped_from = None
    return str(event.get("id", ""))

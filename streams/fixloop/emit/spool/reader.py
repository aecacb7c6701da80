"""The reading side of the spool: each reader has a name and a cursor, and what every reader has delivered is deleted.

A cursor is written after delivery was acknowledged, so that a reader that dies delivers again what it had not written down: at least once.
Only whole lines are read; a line that a killed process left half is cut by the next writer and never delivered.
"""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from fixloop.emit.emit_log import note
from fixloop.emit.private_files import locked, make_directory, replace_whole
from fixloop.emit.spool.session_file import STATE, open_session, segment_path, segments
from fixloop.emit.spool.spool import Spool
from fixloop.errors import FixloopError

FORGET_AFTER_SECONDS: Final = 7 * 24 * 3600
"""A reader that has not moved for so long no longer keeps anything from being deleted."""
_LOCK_SECONDS: Final = 0.5

Position = tuple[int, int]
"""A segment and an offset in it: everything before has been delivered."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the spool, and where the next one begins."""

    session: str
    """The name of the session's folder."""
    line: bytes
    following: Position

    @property
    def source(self) -> str:
        """Where the line stands, for a person."""
        return f"spool:{self.session}/{self.following[0]}@{self.following[1] - len(self.line) - 1}"


class SpoolReader:
    """Follows a spool under one name; a context manager, since only one process at a time may use a name.

    Args:
        directory: the spool.
        name: the cursor's name; `ship` and `up` each have their own, so that both may follow the same spool.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self.directory = directory
        self._name = name
        self._spool = Spool(directory)
        self._cursor = directory / "cursors" / f"{name}.json"
        self._positions: dict[str, Position] = {}
        self._nothing_new: dict[str, tuple[int, int]] = {}
        """Sessions that were read to their end, with what their state file looked like then."""
        self._held = ExitStack()

    def __enter__(self) -> Self:
        make_directory(self.directory)
        make_directory(self._cursor.parent)
        make_directory(self.directory / "sessions")
        try:
            self._held.enter_context(locked(self._cursor.with_suffix(".lock"), 0))
        except TimeoutError:
            raise FixloopError(
                f"Another `fixloop {self._name}` follows the spool {self.directory}. "
                "Stop it first, or let it do the work."
            ) from None
        self._positions = _positions(self._cursor)
        self._save()
        # Who was killed between its cursor and the segments left these behind.
        self._delete_delivered(list(self._positions))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def read(self) -> Iterator[Record]:
        """Every whole line after the cursor, in order within each session. The cursor stays where it is.

        What waits in drop boxes is given its place first.
        """
        for folder in sorted((self.directory / "sessions").iterdir()):
            self._take_in(folder)
            look = _look(folder)
            if look is not None and self._nothing_new.get(folder.name) == look:
                continue
            found = False
            for record in self._read_session(folder):
                found = True
                yield record
            if not found and look is not None:
                self._nothing_new[folder.name] = look

    def advance(self, delivered: Iterable[Record]) -> None:
        """Remember that these were delivered, and delete what every reader has behind it."""
        touched = set()
        for record in delivered:
            self._positions[record.session] = max(
                self._positions.get(record.session, (0, 0)), record.following
            )
            touched.add(record.session)
        if touched:
            self._save()
            self._delete_delivered(touched)

    def _take_in(self, folder: Path) -> None:
        try:
            self._spool.take_in(folder)
        except OSError as error:
            note(self.directory, "drop box not emptied", error)

    def _read_session(self, folder: Path) -> Iterator[Record]:
        segment, offset = self._positions.get(folder.name, (0, 0))
        for number in segments(folder):
            if number < segment:
                continue
            start = offset if number == segment else 0
            try:
                content = _from(segment_path(folder, number), start)
            except FileNotFoundError:
                continue
            for line in content.split(b"\n")[:-1]:
                start += len(line) + 1
                yield Record(folder.name, line, (number, start))

    def _save(self) -> None:
        known = {
            name: place
            for name, place in self._positions.items()
            if (self.directory / "sessions" / name).is_dir()
        }
        replace_whole(self._cursor, json.dumps(known, separators=(",", ":")).encode())

    def _delete_delivered(self, sessions: Iterable[str]) -> None:
        others = [_positions(path) for path in self._cursor.parent.glob("*.json") if self._keeps(path)]
        for name in sessions:
            slowest = min([self._positions[name], *(positions.get(name, (0, 0)) for positions in others)])
            _delete_before(self.directory / "sessions" / name, slowest)

    def _keeps(self, cursor: Path) -> bool:
        try:
            age = time.time() - cursor.stat().st_mtime
        except FileNotFoundError:
            return False
        return cursor != self._cursor and age < FORGET_AFTER_SECONDS


def _delete_before(folder: Path, place: Position) -> None:
    there = segments(folder)
    for number in there:
        if number < place[0]:
            segment_path(folder, number).unlink(missing_ok=True)
    last = segment_path(folder, place[0])
    if place[0] != (there[-1] if there else -1) or last.stat().st_size != place[1]:
        return
    try:
        with open_session(folder, _LOCK_SECONDS) as session:
            # A writer may have come between: then the segment stays until the next time.
            if (session.memory.segment, session.memory.size) == place:
                session.close_segment()
                last.unlink()
    except OSError:
        return


def _look(folder: Path) -> tuple[int, int] | None:
    """What changes with every event of the session."""
    try:
        status = (folder / STATE).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _positions(cursor: Path) -> dict[str, Position]:
    try:
        content = json.loads(cursor.read_bytes())
        return {str(name): (int(place[0]), int(place[1])) for name, place in content.items()}
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return {}


def _from(path: Path, start: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read()

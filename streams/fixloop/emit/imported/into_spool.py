"""Imported events into the spool, through the sessions' drop boxes: whoever takes a session's lock next gives them their numbers.

`imported.json` in the spool says how many events of each session were put there, so that importing again adds what is new and nothing
else. A session that fixloop watched while it ran is left out: its own events know more.
"""

import json
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fixloop.emit.events import RUN_STARTED, SESSION_STARTED
from fixloop.emit.imported.facts import Fact
from fixloop.emit.names_book import write_name
from fixloop.emit.private_files import create_whole, make_directory, replace_whole
from fixloop.emit.session_file import folder_name
from fixloop_schemas.cloudevents import dump
from fixloop_schemas.digest import Digester

_STATE: Final = "imported.json"
_LINES: Final = 500
_BYTES: Final = 4 * 1024 * 1024
"""The most in one file in a drop box."""


@dataclass(slots=True)
class SpoolImport:
    """Writes events into drop boxes.

    Attributes:
        directory: the spool.
        digester: under whose digests the events name files, for this machine's book of names.
    """

    directory: Path
    digester: Digester
    watched: set[str] = field(default_factory=set)
    """Sessions that were left out because fixloop watched them."""
    known: int = 0
    """Events that an earlier import has put there."""
    _counts: dict[str, int] = field(default_factory=dict)
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)
    _waiting: dict[tuple[str, str], list[bytes]] = field(default_factory=dict)
    _files: int = 0

    def __post_init__(self) -> None:
        make_directory(self.directory)
        self._counts = _counts(self.directory / _STATE)

    def add(self, fact: Fact, events: Sequence[Mapping[str, Any]]) -> int:
        """Take the events of one fact; says how many are new."""
        session = fact.session_id
        if self._is_watched(session):
            return 0
        told = (session, fact.part)
        new = 0
        for event in events:
            if fact.part and event["type"] == SESSION_STARTED:
                continue  # of a session that may be there already: the spool says it where it is not
            place = self._seen.get(told, 0)
            self._seen[told] = place + 1
            if place < self._counts.get(_counted_as(*told), 0):
                self.known += 1
                continue
            new += 1
            waiting = self._waiting.setdefault(told, [])
            waiting.append(dump(_without_numbers(event)) + b"\n")
            if len(waiting) >= _LINES or sum(map(len, waiting)) >= _BYTES:
                self._flush(*told)
        for path in fact.paths if new else ():
            with suppress(UnicodeEncodeError):  # a name that no file can have
                write_name(self.directory, self.digester.path(path), path)
        return new

    def close(self) -> None:
        """Write what waits."""
        for told in list(self._waiting):
            self._flush(*told)

    def _is_watched(self, session: str) -> bool:
        own = session.partition("/")[2]
        if own and own not in self.watched and (self.directory / "sessions" / folder_name(own)).is_dir():
            self.watched.add(own)
        return own in self.watched

    def _flush(self, session: str, part: str) -> None:
        lines = self._waiting.pop((session, part))
        box = self.directory / "sessions" / folder_name(session) / "inbox"
        for folder in (self.directory / "sessions", box.parent, box):
            make_directory(folder)
        self._files += 1
        create_whole(box / f"{time.time_ns():020d}-{os.getpid()}-{self._files:06d}.jsonl", b"".join(lines))
        self._counts[_counted_as(session, part)] = self._seen[session, part]
        replace_whole(self.directory / _STATE, json.dumps(self._counts, separators=(",", ":")).encode())


def _counted_as(session: str, part: str) -> str:
    return f"{session}\0{part}" if part else session


def _without_numbers(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event as a drop box takes it: its number and that of the edits so far are given when it is taken out."""
    data = {name: value for name, value in event["data"].items() if name != "seq"}
    if event["type"] == RUN_STARTED:
        data["code_state"] = {name: value for name, value in data["code_state"].items() if name != "edits"}
    return {**event, "data": data}


def _counts(path: Path) -> dict[str, int]:
    try:
        found = json.loads(path.read_bytes())
        return {str(session): int(count) for session, count in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}

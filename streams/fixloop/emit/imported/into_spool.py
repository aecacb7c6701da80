"""Imported events into the spool, through the sessions' drop boxes: whoever takes a session's lock next gives them their numbers.

The folder `imported` in the spool remembers, in a file for each session, which events were put there, so that importing again adds what is
new and nothing else. A session that fixloop watched while it ran is left out: its own events know more.
"""

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
from fixloop.emit.private_files import PRIVATE_FILE, create_whole, make_directory
from fixloop.emit.spool.drop_box import INBOX
from fixloop.emit.spool.session_file import folder_name
from fixloop_schemas.cloudevents import dump
from fixloop_schemas.digest import Digester

_REMEMBERED: Final = "imported"
_ID_BYTES: Final = 8
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
    _there: dict[str, set[bytes]] = field(default_factory=dict)
    """The events that were put there by session, in this import and before."""
    _waiting: dict[str, list[tuple[bytes, bytes]]] = field(default_factory=dict)
    """Ids and lines."""
    _files: int = 0

    def add(self, fact: Fact, events: Sequence[Mapping[str, Any]]) -> int:
        """Take the events of one fact; says how many are new."""
        session = fact.session_id
        if self._is_watched(session):
            return 0
        new = 0
        for event in events:
            key = bytes.fromhex(event["id"])[:_ID_BYTES]
            if session not in self._there:
                there = self._there[session] = self._remembered(session)
                if event["type"] == SESSION_STARTED and key not in there and self._folder(session).is_dir():
                    # Others have told of the session, and of its start.
                    there.add(key)
                    self._waiting.setdefault(session, []).append((key, b""))
                    continue
            if key in self._there[session]:
                self.known += 1
                continue
            self._there[session].add(key)
            new += 1
            waiting = self._waiting.setdefault(session, [])
            waiting.append((key, dump(_without_numbers(event)) + b"\n"))
            if len(waiting) >= _LINES or sum(len(line) for _, line in waiting) >= _BYTES:
                self._flush(session)
        for path in fact.paths if new else ():
            with suppress(UnicodeEncodeError):  # a name that no file can have
                write_name(self.directory, self.digester.path(path), path)
        return new

    def close(self) -> None:
        """Write what waits."""
        for session in list(self._waiting):
            self._flush(session)

    def _folder(self, session: str) -> Path:
        return self.directory / "sessions" / folder_name(session)

    def _is_watched(self, session: str) -> bool:
        own = session.partition("/")[2]
        if own and own not in self.watched and self._folder(own).is_dir():
            self.watched.add(own)
        return own in self.watched

    def _remembered(self, session: str) -> set[bytes]:
        try:
            content = (self.directory / _REMEMBERED / folder_name(session)).read_bytes()
        except OSError:
            return set()
        return {content[at : at + _ID_BYTES] for at in range(0, len(content), _ID_BYTES)}

    def _flush(self, session: str) -> None:
        waiting = self._waiting.pop(session)
        box, memory = self._folder(session) / INBOX, self.directory / _REMEMBERED
        for folder in (self.directory / "sessions", box.parent, box, memory):
            make_directory(folder)
        self._files += 1
        name = f"{time.time_ns():020d}-{os.getpid()}-{self._files:06d}.jsonl"
        if lines := b"".join(line for _, line in waiting):
            create_whole(box / name, lines)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        with os.fdopen(os.open(memory / folder_name(session), flags, PRIVATE_FILE), "ab") as file:
            file.write(b"".join(key for key, _ in waiting))


def _without_numbers(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event as a drop box takes it: its number and that of the edits so far are given when it is taken out."""
    data = {name: value for name, value in event["data"].items() if name != "seq"}
    if event["type"] == RUN_STARTED:
        data["code_state"] = {name: value for name, value in data["code_state"].items() if name != "edits"}
    return {**event, "data": data}

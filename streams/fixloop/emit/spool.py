"""The spool: a bounded directory on disk that takes every event at once, so that nothing waits for a network.

    SPOOL/                        readable by its owner only
    ├── digest.key                the machine's key, where the organisation gave none
    ├── sessions/<session>/       `state` (lock and numbers) and numbered segments of JSON lines
    ├── cursors/<reader>.json     how far each reader has delivered
    ├── names/                    digest of a path -> the path, for this machine only
    └── emit.log                  what went wrong, bounded

`seq` is given here, under the session's lock, so that hooks and test runs that write at the same time give one gapless order. What finds
no room is counted, and the count becomes an event as soon as there is room.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from fixloop.emit.emit_log import note
from fixloop.emit.events import (
    EDIT_APPLIED,
    EVENTS_DROPPED,
    RUN_STARTED,
    SESSION_STARTED,
    Draft,
    event_of,
)
from fixloop.emit.private_files import make_directory
from fixloop.emit.session_file import (
    SessionFile,
    SessionMemory,
    folder_name,
    open_session,
    peek,
)
from fixloop_schemas.cloudevents import dump
from fixloop_schemas.limits import MAX_EVENT_BYTES

DEFAULT_LIMIT: Final = 64 * 1024 * 1024
LOCK_SECONDS: Final = 0.5
"""How long an emitter waits for the session's lock before it gives the event up."""


class Spool:
    """The writing side. Never raises: what cannot be written is counted or noted, and the caller goes on.

    Args:
        directory: where the spool lies.
        limit_bytes: how much it may hold, all sessions together; overshoots by at most a sixteenth for each
            session that writes at the same time.
    """

    def __init__(self, directory: Path, limit_bytes: int = DEFAULT_LIMIT) -> None:
        self._directory = directory
        self._limit = limit_bytes
        self._segment_bytes = max(limit_bytes // 64, 4096)
        self._measure_every = min(limit_bytes // 16, 256 * 1024)

    def emit(self, draft: Draft) -> bool:
        """Write one event. False when it could not be written; the session goes on either way."""
        try:
            with open_session(self._folder(draft.session_id), LOCK_SECONDS) as session:
                written = self._write(session, draft)
                session.save()
        except Exception as error:
            note(self._directory, f"{draft.type} not written", error)
            return False
        return written

    def remember(self, session_id: str, attribution: Mapping[str, str]) -> None:
        """Let later events of the session carry this attribution, where they don't say otherwise."""
        try:
            with open_session(self._folder(session_id), LOCK_SECONDS) as session:
                session.memory.attribution |= attribution
                session.save()
        except Exception as error:
            note(self._directory, "attribution not remembered", error)

    def memory(self, session_id: str) -> SessionMemory:
        """What is known of the session, without waiting for its lock."""
        return peek(self._folder(session_id))

    def _folder(self, session_id: str) -> Path:
        make_directory(self._directory)
        return self._directory / "sessions" / folder_name(session_id)

    def _write(self, session: SessionFile, draft: Draft) -> bool:
        before = session.memory
        session.memory = replace(before, attribution={**before.attribution, **draft.remember})
        lines = _numbered(session.memory, draft)
        if self._has_room(session.memory, len(lines)):
            try:
                session.append(lines, self._segment_bytes)
            except OSError as error:
                note(self._directory, f"{draft.type} not written", error)
            else:
                session.memory.dropped_from = None
                return True
        session.memory = _given_up(before, draft)
        return False

    def _has_room(self, memory: SessionMemory, size: int) -> bool:
        if (
            memory.dropped_from is not None
            or memory.measured == 0
            or memory.since_measured >= self._measure_every
        ):
            memory.measured, memory.since_measured = self._measure(), 0
        return memory.measured + memory.since_measured + size <= self._limit

    def _measure(self) -> int:
        total = 1
        with os.scandir(self._directory / "sessions") as sessions:
            for session in sessions:
                with os.scandir(session.path) as files:
                    total += sum(file.stat().st_size for file in files if file.name.endswith(".jsonl"))
        return total


def _numbered(memory: SessionMemory, draft: Draft) -> bytes:
    """The draft and what has to come before it, as lines; the memory counts them."""
    lines = b""
    if memory.dropped_from is not None:
        lines += _line(memory, _dropped(draft, memory.dropped_from, memory.next_seq - 1, "spool_full"))
    if memory.next_seq == 0 and draft.type != SESSION_STARTED:
        lines += _line(memory, replace(draft, type=SESSION_STARTED, data={"reason": "unknown"}))
    seq = memory.next_seq
    line = _line(memory, draft)
    if len(line) > MAX_EVENT_BYTES:
        line = _line(memory, _dropped(draft, seq, seq, "too_large"))
    return lines + line


def _line(memory: SessionMemory, draft: Draft) -> bytes:
    if draft.type == RUN_STARTED:
        draft = replace(draft, data=_with_edits(draft.data, memory.edits))
    event = event_of(draft, memory.next_seq, memory.attribution)
    memory.next_seq += 1
    memory.edits += draft.type == EDIT_APPLIED
    return dump(event) + b"\n"


def _with_edits(data: Mapping[str, Any], edits: int) -> Mapping[str, Any]:
    return {**data, "code_state": {"edits": edits, **data.get("code_state", {})}}


def _dropped(draft: Draft, first: int, last: int, reason: str) -> Draft:
    return replace(draft, type=EVENTS_DROPPED, data={"first_seq": first, "last_seq": last, "reason": reason})


def _given_up(memory: SessionMemory, draft: Draft) -> SessionMemory:
    """The memory after one event that found no room: it has a number, and will be named in the range that was dropped."""
    first = memory.next_seq if memory.dropped_from is None else memory.dropped_from
    return replace(
        memory,
        next_seq=memory.next_seq + 1,
        edits=memory.edits + (draft.type == EDIT_APPLIED),
        dropped_from=first,
        attribution={**memory.attribution, **draft.remember},
    )

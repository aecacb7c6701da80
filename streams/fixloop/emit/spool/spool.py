"""The spool: a bounded directory on disk that takes every event at once, so that nothing waits for a network.

    SPOOL/                        readable by its owner only
    ├── digest.key                the machine's key, where the organisation gave none
    ├── sessions/<session>/       `state` (lock and numbers), numbered segments of JSON lines, and `inbox`, the drop box
    ├── cursors/<reader>.json     how far each reader has delivered
    ├── names/                    digest of a path -> the path, for this machine only
    ├── set-aside.jsonl           lines that are no events, with their reason
    └── emit.log                  what went wrong, bounded

`seq` is given here, under the session's lock, so that hooks and test runs that write at the same time give one gapless order. A full spool
gives up its oldest events; each range that is given up becomes an event itself. docs/spool.md is the contract for other languages.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fixloop.emit.emit_log import note
from fixloop.emit.events import EDIT_APPLIED, Draft, event_of
from fixloop.emit.private_files import make_directory
from fixloop.emit.spool import drop_box
from fixloop.emit.spool.place_in_session import placed
from fixloop.emit.spool.room import make_room, measured
from fixloop.emit.spool.session_file import SessionFile, SessionMemory, folder_name, open_session, peek

DEFAULT_LIMIT: Final = 64 * 1024 * 1024
LOCK_SECONDS: Final = 0.5
"""How long an emitter waits for the session's lock before it leaves the event in the drop box."""
_BUSY_SECONDS: Final = 5.0
"""For so long after such a wait it does not wait again."""


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
        self._busy_until = 0.0
        self._segment_bytes = max(limit_bytes // 64, 4096)
        self._measure_every = min(limit_bytes // 16, 256 * 1024)

    def emit(self, draft: Draft) -> bool:
        """Write one event. False when it could not be written; the session goes on either way."""
        try:
            with open_session(self._folder(draft.session_id), self._patience()) as session:
                self._take_in(session)
                written = self._write(session, draft)
                session.save()
        except TimeoutError:
            return self._leave(draft)
        except Exception as error:
            note(self._directory, f"{draft.type} not written", error)
            return False
        return written

    def take_in(self, folder: Path) -> None:
        """Give all that waits in the drop box of the session in `folder` its place.

        Raises:
            OSError: the session's lock was not to be had, or nothing can be written.
        """
        more = drop_box.has_waiting(folder)
        while more:
            with open_session(folder, LOCK_SECONDS) as session:
                self._keep_room(session)
                more = drop_box.take_in(session, self._directory, self._segment_bytes)

    def remember(self, session_id: str, attribution: Mapping[str, str]) -> None:
        """Let later events of the session carry this attribution, where they don't say otherwise."""
        try:
            with open_session(self._folder(session_id), LOCK_SECONDS) as session:
                session.memory.attribution |= attribution
                session.save()
        except Exception as error:
            note(self._directory, "attribution not remembered", error)

    def give_up(self, session_id: str, count: int) -> None:
        """Count events of the session that an emitter had to give up before they came here."""
        try:
            with open_session(self._folder(session_id), LOCK_SECONDS) as session:
                session.memory.give_up(count)
                session.save()
        except Exception as error:
            note(self._directory, f"{count} events that were given up not counted", error)

    def memory(self, session_id: str) -> SessionMemory:
        """What is known of the session, without waiting for its lock."""
        return peek(self._folder(session_id))

    def _patience(self) -> float:
        """How long to wait for the lock: hardly, where somebody has held it for long just now."""
        return 0 if time.monotonic() < self._busy_until else LOCK_SECONDS

    def _leave(self, draft: Draft) -> bool:
        """Put an event into the drop box, since somebody holds the lock and does not let go: stopped, or on a slow disk."""
        self._busy_until = time.monotonic() + _BUSY_SECONDS
        try:
            drop_box.leave(self._folder(draft.session_id), event_of(draft))
        except Exception as error:
            note(self._directory, f"{draft.type} not written", error)
            return False
        return True

    def _folder(self, session_id: str) -> Path:
        make_directory(self._directory)
        return self._directory / "sessions" / folder_name(session_id)

    def _take_in(self, session: SessionFile) -> None:
        try:
            drop_box.take_in(session, self._directory, self._segment_bytes)
        except OSError as error:
            note(self._directory, "drop box not emptied", error)

    def _write(self, session: SessionFile, draft: Draft) -> bool:
        self._keep_room(session)
        before = session.memory
        session.memory = before.changed(attribution={**before.attribution, **draft.remember})
        lines = placed(session.memory, event_of(draft))
        try:
            session.append(lines, self._segment_bytes)
        except OSError as error:
            note(self._directory, f"{draft.type} not written", error)
            # It has a number, and is named with the next event that finds room.
            session.memory = before.changed(
                attribution={**before.attribution, **draft.remember},
                edits=before.edits + (draft.type == EDIT_APPLIED),
            )
            session.memory.give_up(1)
            return False
        return True

    def _keep_room(self, session: SessionFile) -> None:
        """Look now and then whether the spool is full, and let it give up its oldest events if so."""
        memory = session.memory
        if memory.measured == 0 or memory.since_measured >= self._measure_every:
            memory.measured, memory.since_measured = measured(self._directory) + 1, 0
        if memory.measured + memory.since_measured > self._limit:
            memory.measured, memory.since_measured = make_room(self._directory, session, self._limit) + 1, 0

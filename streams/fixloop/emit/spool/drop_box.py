"""A session's drop box: where emitters leave events that cannot take the session's lock, such as those in Node.

A file there has whole lines, and is renamed into the box when it is complete. Whoever has the lock gives its events their place, in
the order of the files' names, before anything of its own. docs/spool.md has the format.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

from fixloop.emit.events import new_event
from fixloop.emit.private_files import create_whole, make_directory
from fixloop.emit.spool.place_in_session import placed
from fixloop.emit.spool.session_file import SessionFile, folder_name
from fixloop.emit.spool.set_aside import set_aside
from fixloop_schemas.cloudevents import dump

INBOX: Final = "inbox"
MOST_FILES: Final = 2_000
"""In one box; who finds more removes the oldest, and says how many events that were."""
_MOST_AT_ONCE: Final = 500
"""So that an emitter does not work for all others for long; who reads the spool takes the rest."""
_COUNTER: Final = count()
_MAX_BYTES: Final = 16 * 1024 * 1024


def take_in(session: SessionFile, spool: Path, segment_bytes: int) -> bool:
    """Give the events in the session's box their place. Says whether there may be more.

    Raises:
        OSError: the disk is full, or the box cannot be read; what is in the box stays there.
    """
    box = session.folder / INBOX
    names = _waiting(box)
    if not names:
        session.memory.taken.clear()
        return False
    already = set(session.memory.taken)
    for name in names[:_MOST_AT_ONCE]:
        if name not in already:
            _take(session, box / name, spool, segment_bytes)
            session.memory.taken.append(name)
    session.save()
    for name in names[:_MOST_AT_ONCE]:
        (box / name).unlink(missing_ok=True)
    session.memory.taken.clear()
    return len(names) > _MOST_AT_ONCE


def has_waiting(folder: Path) -> bool:
    """Whether there is anything in the box of the session in `folder`."""
    return bool(_waiting(folder / INBOX))


def leave(folder: Path, event: Mapping[str, Any]) -> None:
    """Leave an event in the box of the session in `folder`, which cannot be locked just now; the oldest go when there are too many.

    Raises:
        OSError: the disk is full, or the box cannot be written.
    """
    box = folder / INBOX
    make_directory(box)
    given_up = sum(_remove(box / name) for name in _waiting(box)[: 1 - MOST_FILES])
    lines = b'{"given_up":%d}\n' % given_up if given_up else b""
    name = f"{time.time_ns():020d}-{os.getpid()}-{next(_COUNTER) % 1_000_000:06d}.jsonl"
    create_whole(box / name, lines + dump(event) + b"\n")


def _remove(path: Path) -> int:
    """Remove a file; how many events it held."""
    try:
        lines = list(_lines(path))
        path.unlink()
    except OSError:
        return 0  # it was taken out meanwhile
    return sum(_count(line) for line in lines)


def _count(line: bytes) -> int:
    try:
        earlier: Any = json.loads(line).get("given_up", 1)
    except (ValueError, AttributeError):
        return 1
    return earlier if isinstance(earlier, int) and earlier > 0 else 1


def _waiting(box: Path) -> list[str]:
    try:
        with os.scandir(box) as files:
            return sorted(file.name for file in files if file.name.endswith(".jsonl") and file.name[0] != ".")
    except OSError:
        return []


def _take(session: SessionFile, path: Path, spool: Path, segment_bytes: int) -> None:
    before = json.dumps(session.memory.attribution), session.memory.next_seq, session.memory.edits
    lines = b"".join(_placed(session, line, spool, path.name) for line in _lines(path))
    if lines:
        try:
            session.append(lines, segment_bytes)
        except OSError:
            # The numbers were given to what is not written: as if the file had not been looked at.
            attribution, session.memory.next_seq, session.memory.edits = before
            session.memory.attribution = json.loads(attribution)
            raise


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file.read(_MAX_BYTES).split(b"\n"):
            if line.strip():
                yield line


def _placed(session: SessionFile, line: bytes, spool: Path, name: str) -> bytes:
    try:
        event: Any = json.loads(line)
        given_up = event.get("given_up")
        if isinstance(given_up, int) and given_up > 0:
            session.memory.give_up(given_up)
            return b""
        _check(event, session.folder.name)
        return b"" if event["id"] in session.recovered else placed(session.memory, event)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        set_aside(spool, line, f"{session.folder.name}/{INBOX}/{name}", f"{type(error).__name__}: {error}")
        return b""


def _check(event: Mapping[str, Any], folder: str) -> None:
    """Return for what can be given a place; the schemas judge the rest when it is read.

    Raises:
        ValueError: it cannot.
    """
    complete = new_event("", "", {}).keys() - {"time", "datacontenttype"}
    if missing := complete - event.keys():
        raise ValueError(f"without {', '.join(sorted(missing))}")
    if not isinstance(event["id"], str) or not isinstance(event["type"], str):
        raise TypeError("id and type have to be texts")
    session_id = event["data"]["session_id"]
    if not isinstance(session_id, str) or folder_name(session_id) != folder:
        raise ValueError("the session is another one than its folder says")

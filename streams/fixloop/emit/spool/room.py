"""Room in the spool: when it is full, the oldest events are given up first, whole segments at a time, and their session says which."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fixloop.emit.events import EVENTS_DROPPED
from fixloop.emit.spool.place_in_session import dropped, placed
from fixloop.emit.spool.session_file import SessionFile, open_session

_SHARE_FREED: Final = 8
"""An eighth is freed at once, so that the next events need not look again."""


def measured(spool: Path) -> int:
    """How much the spool holds, in bytes; what waits in drop boxes counts."""
    return sum(size for _, _, size in _files(spool))


def make_room(spool: Path, ours: SessionFile, limit: int) -> int:
    """Give up the oldest segments until an eighth of the spool is free. Says how much it holds then.

    Args:
        spool: its directory.
        ours: the session whose lock the caller holds.
        limit: how much the spool may hold, in bytes.
    """
    held = measured(spool)
    for _, path, size in sorted(_files(spool)):
        if held <= limit - limit // _SHARE_FREED:
            break
        if path.suffix == ".jsonl" and path.parent.name != "inbox" and _give_up(path, ours):
            held -= size
    return held


def _files(spool: Path) -> Iterator[tuple[int, Path, int]]:
    """When each file of events was written last, where it is, and how large."""
    for folder in _entries(spool / "sessions"):
        for entry in (*_entries(Path(folder.path)), *_entries(Path(folder.path, "inbox"))):
            if entry.name.endswith(".jsonl"):
                try:
                    status = entry.stat()
                except OSError:
                    continue
                yield status.st_mtime_ns, Path(entry.path), status.st_size


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []


def _give_up(path: Path, ours: SessionFile) -> bool:
    """Delete one segment and let its session say so; False where somebody is at work in it."""
    if path.parent == ours.folder:
        return _delete(path, ours)
    try:
        with open_session(path.parent, 0) as session:
            done = _delete(path, session)
            session.save()
            return done
    except OSError:
        return False


def _delete(path: Path, session: SessionFile) -> bool:
    try:
        numbers = _numbers(path)
        if int(path.stem) == session.memory.segment:
            session.close_segment()
        path.unlink()
    except (OSError, ValueError):
        return False
    if numbers is not None:
        session_id, first, last, count = numbers
        session.memory.given_up += count
        lines = placed(session.memory, dropped({"session_id": session_id}, first, last, "spool_full"))
        try:
            session.append(lines, 1 << 62)
        except OSError:
            session.memory.next_seq -= 1  # the gap speaks for itself
    return True


def _numbers(path: Path) -> tuple[str, int, int, int] | None:
    """The session, the first and last number that goes with a segment, and how many events; None when it has none.

    What the segment says was dropped before goes with it.
    """
    lines = [line for line in path.read_bytes().split(b"\n")[:-1] if line]
    if not lines:
        return None
    first, last = (json.loads(line)["data"] for line in (lines[0], lines[-1]))
    before = [json.loads(line)["data"]["first_seq"] for line in lines if EVENTS_DROPPED.encode() in line]
    return first["session_id"], min([first["seq"], *before]), last["seq"], len(lines)

"""How a spool stands: what lies in it, how far each reader is behind, and what was given up. It takes no lock and changes nothing.

Writers and readers go on meanwhile, so that the numbers may be a moment old, and need not agree to the byte.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fixloop.emit.git.tree_memory import is_slow
from fixloop.emit.spool.session_file import peek, segment_path, segments
from fixloop.emit.spool.set_aside import count_set_aside

_FORGET_AFTER_SECONDS: Final = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class ReaderStatus:
    """One reader of the spool."""

    name: str
    lag_bytes: int
    """What stands in the spool and is not delivered by it."""
    lag_sessions: int
    """In how many sessions."""
    moved_seconds_ago: float
    """Since its cursor moved; it need not move where nothing comes."""
    counts: bool
    """Whether anything is kept for it: a reader whose cursor stood for a week is forgotten."""


@dataclass(frozen=True, slots=True)
class SpoolStatus:
    """The spool as a whole."""

    directory: str
    bytes: int
    """Of events; what every reader has delivered is gone."""
    sessions: int
    """Sessions that have events there."""
    inbox_files: int
    """Files of emitters in other languages that wait for their numbers."""
    given_up: int
    """Events given up so far in the sessions that it knows."""
    giving_up: int
    """Events that found no room and are not named in the spool yet."""
    set_aside: int
    """Lines that were no events; `set-aside.jsonl` in the spool has them with their reasons."""
    not_compared: int
    """Working copies whose files could not be compared in time by a session's last look: edits that nobody reports are not found there."""
    readers: tuple[ReaderStatus, ...]


def spool_status(directory: Path, now: float | None = None) -> SpoolStatus:
    """How the spool in `directory` stands; one that is not there is empty.

    Args:
        directory: the spool.
        now: seconds since the epoch; the clock's when absent.
    """
    now = time.time() if now is None else now
    sizes = {folder.name: _sizes(folder) for folder in _folders(directory / "sessions")}
    memories = [peek(folder) for folder in _folders(directory / "sessions")]
    cursors = sorted((directory / "cursors").glob("*.json"))
    return SpoolStatus(
        directory=str(directory),
        bytes=sum(sum(of_session.values()) for of_session in sizes.values()),
        sessions=sum(any(of_session.values()) for of_session in sizes.values()),
        inbox_files=sum(1 for _ in (directory / "sessions").glob("*/inbox/[!.]*.jsonl")),
        given_up=sum(memory.given_up for memory in memories),
        giving_up=sum(
            memory.next_seq - memory.dropped_from for memory in memories if memory.dropped_from is not None
        ),
        set_aside=count_set_aside(directory),
        not_compared=sum(map(is_slow, (directory / "sessions").glob("*/tree-*.json"))),
        readers=tuple(_reader(cursor, sizes, now) for cursor in cursors),
    )


def _reader(cursor: Path, sizes: dict[str, dict[int, int]], now: float) -> ReaderStatus:
    positions = _positions(cursor)
    lags = [_lag(of_session, positions.get(name, (0, 0))) for name, of_session in sizes.items()]
    try:
        idle = max(0.0, now - cursor.stat().st_mtime)
    except OSError:
        idle = 0.0
    return ReaderStatus(
        name=cursor.stem,
        lag_bytes=sum(lags),
        lag_sessions=sum(lag > 0 for lag in lags),
        moved_seconds_ago=round(idle, 1),
        counts=idle < _FORGET_AFTER_SECONDS,
    )


def _lag(of_session: dict[int, int], position: tuple[int, int]) -> int:
    segment, offset = position
    ahead = sum(size for number, size in of_session.items() if number >= segment)
    return max(0, ahead - (offset if segment in of_session else 0))


def _sizes(folder: Path) -> dict[int, int]:
    found = {}
    for number in segments(folder):
        try:
            found[number] = segment_path(folder, number).stat().st_size
        except OSError:
            continue  # delivered and deleted since
    return found


def _folders(sessions: Path) -> list[Path]:
    try:
        return sorted(sessions.iterdir())
    except OSError:
        return []


def _positions(cursor: Path) -> dict[str, tuple[int, int]]:
    try:
        content = json.loads(cursor.read_bytes())
        return {str(name): (int(place[0]), int(place[1])) for name, place in content.items()}
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return {}

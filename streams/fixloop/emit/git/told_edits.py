"""What a session was told about its files, in short: beside its events, which go away once they are delivered.

One line for each file that an event names: its path and its text afterwards, as the event has them. Who compares the working copy
with what was said reads it (`catch_up.py`). Written wherever events are appended, under the session's lock.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from fixloop.emit.events import COMMIT_CREATED, EDIT_APPLIED, WORKSPACE_RESTORED
from fixloop.emit.private_files import PRIVATE_FILE

NAME: Final = "told"
ABSENT: Final = ""
"""The text of a file that is not there."""
_TYPES: Final = tuple(name.encode() for name in (EDIT_APPLIED, WORKSPACE_RESTORED, COMMIT_CREATED))
_MAX_BYTES: Final = 1024 * 1024
_TAIL: Final = 16 * 1024
_SHORTEST: Final = 7
"""Of a commit's name, as git shortens it."""
_SAME_SECONDS: Final = 600.0
"""How long a command may go on after git did its part, before its agent speaks of it."""
_SAME_EDIT_SECONDS: Final = 10.0
"""How much later an agent's hook may speak of what an editor saved for it."""


class Told(NamedTuple):
    """One file, the whole workspace, or a commit, as an event said it."""

    source: str
    time: float
    path: str | None = None
    after: str | None = None
    """The file's text afterwards; `ABSENT` when it is gone, None when the event did not say."""
    everything: bool = False
    commit: str | None = None
    restore: bool = False


def keep(folder: Path, lines: bytes) -> None:
    """Keep what event lines say about files; nothing where they say nothing, or where it cannot be written."""
    if not any(kind in lines for kind in _TYPES):
        return
    content = b"".join(
        json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        for line in lines.split(b"\n")
        if any(kind in line for kind in _TYPES)
        for entry in _entries(line)
    )
    try:
        descriptor = os.open(
            folder / NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE
        )
        try:
            if os.fstat(descriptor).st_size < _MAX_BYTES:
                os.write(descriptor, content)
        finally:
            os.close(descriptor)
    except OSError:
        return


def told_since(folder: Path, offset: int) -> tuple[list[Told], int]:
    """What was told after `offset` bytes, and where it ends now."""
    try:
        with (folder / NAME).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            start = offset if offset <= size else 0
            file.seek(start)
            content = file.read(_MAX_BYTES)
    except OSError:
        return [], 0
    whole = content.rfind(b"\n") + 1
    return list(_read(content[:whole])), start + whole


def told_last(folder: Path) -> list[Told]:
    """The last of what was told."""
    try:
        with (folder / NAME).open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL))
            return list(_read(file.read()))
    except OSError:
        return []


def is_told(folder: Path, event_type: str, source: str, data: Mapping[str, Any]) -> bool:
    """Whether another emitter has just said the same.

    Of one checkout, git's hook, the agent's hook and the next look all know; of an edit that an agent makes in an editor, the save and
    the agent's hook. Who is first is heard.
    """
    last = told_last(folder)
    if event_type == EDIT_APPLIED:
        return _is_saved(last, source, data)
    if event_type == COMMIT_CREATED:
        revision = str(data.get("revision", ""))
        known = (one.commit for one in last if one.commit)
        return len(revision) >= _SHORTEST and any(
            one.startswith(revision) or revision.startswith(one) for one in known
        )
    if event_type != WORKSPACE_RESTORED:
        return False
    files = [one for one in last if one.commit is None]
    now = time.time()
    if data.get("everything"):
        return bool(files) and files[-1].everything and _same(files[-1], source, now)
    wanted = {file.get("path"): file.get("file_digest_after") for file in data.get("paths") or ()}
    latest = {one.path: one for one in files}
    return bool(wanted) and all(
        (one := latest.get(path)) is not None
        and one.restore
        and one.after == after
        and _same(one, source, now)
        for path, after in wanted.items()
    )


def _is_saved(last: Sequence[Told], source: str, data: Mapping[str, Any]) -> bool:
    path, after = data.get("path"), _after(data)
    latest = next((one for one in reversed(last) if one.everything or one.path == path), None)
    return (
        latest is not None
        and after is not None
        and latest.after == after
        and not latest.restore
        and latest.source != source
        and abs(time.time() - latest.time) < _SAME_EDIT_SECONDS
    )


def _after(edit: Mapping[str, Any]) -> str | None:
    """The file's text after an edit, as far as the event says it."""
    after = ABSENT if edit.get("change") == "deleted" else edit.get("file_digest_after")
    return after if isinstance(after, str) else None


def _same(one: Told, source: str, now: float) -> bool:
    return one.restore and one.source != source and now - one.time < _SAME_SECONDS


def forget_before(folder: Path, offset: int) -> int:
    """Begin anew when all of much was read. Says where the reader stands then. The caller holds the session's lock."""
    path = folder / NAME
    try:
        if offset > _MAX_BYTES // 4 and path.stat().st_size == offset:
            os.truncate(path, 0)
            return 0
    except OSError:
        pass
    return offset


def _entries(line: bytes) -> Iterator[dict[str, Any]]:
    try:
        event = json.loads(line)
        data: Mapping[str, Any] = event["data"]
    except (ValueError, TypeError, LookupError):
        return
    common = {"s": event.get("source"), "t": round(time.time(), 3)}
    if event["type"] == COMMIT_CREATED:
        yield {**common, "c": data.get("revision")}
    elif event["type"] == EDIT_APPLIED:
        yield {**common, "p": data.get("path"), "a": _after(data)}
    elif event["type"] == WORKSPACE_RESTORED:
        files = data.get("paths")
        if data.get("everything") or not files:
            yield {**common, "all": True, "r": True}
            return
        for file in files:
            yield {**common, "p": file.get("path"), "a": file.get("file_digest_after"), "r": True}


def _read(content: bytes) -> Iterator[Told]:
    for line in content.split(b"\n"):
        try:
            entry = json.loads(line)
            yield Told(
                source=str(entry["s"]),
                time=float(entry["t"]),
                path=entry.get("p"),
                after=entry.get("a"),
                everything=entry.get("all") is True,
                commit=entry.get("c"),
                restore=entry.get("r") is True,
            )
        except (ValueError, TypeError, LookupError, AttributeError):
            continue

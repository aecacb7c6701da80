"""Files of events, read as a stream: CloudEvents JSON lines as fixloop writes them, or recorded sessions, plain or compressed.

What a file is, its content says, so that a folder may hold other things beside. Files are read in the order of their paths, one line
at a time; a line that is no event comes out as `Rejected`, in its place.
"""

import gzip
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from io import BufferedReader
from pathlib import Path
from typing import IO, Final, cast

from fixloop.errors import UsageError
from fixloop.ingest.recordings.line import is_recorded
from fixloop.ingest.recordings.reader import read_lines
from fixloop_schemas import cloudevents, codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.limits import MAX_EVENT_BYTES
from fixloop_schemas.vocabulary import DeadReason

Read = tuple[str, codec.Event | Rejected]

STDIN: Final = Path("-")
"""The standard input, which holds CloudEvents JSON lines."""
MAX_LINE_BYTES: Final = 16 * 1024 * 1024
"""A recorded run is one line however large, and is parted only when it is read."""

_NAMES: Final = ("*.jsonl", "*.jsonl.gz", "*.ndjson", "*.ndjson.gz", "*.json.gz")
_LINES_TO_JUDGE_BY: Final = 20
_GZIP: Final = b"\x1f\x8b"


class Format(Enum):
    """What the lines of an event file are."""

    CLOUDEVENTS = "CloudEvents"
    RECORDED = "recorded sessions"


@dataclass(frozen=True, slots=True)
class EventFile:
    """A file that holds events."""

    path: Path
    format: Format
    bytes: int
    """On disk, as it is."""


def find(paths: Sequence[Path]) -> tuple[EventFile, ...]:
    """The event files at `paths`, each once, sorted by path; of a folder those below it that hold events.

    Raises:
        UsageError: a path is not there or cannot be read, a named file holds no events, or a folder has no event file.
    """
    found: dict[Path, EventFile] = {}
    for path in paths:
        for file in _below(path) if path.is_dir() else (_named(path),):
            found[file.path] = file
    return tuple(found[path] for path in sorted(found))


def read_events(paths: Sequence[Path], advanced: Callable[[int], None] | None = None) -> Iterator[Read]:
    """Everything in the event files at `paths`, each item with its place (`file:line`).

    Args:
        paths: files, or folders of them.
        advanced: called with the bytes of files (as they are on disk) that were read since its last call.

    Raises:
        UsageError: as `find`, before the first item.
    """
    return _read_files(find(paths), advanced)


def read_file(file: EventFile, advanced: Callable[[int], None] | None = None) -> Iterator[Read]:
    """Everything in one event file; where it breaks off, a last `Rejected` says so."""
    broken: list[Rejected] = []
    lines = _lines(file, advanced, broken)
    yield from read_lines(lines) if file.format is Format.RECORDED else _cloudevents(lines)
    for rejected in broken:
        yield str(file.path), rejected


def _read_files(files: Iterable[EventFile], advanced: Callable[[int], None] | None) -> Iterator[Read]:
    for file in files:
        yield from read_file(file, advanced)


def _cloudevents(lines: Iterable[tuple[str, bytes]]) -> Iterator[Read]:
    for place, line in lines:
        try:
            raw = cloudevents.from_json(line)
            if len(raw.data) > MAX_EVENT_BYTES:
                detail = f"{len(raw.data)} bytes are more than the {MAX_EVENT_BYTES} that an event may have"
                raise Rejected(DeadReason.TOO_LARGE, detail)  # noqa: TRY301 -- one way out for every verdict
            event = codec.decode(raw)
        except Rejected as rejected:
            yield place, rejected
        else:
            yield place, event


def _below(folder: Path) -> Iterator[EventFile]:
    candidates = sorted({path for pattern in _NAMES for path in folder.rglob(pattern) if path.is_file()})
    files = [EventFile(path, form, path.stat().st_size) for path in candidates if (form := _format(path))]
    if not files:
        raise UsageError(
            f"There is no event file in {folder}: name a file or folder of CloudEvents JSON lines or recorded sessions."
        )
    yield from files


def _named(path: Path) -> EventFile:
    if path == STDIN:
        return EventFile(path, Format.CLOUDEVENTS, 0)
    if not path.exists():
        raise UsageError(f"There is nothing at {path}: name an event file, or a folder of event files.")
    form = _format(path)
    if form is None:
        raise UsageError(f"{path} holds neither CloudEvents JSON lines nor recorded sessions.")
    return EventFile(path, form, path.stat().st_size)


def _format(path: Path) -> Format | None:
    """What the first line that is JSON shows; None when none of the first lines is an event's."""
    try:
        with ExitStack() as stack:
            _, content = _open(path, stack)
            for _ in range(_LINES_TO_JUDGE_BY):
                line = content.readline(MAX_LINE_BYTES)
                if not line:
                    return None
                if form := _format_of(line):
                    return form
    except PermissionError:
        raise UsageError(f"{path} cannot be read: permission denied.") from None
    except (OSError, EOFError, zlib.error):
        return None
    return None


def _format_of(line: bytes) -> Format | None:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if is_recorded(document):
        return Format.RECORDED
    return Format.CLOUDEVENTS if isinstance(document, dict) and "specversion" in document else None


def _lines(
    file: EventFile, advanced: Callable[[int], None] | None, broken: list[Rejected]
) -> Iterator[tuple[str, bytes]]:
    """Each line that is not blank, with its place. What keeps the file from being read to its end goes into `broken`."""
    done = 0
    try:
        with ExitStack() as stack:
            raw, content = _open(file.path, stack)
            for number, line in enumerate(iter(lambda: _line(content), b""), start=1):
                position = raw.tell() if file.bytes else 0
                if advanced and position != done:
                    advanced(position - done)
                    done = position
                if line.strip():
                    yield f"{file.path}:{number}", line
    except (OSError, EOFError, zlib.error) as error:
        broken.append(Rejected(DeadReason.NOT_JSON, f"the rest of the file cannot be read: {error}"))


def _line(content: IO[bytes]) -> bytes:
    """The next line; of one beyond all bounds only the beginning, which is no JSON."""
    line = rest = content.readline(MAX_LINE_BYTES)
    while len(rest) == MAX_LINE_BYTES and not rest.endswith(b"\n"):
        rest = content.readline(MAX_LINE_BYTES)
    return line


def _open(path: Path, stack: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    """The file as it is on disk, and its content."""
    raw = sys.stdin.buffer if path == STDIN else stack.enter_context(path.open("rb"))
    compressed = cast("BufferedReader", raw).peek(len(_GZIP)).startswith(_GZIP)
    return raw, cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=raw))) if compressed else raw

"""Files, folders and the standard input, plain or gzip, read a line at a time."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from fixloop.errors import UsageError

STDIN: Final = Path("-")
MAX_LINE_BYTES: Final = 64 * 1024 * 1024
"""Of a longer line only the beginning is read, which is then broken."""
_GZIP: Final = b"\x1f\x8b"
_CHUNK_BYTES: Final = 256 * 1024


class UnreadableSourceError(Exception):
    """A source breaks off, or cannot be opened; what was read before stands."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or the standard input."""

    path: Path

    @property
    def name(self) -> str:
        """Its name, for a person."""
        return "<stdin>" if self.path == STDIN else str(self.path)

    @property
    def stem(self) -> str:
        """The file's name without any suffix."""
        return self.path.name.partition(".")[0]

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Each line that is not blank, with its number from 1.

        Raises:
            UnreadableSourceError: it cannot be opened, or breaks off.
        """
        with ExitStack() as stack:
            try:
                content = self._open(stack)
                number = 0
                while line := content.readline(MAX_LINE_BYTES):
                    number += 1
                    rest = line
                    while len(rest) == MAX_LINE_BYTES and not rest.endswith(b"\n"):
                        rest = content.readline(MAX_LINE_BYTES)
                    if line.strip():
                        yield number, line
            except (OSError, EOFError, zlib.error) as error:
                raise UnreadableSourceError(str(error) or type(error).__name__) from error

    def chunks(self) -> Iterator[bytes]:
        """All of it, a piece at a time.

        Raises:
            UnreadableSourceError: it cannot be opened, or breaks off.
        """
        with ExitStack() as stack:
            try:
                content = self._open(stack)
                while chunk := content.read(_CHUNK_BYTES):
                    yield chunk
            except (OSError, EOFError, zlib.error) as error:
                raise UnreadableSourceError(str(error) or type(error).__name__) from error

    def whole(self) -> bytes:
        """All of it.

        Raises:
            UnreadableSourceError: it cannot be opened, or breaks off.
        """
        with ExitStack() as stack:
            try:
                return self._open(stack).read()
            except (OSError, EOFError, zlib.error) as error:
                raise UnreadableSourceError(str(error) or type(error).__name__) from error

    def _open(self, stack: ExitStack) -> IO[bytes]:
        raw: IO[bytes] = sys.stdin.buffer if self.path == STDIN else stack.enter_context(self.path.open("rb"))
        buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", raw))
        if buffered.peek(len(_GZIP))[: len(_GZIP)] == _GZIP:
            return cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=buffered)))
        return buffered


def files_in(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    """The files below `folder` whose names end so, plain or gzip, sorted by path."""
    ends = (*suffixes, *(f"{suffix}.gz" for suffix in suffixes))
    return sorted(path for path in folder.rglob("*") if path.name.endswith(ends) and path.is_file())


def found(paths: Sequence[Path], suffixes: Sequence[str]) -> list[Path]:
    """The files that `paths` name, folders walked, each once and in the order given.

    Raises:
        UsageError: a path is not there, or a folder has no such file.
    """
    files: dict[Path, None] = {}
    for path in paths:
        if path != STDIN and path.is_dir():
            below = files_in(path, suffixes)
            if not below:
                raise UsageError(f"There is no {' or '.join(suffixes)} file in {path}.")
            files.update(dict.fromkeys(below))
        elif path == STDIN or path.exists():
            files[path] = None
        else:
            raise UsageError(
                f"There is nothing at {path}: name a file, a folder, or - for the standard input."
            )
    return list(files)

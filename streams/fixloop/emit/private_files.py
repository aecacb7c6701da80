"""Files that only their owner can read: what stands in a spool is nobody else's business."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PRIVATE_DIRECTORY: Final = 0o700
PRIVATE_FILE: Final = 0o600
_RETRY_SECONDS: Final = 0.002


def make_directory(path: Path) -> None:
    """The directory and what is missing above it, readable by their owner only; nothing if it is there."""
    try:
        path.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)
    except FileNotFoundError:
        if path.parent == path:
            raise
        make_directory(path.parent)
        path.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)


def create_whole(path: Path, content: bytes) -> bool:
    """Create `path` with its content in one step, so that nobody reads half of it; False when it is there already."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    _write_new(temporary, content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    return True


def replace_whole(path: Path, content: bytes) -> None:
    """Write `path` anew in one step: a reader sees the old content or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    _write_new(temporary, content)
    temporary.replace(path)


@contextmanager
def locked(path: Path, wait_seconds: float) -> Iterator[int]:
    """An exclusive lock on `path`, which is created if need be; the descriptor is open for reading and writing.

    Raises:
        TimeoutError: another process held the lock all the time (an `OSError`).
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        _lock(descriptor, path, wait_seconds)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise TimeoutError(f"{path} is locked by another process") from None
            time.sleep(_RETRY_SECONDS)
        else:
            return


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise

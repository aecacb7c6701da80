"""Other people's files, read and replaced as a whole: their mode stays, and a link stays a link."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_PRIVATE: Final = 0o600


def read_text(path: Path) -> str | None:
    """The text as it stands in the file, ends of lines and all; None where there is no file.

    Raises:
        OSError: it is there, and cannot be read.
        UnicodeDecodeError: it is no UTF-8 (a `ValueError`).
    """
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return None


def write_text(path: Path, text: str, *, mode: int = 0o666, folder_mode: int = 0o777) -> tuple[Path, ...]:
    """Write the file in one step: a reader sees the old text or the new one. Returns the folders that were made for it.

    A link is followed, so that the file that it leads to changes. A file that is there keeps its mode.

    Args:
        path: the file.
        text: what it holds from now on.
        mode: of a new file, less what the umask takes.
        folder_mode: of new folders, likewise.

    Raises:
        OSError: it cannot be written; then nothing has changed, but for folders that were made.
    """
    target = path.resolve()
    made = _make_folders(target.parent, folder_mode)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
    kept = _mode_of(target)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode if kept is None else _PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        if kept is not None:
            temporary.chmod(kept)
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return made


def remove_file(path: Path, folders: Iterable[Path]) -> None:
    """Take the file away, and those of the folders that are empty then. Raises `OSError` where the file cannot be taken away."""
    path.resolve().unlink(missing_ok=True)
    remove_empty(folders)


def remove_empty(folders: Iterable[Path]) -> None:
    """Take away those of the folders that hold nothing, the deepest first."""
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        try:
            folder.rmdir()
        except OSError:
            return  # somebody has put something there, or it is gone


def _make_folders(folder: Path, mode: int) -> tuple[Path, ...]:
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(mode=mode, exist_ok=True)
    return tuple(missing)


def _mode_of(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None

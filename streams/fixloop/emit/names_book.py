"""The names book: digest of a path -> the path. It stays on the machine, so that only its owner can read a detection's files by name."""

from pathlib import Path
from typing import Final

from fixloop.emit.private_files import create_whole, make_directory

_DIRECTORY: Final = "names"


def write_name(spool: Path, digest: str, path: str) -> None:
    """Remember what `digest` stands for.

    Raises:
        OSError: the spool cannot be written.
    """
    entry = spool / _DIRECTORY / digest
    if not entry.exists():
        make_directory(entry.parent)
        create_whole(entry, path.encode("utf-8", "surrogateescape"))


def read_name(spool: Path, digest: str) -> str | None:
    """The path that `digest` stands for; None when it was not written on this machine."""
    if not digest.isalnum():
        return None
    try:
        return (spool / _DIRECTORY / digest).read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return None

"""What git wrote down about its head and its stash, read from its files: which moves there were since it was last looked at."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

_LINE: Final = rb"^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [^\t]*?(\d+) [+-]\d+(?:\t(.*))?$"
"""Compiled when there is a line to read."""
_MAX_BYTES: Final = 256 * 1024
_MOST_STASHES: Final = 100


class Move(NamedTuple):
    """One entry of the log of `HEAD`."""

    before: str
    after: str
    time: float
    """In whole seconds since the epoch."""
    message: str

    @property
    def commit(self) -> bool:
        """A commit was made, and the files stayed as they were."""
        return self.message.startswith("commit")

    @property
    def operation(self) -> str | None:
        """How the files were brought to another commit's; None when they were not, or when the entry does not tell."""
        if self.commit or self.before == self.after or not self.before.strip("0"):
            return None
        word = re.split(r"[\s:(]", self.message, maxsplit=1)[0]
        if self.message.startswith("revert"):
            return "revert"
        return word if word in ("checkout", "reset") else "checkout"


class GitPlace(NamedTuple):
    """Where git's logs ended when they were looked at."""

    reflog: int = -1
    """Size of the log of `HEAD`; -1 before the first look."""
    stashes: tuple[str, ...] = ()
    """The commits of the stashes, newest first; of very many, the newest."""


def look(git: Path) -> GitPlace:
    """Where the logs in the git directory `git` end now."""
    try:
        size = (git / "logs/HEAD").stat().st_size
    except OSError:
        size = 0
    return GitPlace(size, stashes(git))


def stashes(git: Path) -> tuple[str, ...]:
    """The commits of the stashes, which all working copies of a repository share, newest first.

    From the log: `git gc` takes the file of the reference away.
    """
    log = _tail(_shared(git) / "logs/refs/stash", 0)
    lines = (re.match(_LINE, line) for line in reversed(log.splitlines()[-_MOST_STASHES:]))
    return tuple(line.group(2).decode() for line in lines if line)


def moves_since(git: Path, place: GitPlace) -> Sequence[Move]:
    """The entries after `place`, oldest first; none when the log was cut since."""
    if place.reflog < 0:
        return ()
    return tuple(_moves(_tail(git / "logs/HEAD", place.reflog)))


def _moves(content: bytes) -> Iterator[Move]:
    for line in content.split(b"\n"):
        if match := re.match(_LINE, line):
            before, after, moment, message = (
                (part or b"").decode("utf-8", "replace") for part in match.groups()
            )
            yield Move(before, after, float(moment), message)


def _tail(path: Path, start: int) -> bytes:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < start:
                return b""
            file.seek(max(start, size - _MAX_BYTES))
            return file.read()
    except OSError:
        return b""


def _shared(git: Path) -> Path:
    common = _text(git / "commondir")
    return (git / common).resolve() if common else git


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""

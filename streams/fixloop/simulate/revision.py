"""Commits: a revision stands for a tree and what came before it, so that equal revisions mean equal texts."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

_LENGTH: Final = 40
"""Of a commit's name, in hexadecimal digits."""


def revision_of(parent: str, files: Mapping[str, Iterable[str]]) -> str:
    """The name of the commit of some files.

    Args:
        parent: the revision before; of the first one, whatever tells its repository from others.
        files: the lines of each file, by path.
    """
    made = sha256(parent.encode())
    for path in sorted(files):
        made.update("\0".join(("", path, *files[path])).encode())
    return made.hexdigest()[:_LENGTH]

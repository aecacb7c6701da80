"""Which code a transcript was about, and where in it a path lies.

A path is made relative where an absolute one shows the root: the folder that the session works in, a folder named as the repository or a
worktree of it, or one of the roots at which benchmark images keep their one repository. What lies elsewhere stays as it is, and is
thereby scratch.
"""

import posixpath
import re
from dataclasses import dataclass
from typing import Final

from fixloop.emit.git.working_copy import WorkingCopy

_INSTANCE: Final = re.compile(r"[A-Za-z0-9][\w.\-]*?__[A-Za-z0-9][\w.\-]*?-\d+(?!\w)")
_IMAGE_ROOT: Final = re.compile(r"/(?:testbed|repo|workspace/[^/]+__[^/]+|[^/]+__[^/]+)/(?P<inside>.+)")
_WORKTREE: Final = re.compile(r"(?P<root>.*?)/\.(?:claude|codex|cursor|git)?/?worktrees/[^/]+(?:/.*)?$")
_ABSOLUTE: Final = re.compile(r"/|~|[A-Za-z]:/")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session works."""

    root: str = ""
    """The folder that paths are relative to, POSIX form; empty when not known."""
    repository: str | None = None
    branch: str | None = None
    revision: str | None = None

    def relative(self, path: str, folder: str = "") -> str:
        """`path` as it lies in the repository; as it was given where that can't be told.

        Args:
            path: as the transcript has it.
            folder: absolute; where the tool ran, for a relative path. Empty: at the root.
        """
        path = path.replace("\\", "/")
        if not _ABSOLUTE.match(path):
            path = posixpath.normpath(posixpath.join(folder or self.root, path))
            if not _ABSOLUTE.match(path):
                return path
        path = posixpath.normpath(path)
        root = self.root.rstrip("/")
        if root and path.startswith(f"{root}/"):
            return path[len(root) + 1 :]
        return self._by_name(path)

    def _by_name(self, path: str) -> str:
        if image := _IMAGE_ROOT.match(path):
            return image["inside"]
        name = re.escape((self.repository or posixpath.basename(self.root)).rpartition("/")[2])
        found = re.search(rf"/(?:{name}|{name}[._\-]+worktrees/[^/]+)/(?P<inside>.+)", path) if name else None
        return found["inside"] if found else path


def place_of(folder: str, copy: WorkingCopy | None = None) -> Place:
    """The place of a session that works in `folder`: that of the working copy, or what the folder's name says.

    A name alone tells no more than the last part of the repository's; of a worktree that of the repository that it belongs to.
    """
    if copy is not None and copy.name:
        return Place(copy.root.as_posix(), copy.name)
    root = posixpath.normpath(folder.replace("\\", "/")) if folder else ""
    named = _WORKTREE.match(root)
    name = posixpath.basename(named["root"] if named else root)
    name = re.sub(r"[._\-]+worktrees$", "", name)
    parent = posixpath.basename(posixpath.dirname(root))
    if not named and re.search(r"[._\-]+worktrees$", parent):
        name = re.sub(r"[._\-]+worktrees$", "", parent)
    return Place(root, name or None)


def benchmark_repository(instance: str) -> str | None:
    """The lineage of a SWE-bench instance, each of which is a tree of its own; None of any other name."""
    return f"swe-bench/{instance}" if _INSTANCE.fullmatch(instance) else None

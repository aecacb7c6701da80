"""A run with the names by which it is told: what lies in the working copy relative to it, and as a digest what is of no project. Pure."""

import posixpath
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from fixloop.emit.parsed_run import ParsedRun, Result
from fixloop_schemas.digest import Digester
from fixloop_schemas.vocabulary import Level

MAX_SELECTORS: Final = 256
_UNTELLABLE: Final = re.compile(
    r"^\w+=|^[{\[]|^@[/~.]|\w+://|\bfile:|^[A-Za-z]:[\\/]|^[~\\]|\$[\w({]|`|(?<=[\s=:,;'\"(])[/~]/?\w"
)
"""What surely is nothing of the project: an assignment, JSON, a URL, a home, what a shell puts in, an absolute path inside of something."""
_HOME: Final = re.compile(r"~|[A-Za-z]:[\\/]|\\\\")
_ELSEWHERE: Final = re.compile(r"(?:\.\.|~)[/\\]|[A-Za-z]:[\\/]|\\\\")
_FILE: Final = re.compile(r"\.\w{1,8}$")


def told_names(run: ParsedRun, folder: Path | None, root: Path | None, digester: Digester) -> ParsedRun:
    """The run as it may be told; of such a run, the same again.

    Args:
        run: what was read.
        folder: where it was called.
        root: the working copy's root.
        digester: makes the digests.
    """
    place = _Place(folder, root, digester)
    return replace(
        run,
        results=tuple(replace(result, name=place.test_name(result)) for result in run.results),
        selectors=tuple(
            digester.text(one) if one in run.doubtful else place.selector(one)
            for one in run.selectors[:MAX_SELECTORS]
        ),
        doubtful=frozenset(),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a command was called, and what is within."""

    folder: Path | None
    root: Path | None
    digester: Digester

    def path(self, path: str) -> str:
        """A path relative to the working copy; of one outside, the digest."""
        if _HOME.match(path):
            return self.digester.path(path)
        absolute = posixpath.normpath(posixpath.join(self.folder.as_posix() if self.folder else "/", path))
        base = self.root.as_posix() if self.root else None
        if base and (absolute == base or absolute.startswith(f"{base}/")):
            return absolute[len(base) :].lstrip("/") or "."
        return self.digester.path(absolute)

    def test_name(self, result: Result) -> str:
        """A test's name; the file that it begins with counts as a path where it leads elsewhere."""
        name = result.name
        end = min((at for sign in ("::", " > ") if (at := name.find(sign)) >= 0), default=len(name))
        path, rest = name[:end], name[end:]
        whole = rest.startswith("::") or result.level is not Level.CASE or _FILE.search(path) is not None
        is_path = _ELSEWHERE.match(path) or (path.startswith("/") and whole)
        return self.path(path) + rest if is_path else name

    def selector(self, selector: str) -> str:
        """What a run was asked for; a path counts as one, and what is nothing of the project is a digest."""
        if _UNTELLABLE.search(selector):
            return self.digester.text(selector)
        path, colons, test = selector.partition("::")
        if path.startswith(("/", "..")) or "\\" in path:
            path = self.path(path)
        return path + colons + test

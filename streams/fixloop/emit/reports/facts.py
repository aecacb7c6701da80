"""A report's run as facts: which session and repository it belongs to, and ids that follow from its content."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from fixloop.emit.git.working_copy import WorkingCopy, working_copy
from fixloop.emit.imported.facts import Asked, Fact, Unread
from fixloop.emit.parsed_run import ParsedRun
from fixloop.emit.run_events import run_events
from fixloop.emit.session.here import session_here

_ZONED: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+\-]\d{2}:\d{2})")


@dataclass(slots=True)
class Content:
    """The digest of all that was read: the same report is the same run at every import."""

    _hash: Any = field(default_factory=hashlib.sha256)

    def taken(self, chunk: bytes) -> bytes:
        """The chunk, counted in."""
        self._hash.update(chunk)
        return chunk

    @property
    def run_id(self) -> str:
        """The run's id."""
        return f"report-{self._hash.hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class Reported:
    """One run as a report tells it."""

    run: ParsedRun
    run_id: str
    """Follows from the report's content."""


def facts_of(found: Iterable[Reported | Unread], asked: Asked) -> Iterator[Fact | Unread]:
    """The facts of what was found in reports."""
    for one in found:
        if isinstance(one, Unread):
            yield one
        else:
            yield from _facts(one.run, one.run_id, asked)


def named_from(run: ParsedRun, root: Path) -> ParsedRun:
    """The run with names that hold no place of the checkout at `root`."""
    return replace(
        run, results=tuple(replace(result, name=relative_name(result.name, root)) for result in run.results)
    )


def _facts(run: ParsedRun, run_id: str, asked: Asked) -> Iterator[Fact]:
    copy = working_copy(Path.cwd())
    root = copy.root if copy else Path.cwd()
    session = asked.session_id or session_here(os.environ, asked.digester, root, copy)
    time = run.time if run.time and _ZONED.fullmatch(run.time) else None
    events = run_events(named_from(run, root), run_id, asked.digester, root=root)
    for number, (type_, data) in enumerate(events):
        yield Fact(
            session_id=session,
            key=f"{run_id}:{number}",
            type=type_,
            source=f"/report/{run.framework}",
            data=data,
            time=time,
            attribution=_attribution(asked, copy),
        )


def relative_name(name: str, root: Path) -> str:
    """A test's name without the place of the checkout, which says nothing of the test and much of the machine."""
    if not name.startswith(("/", "~")) and name[1:3] != ":\\":
        return name
    slashed = name.replace("\\", "/")
    for prefix in (f"{root.as_posix()}/", f"/{root.name}/"):
        if prefix in slashed:
            return (
                slashed.rpartition(prefix)[2]
                if prefix.startswith(f"/{root.name}")
                else slashed.partition(prefix)[2]
            )
    head, separator, rest = slashed.partition(" > ")
    return head.rpartition("/")[2] + separator + rest


def _attribution(asked: Asked, copy: WorkingCopy | None) -> dict[str, str]:
    repository = asked.repository or (copy.name if copy else None)
    return {"vcs_repository_name": repository} if repository else {}

"""What a format's reader gives: facts in the order in which they happened, and what it could not read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fixloop.emit.capture import Capture
from fixloop.emit.git.working_copy import WorkingCopy
from fixloop.emit.imported.sources import Source


@dataclass(frozen=True, slots=True)
class Fact:
    """An event without its number. The same content gives the same facts at every reading."""

    session_id: str
    key: str
    """What tells it from every other event of its session, at every reading: the id of a tool call and which of its events."""
    type: str
    source: str
    """Who said it, as a URI reference: `/agent/claude-code`."""
    data: Mapping[str, Any]
    time: str | None = None
    """RFC 3339, with a zone."""
    attribution: Mapping[str, str] = field(default_factory=dict)
    unique: bool = False
    """The key is the same wherever the event is told, and no other event has it: a copy in another session is a copy."""
    paths: tuple[str, ...] = ()
    """The files that it names by digest, in plain: for this machine's book of names, and never part of the event."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was left out, and why. Nothing of its text."""

    place: str
    """`file:line`, or the file."""
    reason: str
    broken: bool = True
    """False: whole, but of a shape that says nothing that we know."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller said for all that is read."""

    digester: Capture
    session_id: str | None = None
    """Instead of the one that the content names."""
    repository: str | None = None
    """Instead of the one that the content names."""
    copy_at: Callable[[str], WorkingCopy | None] = lambda _: None
    """The working copy that a folder lies in, where it is still on this machine: it knows its name and its root."""


class Reader(Protocol):
    """A format's `read`: what the sources of one unit say, in order. Pure but for the reading."""

    def __call__(self, unit: Sequence[Source], asked: Asked) -> Iterator[Fact | Unread]:
        """The facts of one unit: usually one source; several where one session lies in several files."""

"""A host: something that fixloop is installed into by changing files, each with a pure function in and one out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fixloop.emit.hosts.command import Command


@dataclass(frozen=True, slots=True)
class Place:
    """For whom to install: the environment tells where a person's settings are."""

    environment: Mapping[str, str]
    home: Path
    project: Path
    """The root of the working copy, or the folder where there is none."""


def _as_it_is(text: str) -> str:
    return text


def _is_blank(text: str) -> bool:
    return not text.strip()


@dataclass(frozen=True, slots=True)
class HostFile:
    """A file of the host, and what is done to its text. A file that is not there is the empty text.

    `add(add(text)) == add(text)`, `remove(text) == text` where nothing of ours is in it. Either raises `ValueError` with a sentence where
    the text is not what the host's file should be.
    """

    path: Path
    add: Callable[[str], str]
    remove: Callable[[str], str]
    holds_nothing: Callable[[str], bool] = _is_blank
    """Whether nobody would miss the file with this text, if fixloop made it."""
    masked: Callable[[str], str] = _as_it_is
    """The text as it may be shown."""
    executable: bool = False
    ours_alone: bool = False
    """Nobody else writes this file: without our part it goes, whoever made it."""


@dataclass(frozen=True, slots=True)
class Host:
    """What fixloop can be installed into."""

    name: str
    """As `fixloop-hook` takes it."""
    title: str
    """As people call it."""
    folder: Callable[[Place], Path]
    """What is there when the host is in use here."""
    files: Callable[[Place, Command], tuple[HostFile, ...]] | None
    """What to change for a person; None: the host has settings of projects only."""
    project_files: Callable[[Place, Command], tuple[HostFile, ...]]
    """What to change for one project."""
    then: str
    """What is left for the person to do once it is in."""

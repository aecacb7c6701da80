"""A machine whose every name and text is marked, and what is written on it while an emitter works."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fixloop_schemas.vocabulary import CaptureLevel
from tests.privacy.field_table import fields
from tests.privacy.marks import PATHS, Mark, forbidden, found, told_at
from tests.unit.emit.git_repositories import git

_LOCAL: Final = ("names/", "/tree-")
"""What stays on the machine and has paths in plain, as docs/privacy.md says: the names book, and the memory of the working copy."""
OLD: Final = f'"""{Mark.DOCSTRING}"""\n{Mark.OLD_TEXT} = 1\n'
NEW: Final = f'"""{Mark.DOCSTRING}"""\n{Mark.NEW_TEXT} = 2\n'


@dataclass(slots=True)
class Machine:
    """One user's machine, with one working copy."""

    base: Path
    level: CaptureLevel
    written: dict[str, bytes] = field(default_factory=dict)
    """What emitters wrote, by its place."""

    @property
    def home(self) -> Path:
        """The user's."""
        return self.base / Mark.HOME

    @property
    def root(self) -> Path:
        """The working copy's."""
        return self.home / "shop"

    @property
    def spool(self) -> Path:
        """Where emitters write."""
        return self.base / "spool"

    @property
    def file(self) -> Path:
        """A file of the product."""
        return self.root / "src" / Mark.FOLDER / f"{Mark.FILE}.py"

    @property
    def test_file(self) -> Path:
        """A file of tests."""
        return self.root / "tests" / f"test_{Mark.TEST_FILE}.py"

    @property
    def environment(self) -> dict[str, str]:
        """Of every process on it."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "USER": Mark.USER,
            "TMPDIR": str(self.base / "tmp"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "MARKED": Mark.VARIABLE,
            "FIXLOOP_SPOOL": str(self.spool),
            "FIXLOOP_LEVEL": str(self.level),
        }

    @contextmanager
    def watched(self) -> Iterator[None]:
        """What is written meanwhile is what an emitter wrote."""
        before = self._everything()
        yield
        for place, content in self._everything().items():
            if before.get(place) != content:
                self.written[place] = content

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A command in the working copy, watched; what it prints is the user's own."""
        with self.watched():
            return subprocess.run(
                command,
                cwd=self.root,
                env={**self.environment, **environment},
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )

    def python(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`python ARGUMENTS`, watched."""
        return self.run(sys.executable, *arguments, **environment)

    def leaks(self) -> set[tuple[str, str]]:
        """Places and marked words that may not stand there."""
        allowed = told_at(self.level)
        return {
            (place, word)
            for place, content in self.written.items()
            for word in forbidden(
                found(_told_of(place).encode() + b"\n" + content),
                allowed | PATHS | {Mark.OUTSIDE, Mark.HOME}
                if any(part in place for part in _LOCAL)
                else allowed,
            )
        }

    def undescribed(self) -> set[str]:
        """Fields of events that docs/privacy.md does not name."""
        return {
            name
            for place, content in self.written.items()
            if place.endswith(".jsonl")
            for line in content.splitlines()
            for name in _names(json.loads(line)["data"])
        } - fields()

    def told(self) -> set[str]:
        """The marked words in what leaves the machine."""
        return {
            word
            for place, content in self.written.items()
            if place.endswith(".jsonl")
            for word in found(content)
        }

    def _everything(self) -> Mapping[str, bytes]:
        return {
            path.relative_to(self.base).as_posix(): path.read_bytes()
            for path in self.base.rglob("*")
            if path.is_file()
        }


def a_machine(base: Path, level: CaptureLevel) -> Machine:
    """A machine with a repository of one commit on a branch, whose remote has a password in it."""
    machine = Machine(base, level)
    for folder in (machine.file.parent, machine.test_file.parent, base / "tmp"):
        folder.mkdir(parents=True)
    machine.file.write_text(OLD)
    machine.test_file.write_text(OLD)
    git(machine.root, "init", "-q", "-b", f"{Mark.BRANCH}/one")
    git(machine.root, "config", "user.email", f"{Mark.USER}@{Mark.HOST}.example")
    remote = f"https://{Mark.USER}:{Mark.PASSWORD}@{Mark.HOST}.example/acme/shop.git"
    git(machine.root, "remote", "add", "origin", remote)
    git(machine.root, "add", "-A")
    git(machine.root, "commit", "-q", "-m", f"{Mark.COMMIT}")
    return machine


def _names(data: object) -> Iterator[str]:
    """The names of all fields in an event's data."""
    if isinstance(data, list):
        for part in data:
            yield from _names(part)
    elif isinstance(data, dict):
        for name, value in data.items():
            yield name
            yield from _names(value)


def _told_of(place: str) -> str:
    """The part of a place that an emitter chose."""
    return place if place.startswith("spool/") else ""

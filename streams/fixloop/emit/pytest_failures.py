"""A failed report of pytest as error type, message and frame: what a signature is made of. Pure; nothing of it leaves as text.

Only the first line of the message counts. What follows it is pytest's explanation, whose length depends on `-v` and on the variable
`CI`, so the same bug would look like another one in another run.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_TYPE: Final = re.compile(r"^([A-Za-z_][\w.]*)(?:: ?(.*))?$")
_ERROR_LINE: Final = re.compile(r"^E\s+(\S.*)$", re.MULTILINE)
_IN: Final = re.compile(r"^in (\S+)")
_DEF: Final = re.compile(r"^[ >]*(?:async\s+)?def\s+(\w+)")
_NATIVE: Final = re.compile(r'File "([^"]+)", line \d+, in (\S+)')
_FOREIGN: Final = ("/site-packages/", "/dist-packages/", "/.venv/", "/.tox/", "/.nox/", "/node_modules/")


@dataclass(frozen=True, slots=True)
class FailureText:
    """What a failure says, as far as known."""

    error_type: str | None = None
    message: str | None = None
    frame: str | None = None
    """`path::function`, the path relative to the working copy."""
    complete: bool = True
    """False when the run was asked not to show where it failed (`--tb=no`, `--tb=line`)."""


def failure_text(longrepr: Any, root: Path) -> FailureText:
    """The failure in a report's `longrepr`, whatever form pytest or a plugin gave it."""
    crash = getattr(longrepr, "reprcrash", None)
    message = getattr(crash, "message", None)
    if isinstance(message, str):
        frames = list(_frames(longrepr))
        return FailureText(*_split(message), _frame(frames, root), complete=bool(frames))
    argument = getattr(longrepr, "argname", None)
    if argument is not None:  # a fixture that is not there
        return FailureText("FixtureLookupError", f"fixture {argument!r} not found")
    return FailureText(*_split(_error_line(str(longrepr))))


def _split(message: str) -> tuple[str | None, str | None]:
    first = message.strip().split("\n", 1)[0].strip()
    if first.startswith("assert "):
        return "AssertionError", first
    if first.startswith("fixture '") and first.endswith("' not found"):
        return "FixtureLookupError", first
    if match := _TYPE.match(first):
        return match[1].rpartition(".")[2], match[2] or None
    return None, first or None


def _error_line(text: str) -> str:
    if match := _ERROR_LINE.search(text):
        return match[1]
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _frame(frames: Iterable[tuple[str, str]], root: Path) -> str | None:
    """The frame nearest to the failure that belongs to the project."""
    found = None
    for path, function in frames:
        if (name := _in_project(path, root)) is not None:
            found = f"{name}::{function}"
    return found


def _frames(longrepr: Any) -> Iterator[tuple[str, str]]:
    for entry in getattr(getattr(longrepr, "reprtraceback", None), "reprentries", ()):
        lines = [line for line in getattr(entry, "lines", ()) if isinstance(line, str)]
        place = getattr(entry, "reprfileloc", None)
        if place is None:
            yield from (match.groups() for line in lines if (match := _NATIVE.search(line)))  # type: ignore[misc]
            continue
        named = _IN.match(str(getattr(place, "message", "") or ""))
        defined = next((match[1] for line in lines if (match := _DEF.match(line))), "")
        yield str(place.path), named[1] if named else defined


def _in_project(path: str, root: Path) -> str | None:
    absolute = Path(path) if Path(path).is_absolute() else Path.cwd() / path
    if any(part in f"{absolute.as_posix()}" for part in _FOREIGN):
        return None
    for candidate in (absolute, absolute.resolve()):
        if candidate.is_relative_to(root):
            return candidate.relative_to(root).as_posix()
    return None

"""A failed report of pytest as error type, message and frame: what a signature is made of. Pure; nothing of it leaves as text.

What the message is, `fixloop_schemas.failures.pytest` says, as for a report that was read; the frame is more exact than a text tells, since
the root is known here.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fixloop_schemas.failures import Failure, extract
from fixloop_schemas.failures.pytest import read
from fixloop_schemas.failures.text import is_nameless

_IN: Final = re.compile(r"^in (\S+)")
_DEF: Final = re.compile(r"^[ >]*(?:async\s+)?def\s+(\w+)")
_NATIVE: Final = re.compile(r'File "([^"]+)", line \d+, in (\S+)')
_FOREIGN: Final = ("/site-packages/", "/dist-packages/", "/.venv/", "/.tox/", "/.nox/", "/node_modules/")


def failure_text(longrepr: Any, root: Path) -> Failure:
    """The failure in a report's `longrepr`, whatever form pytest or a plugin gave it.

    It is not complete when the run was asked not to show where it failed (`--tb=no`, `--tb=line`).
    """
    said = _said(longrepr)
    if said:
        frames = list(_frames(longrepr))
        return Failure(
            *read([message.strip().split("\n") for message in said]), _frame(frames, root), bool(frames)
        )
    argument = getattr(longrepr, "argname", None)
    if argument is not None:  # a fixture that is not there
        return Failure("FixtureLookupError", f"fixture {argument!r} not found")
    return _read(str(longrepr))


def _said(longrepr: Any) -> list[str]:
    """The messages of a chain of exceptions, the failure's last."""
    crashes = [element[1] for element in getattr(longrepr, "chain", ())] or [
        getattr(longrepr, "reprcrash", None)
    ]
    messages = [getattr(crash, "message", None) for crash in crashes]
    return (
        [message for message in messages if isinstance(message, str)] if isinstance(messages[-1], str) else []
    )


def _read(text: str) -> Failure:
    """The failure in a report that is text alone; one without lines that begin with `E` says it on its last line."""
    found = extract("pytest", text)
    if found.frame is None and "\nE  " not in f"\n{text}":
        lines = [line for line in text.splitlines() if line.strip()]
        found = extract("pytest", lines[-1] if lines else "")
    return Failure(found.error_type, found.message)


def _frame(frames: Iterable[tuple[str, str]], root: Path) -> str | None:
    """The frame nearest to the failure that belongs to the project."""
    found = None
    for path, function in frames:
        if (name := _in_project(path, root)) is not None:
            found = name if is_nameless(function) else f"{name}::{function}"
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
    return _inside(path, None if Path(path).is_absolute() else Path.cwd(), root)


@lru_cache(maxsize=1_024)
def _inside(path: str, folder: Path | None, root: Path) -> str | None:
    """The path below the root: of many failures, in few files."""
    absolute = folder / path if folder else Path(path)
    if any(part in absolute.as_posix() for part in _FOREIGN):
        return None
    for candidate in (absolute, absolute.resolve()):
        if candidate.is_relative_to(root):
            return candidate.relative_to(root).as_posix()
    return None

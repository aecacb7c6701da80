"""Patches as changes of files: the envelope of `apply_patch`, and unified diffs. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from fixloop.emit.changes import Stretch
from fixloop.emit.file_change import FileChange

_HEADER: Final = re.compile(r"\*\*\* (Add|Update|Delete) File: (.+)")
_MOVE: Final = re.compile(r"\*\*\* Move to: (.+)")
_BEGIN: Final = "*** Begin Patch"
_END: Final = "*** End Patch"
_CHANGES: Final = {"Add": "created", "Update": "modified", "Delete": "deleted"}
_OLD: Final = re.compile(r"--- (?:a/)?([^\t\n]+)")
_NEW: Final = re.compile(r"\+\+\+ (?:b/)?([^\t\n]+)")
_HUNK: Final = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_NOWHERE: Final = "/dev/null"


def envelope_changes(patch: str, tool: str) -> tuple[FileChange, ...]:
    """The changes of a `*** Begin Patch` envelope; none when there is none in `patch`."""
    _, begin, rest = patch.partition(_BEGIN)
    if not begin:
        return ()
    found: list[FileChange] = []
    kind, path, lines = "", "", list[str]()
    for line in rest.partition(_END)[0].splitlines():
        if header := _HEADER.fullmatch(line.rstrip()):
            found += _of_envelope(kind, path, lines, tool)
            kind, path, lines = header[1], header[2].strip(), []
        else:
            lines.append(line)
    found += _of_envelope(kind, path, lines, tool)
    return tuple(found)


def _of_envelope(kind: str, path: str, lines: list[str], tool: str) -> Iterator[FileChange]:
    if not kind:
        return
    if kind == "Add":
        content = "".join(f"{line[1:]}\n" for line in lines if line.startswith("+"))
        yield FileChange(path, tool, "created", after=content, stretches=stretches_of_lines(lines))
        return
    move = next((match[1].strip() for line in lines if (match := _MOVE.fullmatch(line.rstrip()))), None)
    stretches = stretches_of_lines(lines)
    if move and move != path:
        yield FileChange(path, tool, "deleted")
        yield FileChange(move, tool, "created", stretches=stretches)
    else:
        yield FileChange(path, tool, _CHANGES[kind], stretches=stretches)


def unified_changes(diff: str, tool: str) -> tuple[FileChange, ...]:
    """The changes of a unified diff."""
    found: list[FileChange] = []
    old = new = ""
    lines: list[str] = []
    left = [0, 0]
    for line in diff.splitlines():
        if left[0] > 0 or left[1] > 0:
            lines.append(line)
            left[0] -= not line.startswith(("+", "\\"))
            left[1] -= not line.startswith(("-", "\\"))
        elif header := _OLD.match(line):
            found += _of_diff(old, new, lines, tool)
            old, new, lines = header[1].strip(), "", []
        elif (header := _NEW.match(line)) and old and not new:
            new = header[1].strip()
        elif (hunk := _HUNK.match(line)) and new:
            left = [int(hunk[1] or 1), int(hunk[2] or 1)]
            lines.append("@@")
    found += _of_diff(old, new, lines, tool)
    return tuple(found)


def _of_diff(old: str, new: str, lines: list[str], tool: str) -> Iterator[FileChange]:
    if old and new and lines:
        change = "created" if old == _NOWHERE else "deleted" if new == _NOWHERE else "modified"
        yield FileChange(old if new == _NOWHERE else new, tool, change, stretches=stretches_of_lines(lines))


def hunks_of_diff(diff: str) -> tuple[Stretch, ...]:
    """The changed stretches of one file's diff, with or without its header."""
    body = [line for line in diff.splitlines() if not line.startswith(("--- ", "+++ "))]
    return stretches_of_lines(body)


def stretches_of_lines(lines: Iterable[str]) -> tuple[Stretch, ...]:
    """The stretches in lines that begin with `+`, `-`, or a blank; anything else ends a stretch."""
    found: list[Stretch] = []
    removed: list[str] = []
    added: list[str] = []
    for line in (*lines, "@@"):
        if line.startswith("+"):
            added.append(line[1:])
        elif line.startswith("-"):
            removed.append(line[1:])
        elif removed or added:
            found.append(Stretch(tuple(removed), tuple(added)))
            removed, added = [], []
    return tuple(found)

"""What Codex calls its tools with, and what its events say of patches."""

import json
import shlex
from collections.abc import Iterator
from typing import Any, Final

from fixloop.emit.transcripts.file_changes import FileChange
from fixloop.emit.transcripts.json_documents import Object, mapping, text
from fixloop.emit.transcripts.patches import hunks_of_diff

KINDS: Final = {"add": "created", "update": "modified", "delete": "deleted"}


def command_line(command: Any) -> str:
    """What the shell was given; of `bash -lc COMMAND` the command."""
    if isinstance(command, str):
        return command
    words = [word for word in command if isinstance(word, str)] if isinstance(command, list) else []
    if len(words) == 3 and words[1] in ("-c", "-lc", "-ic") and words[0].endswith("sh"):
        return words[2]
    return shlex.join(words)


def unwrapped(command: str) -> str:
    """The same of a command that is written as one text."""
    try:
        words = shlex.split(command)
    except ValueError:
        return command
    return command_line(words) if len(words) == 3 else command


def arguments_of(payload: Object) -> Object:
    """The arguments of a function call; empty when they are no JSON object."""
    try:
        found = json.loads(text(payload, "arguments") or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def event_changes(changes: Object) -> tuple[FileChange, ...]:
    """The changes that an event names: by path, with `type` in the newer form and as the only key in the older one."""
    return tuple(
        found
        for path, change in changes.items()
        if isinstance(change, dict)
        for found in _changes(path, change)
    )


def _changes(path: str, change: Object) -> Iterator[FileChange]:
    kind = text(change, "type") or next((name for name in KINDS if name in change), "")
    body = change if text(change, "type") else mapping(change, kind)
    if kind == "add":
        content = text(body, "content")
        yield FileChange(path, "apply_patch", "created", after=content)
    elif kind == "delete":
        yield FileChange(path, "apply_patch", "deleted", before=text(body, "content") or None)
    elif kind == "update":
        stretches = hunks_of_diff(text(body, "unified_diff"))
        moved = text(body, "move_path")
        if moved and moved != path:
            yield FileChange(path, "apply_patch", "deleted")
        yield FileChange(moved or path, "apply_patch", "modified", stretches=stretches)

"""What Codex calls its tools with, and what its events say of patches."""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any, Final

from fixloop.emit.file_change import FileChange
from fixloop.emit.json_fields import Object, mapping, text
from fixloop.emit.patches import hunks_of_diff

_EXECUTED: Final = re.compile(r"\btools\.exec_command\(\s*(?=\{)")
_PATCH: Final = re.compile(r"\*\*\* Begin Patch.*?\*\*\* End Patch", re.DOTALL)
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


def called_in_code(code: str) -> tuple[str, str]:
    """The one command and the patch that a piece of code mode calls (`tools.exec_command({...})`); empty where it is not sure."""
    found = [_object_at(code, match.end()) for match in _EXECUTED.finditer(code)]
    command = command_line(found[0].get("cmd", found[0].get("command"))) if len(found) == 1 else ""
    patch = _PATCH.search(code)
    if patch is None:
        return command, ""
    envelope = patch[0]
    return command, envelope if "\n" in envelope else envelope.replace("\\n", "\n").replace('\\"', '"')


def _object_at(code: str, at: int) -> Object:
    try:
        found, _ = json.JSONDecoder().raw_decode(code, at)
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

"""The line of a command that ran in the background, out of the agent's own record of its session: who tells its end does not name it.

Claude Code's `TaskOutput` and `BashOutput` give a task's id alone; what began it stands in the transcript that every call of its hook
names (2.1.197; sub-agents have neither tool). So no command has to be written down here to be remembered.
"""

import json
from pathlib import Path
from time import sleep
from typing import Any, Final

from fixloop.emit.agents.hook_call import Command
from fixloop.emit.json_fields import mapping, objects_in, text

_MAX_BYTES: Final = 32 * 1024 * 1024
"""Of a record's end: what began longer ago is not found."""
_LOOKS: Final = 8
_BETWEEN_SECONDS: Final = 0.25
"""Claude Code writes its transcript a moment after it calls its hook. Nobody waits for this process."""


def begun(command: Command) -> tuple[str, str] | None:
    """The command line and the folder in which it was called; None where the record does not tell."""
    for _ in range(_LOOKS):
        try:
            if found := _begun_in(_tail(Path(command.record)), command.task):
                return found
        except (OSError, ValueError):
            return None
        sleep(_BETWEEN_SECONDS)
    return None


def _begun_in(lines: list[bytes], task: str) -> tuple[str, str] | None:
    call = folder = ""
    for line in reversed(lines):
        if (call or task).encode("utf-8", "surrogatepass") not in line:
            continue
        record = _record(line)
        if call:
            if command := _command(record, call):
                return command, folder
        elif task in (mapping(record, "toolUseResult").get(name) for name in ("backgroundTaskId", "shellId")):
            results = objects_in(mapping(record, "message"), "content")
            call = next((text(result, "tool_use_id") for result in results), "")
            folder = text(record, "cwd")
    return None


def _command(record: dict[str, Any], call: str) -> str:
    uses = objects_in(mapping(record, "message"), "content")
    return next((text(mapping(use, "input"), "command") for use in uses if text(use, "id") == call), "")


def _tail(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _MAX_BYTES))
        return file.read(_MAX_BYTES).splitlines()


def _record(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

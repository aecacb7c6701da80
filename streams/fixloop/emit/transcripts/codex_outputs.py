"""What Codex says of a tool call's end, in the forms that it has had."""

import json
import re
from typing import Any, Final, NamedTuple

from fixloop.emit.json_fields import mapping, text, whole_number

_EXIT: Final = re.compile(r"^(?:Process exited with code|Exit code:) (-?\d+)$", re.MULTILINE)
_RUNNING: Final = re.compile(r"^Process running with session ID (\S+)$", re.MULTILINE)
_BODY: Final = re.compile(r"^Output:\n", re.MULTILINE)
_HEAD_CHARACTERS: Final = 1_000
_FAILED: Final = re.compile(
    r"(?:apply_patch verification failed|Failed|error|patch rejected|Invalid)", re.IGNORECASE
)


class Output(NamedTuple):
    """A tool's answer."""

    text: str
    exit_code: int | None = None
    running: str | None = None
    """The command goes on, and more of its output can be asked for under this id."""
    failed: bool = False


def output_of(told: Any) -> Output:
    """The answer in `output`: text, text that is JSON, an object, or a list of contents."""
    if isinstance(told, list):
        told = "\n".join(text(part, "text") for part in told if isinstance(part, dict))
    if isinstance(told, dict):
        inner = output_of(told.get("content", told.get("output", "")))
        failed = told.get("success") is False or inner.failed
        return Output(inner.text, inner.exit_code, inner.running, failed)
    if not isinstance(told, str):
        return Output("")
    return _of_json(told) or _of_text(told)


def _of_json(told: str) -> Output | None:
    """`{"output": "...", "metadata": {"exit_code": 0}}`, as it was until 2025."""
    if not told.startswith("{"):
        return None
    try:
        found = json.loads(told)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or "output" not in found:
        return None
    code = whole_number(mapping(found, "metadata").get("exit_code"))
    return Output(text(found, "output"), code, failed=bool(code))


def _of_text(told: str) -> Output:
    body = _BODY.search(told, 0, _HEAD_CHARACTERS)
    head = told[: body.start()] if body else told[:_HEAD_CHARACTERS]
    code, running = _EXIT.search(head), _RUNNING.search(head)
    exit_code = int(code[1]) if code else None
    return Output(
        text=told[body.end() :] if body else told,
        exit_code=exit_code,
        running=running[1] if running and exit_code is None else None,
        failed=bool(exit_code) or (exit_code is None and _FAILED.match(told) is not None),
    )

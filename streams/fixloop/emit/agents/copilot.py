"""GitHub Copilot CLI's hook calls, in both of its dialects: `hook_event_name` and `tool_name`, or `toolName` with `toolArgs`. Pure.

A call without the event's name is of the second dialect, in which each hook has a shape of its own. `postToolUse` is for tools that
succeeded; no field holds an exit code: it is taken where the text for the model ends with it. The first is checked against 1.0.102. https://docs.github.com/en/copilot/reference/copilot-cli-reference/cli-hooks-reference.
"""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fixloop.emit.agents.hook_call import Command, HookCall
from fixloop.emit.json_fields import Object, mapping, text

if TYPE_CHECKING:
    from fixloop.emit.file_change import FileChange

AGENT: Final = "copilot-cli"
_SHELLS: Final = frozenset({"bash", "powershell", "shell", "Bash"})
_CREATING: Final = frozenset({"create", "create_file", "Write"})
_EDITING: Final = frozenset({"edit", "str_replace", "str_replace_editor", "replace_string_in_file", "Edit"})
_START_REASONS: Final = {"new": "startup", "startup": "startup", "resume": "resume"}
_END_REASONS: Final = {"complete": "exit", "user_exit": "exit"}
_EXIT_CODE: Final = r"<(?:[^<>\n]* )?(?:exited|completed) with (?:exit )?code (-?\d+)>\s*\Z"
"""Compiled when a command is read: an edit need not wait for it."""
_FAILED: Final = frozenset({"failure", "denied", "rejected", "timeout"})


def read(fields: Object, _: Mapping[str, str]) -> HookCall:
    """What one call tells; most tell nothing."""
    event, tool = _event(fields), text(fields, "tool_name", "toolName")
    result = mapping(fields, "tool_result", "toolResult", "tool_response")
    done = event == "posttooluse" and text(result, "resultType", "result_type") not in _FAILED
    failed = not done and event in ("posttooluse", "posttoolusefailure")
    return HookCall(
        session=text(fields, "session_id", "sessionId"),
        folder=text(fields, "cwd"),
        started=_START_REASONS.get(text(fields, "source"), "unknown") if event == "sessionstart" else "",
        ended=_END_REASONS.get(text(fields, "reason"), "unknown") if event == "sessionend" else "",
        changes=_changes(tool, _given(fields)) if done else (),
        command=_command(fields, result, failed=failed) if (done or failed) and tool in _SHELLS else None,
    )


def _event(fields: Object) -> str:
    """The event's name in small letters; of the dialect without names, what the fields show."""
    if named := text(fields, "hook_event_name", "hookEventName", "hookName"):
        return named.lower()
    if "toolResult" in fields or "tool_result" in fields:
        return "posttooluse"
    if "error" in fields and ("toolName" in fields or "tool_name" in fields):
        return "posttoolusefailure"
    if "toolName" in fields or "prompt" in fields:
        return ""
    return "sessionend" if "reason" in fields else "sessionstart" if "source" in fields else ""


def _given(fields: Object) -> Object:
    """The tool's input; in some versions it is written as a text."""
    for name in ("tool_input", "toolArgs", "tool_args"):
        value = fields.get(name)
        if isinstance(value, dict):
            return value
        if isinstance(value, str):
            try:
                found = json.loads(value)
            except (ValueError, RecursionError):
                return {"input": value}
            return found if isinstance(found, dict) else {}
    return {}


def _changes(tool: str, given: Object) -> "tuple[FileChange, ...]":
    from fixloop.emit.agents.tool_edits import replaced, written

    if tool in _EDITING or tool in _CREATING:
        creating = tool in _CREATING or text(given, "command") == "create"
        change = written(tool, given, created=True) if creating else replaced(tool, given)
        return (change,) if change else ()
    if tool == "apply_patch":
        from fixloop.emit.patches import envelope_changes

        return envelope_changes(text(given, "input", "patch", "command"), tool)
    return ()


def _command(fields: Object, result: Object, *, failed: bool) -> Command | None:
    line = text(_given(fields), "command")
    if not line:
        return None
    error = fields.get("error")
    told = error if isinstance(error, str) else text(mapping(fields, "error"), "message")
    output = text(result, "textResultForLlm", "text_result_for_llm", "content") or told
    code = re.search(_EXIT_CODE, output)
    return Command(
        line,
        output=output[: code.start()] if code else output,
        exit_code=int(code[1]) if code else None,
        failed=failed or bool(code and code[1] != "0"),
    )

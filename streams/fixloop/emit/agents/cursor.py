"""Cursor's hook calls, as its documentation of hooks describes them. Pure. The person's address (`user_email`) is never read.

Shell commands are taken from `postToolUse` and `postToolUseFailure`, which say how one ended; `afterShellExecution` tells the same call
again without that, and is not asked for. Nothing of it was run: https://cursor.com/docs/hooks, as of 2026-11.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fixloop.emit.agents.hook_call import Command, HookCall
from fixloop.emit.json_fields import Object, mapping, objects_in, text, whole_number
from fixloop_schemas.digest import plain

if TYPE_CHECKING:
    from fixloop.emit.file_change import FileChange

AGENT: Final = "cursor"
_END_REASONS: Final = {"user_close": "exit", "window_close": "exit", "completed": "exit"}
_SHELLS: Final = frozenset({"Shell", "Bash", "run_terminal_cmd"})


def read(fields: Object, _: Mapping[str, str]) -> HookCall:
    """What one call tells; most tell nothing."""
    event, tool = text(fields, "hook_event_name"), text(fields, "tool_name")
    roots = fields.get("workspace_roots")
    root = next((one for one in roots if isinstance(one, str)), "") if isinstance(roots, list) else ""
    shell = event in ("postToolUse", "postToolUseFailure") and tool in _SHELLS
    changes = _changes(fields) if event == "afterFileEdit" else ()
    return HookCall(
        session=text(fields, "conversation_id", "session_id"),
        folder=text(fields, "cwd") or root,
        project=root,
        sub_agent=text(fields, "subagent_id", "agent_id"),
        model=text(fields, "model") if event == "sessionStart" or changes or shell else "",
        started="startup" if event == "sessionStart" else "",
        ended=_END_REASONS.get(text(fields, "reason"), "unknown") if event == "sessionEnd" else "",
        changes=changes,
        command=_command(event, fields) if shell else None,
    )


def _changes(fields: Object) -> "tuple[FileChange, ...]":
    """The edit with its stretches; an insertion and a new file look alike, so that the file itself is the text afterwards."""
    from fixloop.emit.changes import stretches_between
    from fixloop.emit.file_change import FileChange

    path = text(fields, "file_path")
    edits = [(edit.get("old_string"), edit.get("new_string")) for edit in objects_in(fields, "edits")]
    texts = [(plain(old), plain(new)) for old, new in edits if isinstance(old, str) and isinstance(new, str)]
    texts = [(old, new) for old, new in texts if old != new]
    if not path or not texts:
        return ()
    if len(texts) == 1 and texts[0][0]:
        return (FileChange(path, "Edit", fragments=texts[0]),)
    stretches = tuple(stretch for old, new in texts for stretch in stretches_between(old, new))
    change = "modified" if any(old for old, _ in texts) else "unknown"
    return (FileChange(path, "Edit", change, stretches=stretches),)


def _command(event: str, fields: Object) -> Command | None:
    line = text(mapping(fields, "tool_input"), "command")
    if not line:
        return None
    if event == "postToolUseFailure":
        timed_out = text(fields, "failure_type") == "timeout"
        return Command(line, output=text(fields, "error_message"), failed=True, ended=not timed_out)
    output, exit_code = _output(fields.get("tool_output"))
    return Command(line, output=output, exit_code=exit_code, failed=bool(exit_code))


def _output(told: object) -> tuple[str, int | None]:
    """What a command printed, and its exit code: a JSON object written as a text, in the calls that the documentation shows."""
    if isinstance(told, str):
        try:
            answer = json.loads(told)
        except (ValueError, RecursionError):
            return told, None
    else:
        answer = told
    if not isinstance(answer, dict):
        return told if isinstance(told, str) else "", None
    code = answer.get("exitCode", answer.get("exit_code"))
    printed = "\n".join(part for name in ("output", "stdout", "stderr") if (part := text(answer, name)))
    return printed, whole_number(code)

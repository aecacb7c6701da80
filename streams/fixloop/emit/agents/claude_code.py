"""Claude Code's hook calls (`hook_event_name`, `tool_input`, `tool_response`, ...), as its SDK's types have them (0.3). Pure.

Checked against 2.1.197. A command's exit code stands in no field, but for one that ran in the background and was asked for.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fixloop.emit.agents.hook_call import Command, HookCall
from fixloop.emit.json_fields import Object, mapping, text, whole_number
from fixloop_schemas.digest import plain

if TYPE_CHECKING:
    from fixloop.emit.file_change import FileChange

AGENT: Final = "claude-code"
EDIT_TOOLS: Final = frozenset({"Edit", "Write", "MultiEdit", "NotebookEdit"})
_START_REASONS: Final = frozenset({"startup", "resume", "clear", "compact", "fork"})
_END_REASONS: Final = {"clear": "clear", "logout": "logout", "prompt_input_exit": "exit", "resume": "exit"}
_OUTPUT_TOOLS: Final = frozenset({"TaskOutput", "BashOutput"})
_ENDS: Final = frozenset({"completed", "failed", "killed"})
_EXIT_CODE: Final = r"\s*Exit code (-?\d+)\s*?(?:\n|$)"
"""Compiled when a command is read: an edit need not wait for it."""


def read(fields: Object, environment: Mapping[str, str]) -> HookCall:
    """What one call tells; most tell nothing."""
    if "cursor_version" in fields:
        return HookCall()  # Cursor runs what stands in Claude Code's settings too, and has a hook of its own
    event, tool = text(fields, "hook_event_name"), text(fields, "tool_name")
    done = event in ("PostToolUse", "PostToolUseFailure")
    project = environment.get("CLAUDE_PROJECT_DIR", "")
    return HookCall(
        session=text(fields, "session_id"),
        folder=text(fields, "cwd") or project,
        project=project,
        sub_agent=text(fields, "agent_id"),
        model=_model(event, fields),
        started=_reason(
            event, "SessionStart", text(fields, "source"), {name: name for name in _START_REASONS}
        ),
        ended=_reason(event, "SessionEnd", text(fields, "reason"), _END_REASONS),
        changes=_changes(tool, fields) if event == "PostToolUse" and tool in EDIT_TOOLS else (),
        command=_command(event, tool, fields) if done else None,
    )


def _model(event: str, fields: Object) -> str:
    return {"SessionStart": text(fields, "model"), "PostModelSwitch": text(fields, "to_model")}.get(event, "")


def _reason(event: str, wanted: str, given: str, known: Mapping[str, str]) -> str:
    return known.get(given, "unknown") if event == wanted else ""


def _changes(tool: str, fields: Object) -> "tuple[FileChange, ...]":
    from fixloop.emit.agents.claude_code_texts import change_of  # a command need not wait for what edits need

    given = mapping(fields, "tool_input")
    path = text(given, "file_path", "notebook_path")
    change = change_of(tool, path, given, mapping(fields, "tool_response"))
    return (change,) if change else ()


def _command(event: str, tool: str, fields: Object) -> Command | None:
    if tool in _OUTPUT_TOOLS:
        return _task(fields) if event == "PostToolUse" else None
    return _called(event, fields) if tool == "Bash" else None


def _called(event: str, fields: Object) -> Command | None:
    line = text(mapping(fields, "tool_input"), "command")
    if not line:
        return None
    if event == "PostToolUseFailure":
        error = plain(text(fields, "error"))
        code = re.match(_EXIT_CODE, error)
        return Command(
            line,
            output=error[code.end() :] if code else error,
            exit_code=int(code[1]) if code else None,
            failed=True,
            ended=fields.get("is_interrupt") is not True,
        )
    answer = mapping(fields, "tool_response")
    # It has no exit code: the event itself says 0, unless the answer says that another one is harmless, or that nobody waited for it.
    certain = not (answer.get("interrupted") or answer.get("returnCodeInterpretation"))
    return Command(
        line,
        output=f"{text(answer, 'stdout')}\n{text(answer, 'stderr')}".strip("\n"),
        exit_code=0 if certain else None,
        ended=not (answer.get("backgroundTaskId") or answer.get("timedOutAfterMs")),
        revision=text(mapping(mapping(answer, "gitOperation"), "commit"), "sha"),
    )


def _task(fields: Object) -> Command | None:
    """A command in the background that ended, as far as the agent asks for it; without its line, which no field holds."""
    given, answer = mapping(fields, "tool_input"), mapping(fields, "tool_response")
    task = mapping(answer, "task") or answer
    name, record = text(given, "task_id", "bash_id"), text(fields, "transcript_path")
    ended = text(task, "status") in _ENDS and text(task, "task_type") in ("", "local_bash")
    if not (name and record and ended):
        return None
    code = whole_number(task.get("exitCode"))
    return Command(
        "",
        output=text(task, "output") or f"{text(task, 'stdout')}\n{text(task, 'stderr')}".strip("\n"),
        exit_code=code,
        failed=bool(code),
        task=name,
        record=record,
    )

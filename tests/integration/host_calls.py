"""How each host calls its hook, and with what: the shapes of their documentation, run as they would run them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

Call = dict[str, Any]
Settings = dict[str, Any]

_PATCH: Final = "*** Begin Patch\n*** Update File: {path}\n@@\n-x = 1\n+x = 2\n*** End Patch"


def _claude_code(path: Path, _: Path) -> tuple[str, str, Call]:
    answer = {"filePath": str(path), "originalFile": "x = 1\n", "oldString": "1", "newString": "2"}
    given = {"file_path": str(path), "old_string": "1", "new_string": "2"}
    return "PostToolUse", "Edit", _tool(path, tool_name="Edit", tool_input=given, tool_response=answer)


def _codex(path: Path, _: Path) -> tuple[str, str, Call]:
    call = _tool(
        path,
        turn_id="t1",
        model="gpt-5",
        tool_name="apply_patch",
        tool_input={"command": _PATCH.format(path=path.name)},
        tool_response="Success. Updated the following files:\nM it.py\n",
    )
    return "PostToolUse", "apply_patch", call


def _gemini(path: Path, _: Path) -> tuple[str, str, Call]:
    given = {"file_path": str(path), "old_string": "1", "new_string": "2"}
    answer = {"llmContent": "Successfully modified file", "returnDisplay": {}}
    call = _tool(path, tool_name="replace", tool_input=given, tool_response=answer)
    return "AfterTool", "replace", {**call, "hook_event_name": "AfterTool"}


def _cursor(path: Path, home: Path) -> tuple[str, str, Call]:
    call = {
        "conversation_id": "c1",
        "generation_id": "g1",
        "model": "auto",
        "hook_event_name": "afterFileEdit",
        "cursor_version": "3.0.0",
        "workspace_roots": [str(path.parent)],
        "user_email": "ada@example.com",
        "transcript_path": str(home / "transcript"),
        "file_path": str(path),
        "edits": [{"old_string": "1", "new_string": "2"}],
    }
    return "afterFileEdit", "", call


def _copilot(path: Path, _: Path) -> tuple[str, str, Call]:
    given = {"path": str(path), "old_str": "1", "new_str": "2"}
    answer = {"result_type": "success", "text_result_for_llm": "edited"}
    return "PostToolUse", "", _tool(path, tool_name="edit", tool_input=given, tool_result=answer)


CALLS: Final[dict[str, Callable[[Path, Path], tuple[str, str, Call]]]] = {
    "claude-code": _claude_code,
    "codex": _codex,
    "gemini": _gemini,
    "cursor": _cursor,
    "copilot": _copilot,
}


def edit_of(host: str, path: Path, home: Path) -> tuple[str, str, Call]:
    """The host changed `x = 1` into `x = 2` in the file: the hook's event, its tool, and what the host says."""
    path.write_text("x = 2\n")
    return CALLS[host](path, home)


def command_of(
    host: str, settings: Settings, told: tuple[str, str, Call]
) -> Iterator[tuple[list[str], Call]]:
    """Each program that the host starts for such a call, by what stands in its settings."""
    event, tool, call = told
    for entry in settings["hooks"][event]:
        if tool and tool not in entry.get("matcher", tool).split("|"):
            continue
        for handler in entry.get("hooks", [entry]):
            yield _argv(host, handler), call


def _argv(host: str, handler: Settings) -> list[str]:
    match host:
        case "claude-code":
            return [handler["command"], *handler["args"]]
        case "copilot":
            return ["bash", "-c", handler["bash"]]
        case "codex":
            return ["sh", "-lc", handler["command"]]
    return ["sh", "-c", handler["command"]]


def _tool(path: Path, **fields: Any) -> Call:
    return {
        "session_id": "s1",
        "transcript_path": None,
        "cwd": str(path.parent),
        "hook_event_name": "PostToolUse",
        "tool_use_id": "u1",
        "timestamp": "2026-01-05T09:00:00.000Z",
        **fields,
    }

"""Calls of Claude Code's hook, in the shapes that its types describe."""

from pathlib import Path
from typing import Any


def call(event: str, folder: Path, **fields: Any) -> dict[str, Any]:
    """The fields that every call has, and more."""
    return {
        "session_id": "claude-session",
        "transcript_path": "/home/someone/.claude/projects/x/claude-session.jsonl",
        "cwd": str(folder),
        "permission_mode": "default",
        "hook_event_name": event,
        **fields,
    }


def edited(path: Path, old: str, new: str, **response: Any) -> dict[str, Any]:
    """`Edit` replaced `old` by `new` in the file, which still has its old text; the file is changed, too."""
    before = path.read_text()
    path.write_text(before.replace(old, new, 1))
    tool_input = {"file_path": str(path), "old_string": old, "new_string": new, "replace_all": False}
    tool_response = {
        "filePath": str(path),
        "oldString": old,
        "newString": new,
        "originalFile": before,
        "structuredPatch": [],
        "userModified": False,
        "replaceAll": False,
        **response,
    }
    return _tool(path.parent, "Edit", tool_input, tool_response)


def written(path: Path, content: str, **response: Any) -> dict[str, Any]:
    """`Write` gave the file this content."""
    before = path.read_text() if path.exists() else None
    path.write_text(content)
    tool_response = {
        "type": "create" if before is None else "update",
        "filePath": str(path),
        "content": content,
        "originalFile": before,
        "structuredPatch": [],
        **response,
    }
    return _tool(path.parent, "Write", {"file_path": str(path), "content": content}, tool_response)


def bash(folder: Path, command: str, *, error: str | None = None, **response: Any) -> dict[str, Any]:
    """A shell command that ended well, or with `error`."""
    tool = {"tool_name": "Bash", "tool_use_id": "toolu_02", "tool_input": {"command": command}}
    if error is not None:
        return call("PostToolUseFailure", folder, **tool, error=error)
    answer = {"stdout": "", "stderr": "", "interrupted": False, "isImage": False, **response}
    return call("PostToolUse", folder, **tool, tool_response=answer)


def _tool(
    folder: Path, name: str, tool_input: dict[str, Any], tool_response: dict[str, Any]
) -> dict[str, Any]:
    return call(
        "PostToolUse",
        folder,
        tool_name=name,
        tool_use_id="toolu_01",
        tool_input=tool_input,
        tool_response=tool_response,
    )

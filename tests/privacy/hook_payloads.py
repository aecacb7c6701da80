"""A marked session as each agent's hook is called in it: one payload or more a host, with an edit, a restore, a commit and a red run."""

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from tests.privacy.machine import NEW, OLD, Machine
from tests.privacy.marks import Mark
from tests.privacy.runs import PYTEST_COMMAND, PYTEST_OUTPUT

Call = dict[str, Any]


def _claude_code(machine: Machine) -> Sequence[Call]:
    shared = {
        "session_id": "s-1",
        "cwd": str(machine.root),
        "transcript_path": f"{machine.home}/.claude/{Mark.OUTSIDE}.jsonl",
    }

    def used(tool: str, given: Call, answer: Call, event: str = "PostToolUse") -> Call:
        return {
            **shared,
            "hook_event_name": event,
            "tool_name": tool,
            "tool_use_id": "t",
            "tool_input": given,
            "tool_response": answer,
        }

    file = str(machine.file)
    patch = [{"oldStart": 1, "lines": [f"-{Mark.OLD_TEXT} = 1", f"+{Mark.NEW_TEXT} = 2"]}]
    answer = {"filePath": file, "originalFile": OLD, "structuredPatch": patch, "userModified": True}
    fragments = {"old_string": f"{Mark.OLD_TEXT} = 1", "new_string": f"{Mark.NEW_TEXT} = 2"}
    printed = {"stdout": f"{Mark.PRINTED}", "stderr": f"{Mark.PRINTED}", "interrupted": False}
    commit = {
        **printed,
        "gitOperation": {"commit": {"sha": "ab" * 20, "branch": Mark.BRANCH, "message": Mark.COMMIT}},
    }
    outside = f"/opt/{Mark.OUTSIDE}/{Mark.FILE}.py"
    return (
        {**shared, "hook_event_name": "SessionStart", "source": "startup", "model": "model-x"},
        {**shared, "hook_event_name": "UserPromptSubmit", "prompt": Mark.PROMPT},
        used("Edit", {"file_path": file, **fragments}, answer),
        used("MultiEdit", {"file_path": file, "edits": [fragments]}, answer),
        used(
            "Write",
            {"file_path": outside, "content": NEW},
            {"type": "create", "filePath": outside, "structuredPatch": []},
        ),
        used("Bash", {"command": f"git checkout -- {file} # {Mark.COMMAND}"}, printed),
        used("Bash", {"command": f"git commit -am '{Mark.COMMIT}'"}, commit),
        {
            **used("Bash", {"command": PYTEST_COMMAND}, {}, "PostToolUseFailure"),
            "error": f"Exit code 1\n{PYTEST_OUTPUT}",
        },
        {
            **used("Bash", {"command": f"make test PASSWORD={Mark.COMMAND}"}, {}, "PostToolUseFailure"),
            "error": f"Exit code 2\n{PYTEST_OUTPUT}",
        },
        used(
            "Bash", {"command": f"cd /opt/{Mark.OUTSIDE} && ./{Mark.COMMAND}_test.sh {Mark.COMMAND}"}, printed
        ),
        used("Bash", {"command": f"python {Mark.KEYWORD}.py --token={Mark.COMMAND}"}, printed),
        {**shared, "hook_event_name": "PostToolUse", "tool_name": Mark.PROMPT, "tool_input": Mark.PROMPT},
        {**shared, "hook_event_name": "SessionEnd", "reason": "logout"},
    )


def _commands(machine: Machine) -> Sequence[str]:
    """What agents give to a shell besides tests."""
    return (
        f"git checkout -- {machine.file} # {Mark.COMMAND}",
        f"git commit -am '{Mark.COMMIT}'",
        f"cd /opt/{Mark.OUTSIDE} && ./{Mark.COMMAND}_test.sh {Mark.COMMAND}",
        f"python {Mark.KEYWORD}.py --token={Mark.COMMAND}",
        f"python /opt/{Mark.OUTSIDE}/reproduce_{Mark.OUTSIDE}.py",
        f"cd .. && python {Mark.OUTSIDE}/reproduce.py",
        f"make test PASSWORD={Mark.COMMAND}",
        f"npm test -- --token {Mark.COMMAND}",
        f"go test ./... -args -token {Mark.COMMAND}",
        f"./gradlew test --key {Mark.COMMAND}",
    )


def _patch(machine: Machine) -> str:
    return (
        f"*** Begin Patch\n*** Update File: {machine.file}\n@@\n-{Mark.OLD_TEXT} = 1\n+{Mark.NEW_TEXT} = 2\n"
        f"*** Add File: /opt/{Mark.OUTSIDE}/{Mark.FILE}.py\n+{Mark.NEW_TEXT}\n*** End Patch"
    )


def _codex(machine: Machine) -> Sequence[Call]:
    shared = {"session_id": "s-1", "turn_id": "t", "cwd": str(machine.root), "model": "model-x"}
    shared |= {"transcript_path": f"{machine.home}/{Mark.OUTSIDE}.jsonl"}

    def used(tool: str, command: str, answer: str) -> Call:
        given = {"tool_name": tool, "tool_use_id": "c", "tool_input": {"command": command}}
        return {**shared, "hook_event_name": "PostToolUse", **given, "tool_response": answer}

    return (
        {**shared, "hook_event_name": "SessionStart", "source": "startup"},
        {**shared, "hook_event_name": "UserPromptSubmit", "prompt": Mark.PROMPT},
        used("apply_patch", _patch(machine), f"Success. {Mark.PRINTED}"),
        *(used("Bash", command, Mark.PRINTED) for command in _commands(machine)),
        used("Bash", PYTEST_COMMAND, f"Process exited with code 1\nOutput:\n{PYTEST_OUTPUT}"),
        {**shared, "hook_event_name": "SessionEnd", "reason": Mark.PROMPT},
    )


def _gemini(machine: Machine) -> Sequence[Call]:
    shared = {"session_id": "s-1", "cwd": str(machine.root), "timestamp": "2026-03-01T10:00:00Z"}
    file, outside = str(machine.file), f"/opt/{Mark.OUTSIDE}/{Mark.FILE}.py"

    def used(tool: str, given: Call, answer: str, shown: object = Mark.PRINTED) -> Call:
        response = {"llmContent": answer, "returnDisplay": shown}
        return {
            **shared,
            "hook_event_name": "AfterTool",
            "tool_name": tool,
            "tool_input": given,
            "tool_response": response,
        }

    texts = {"old_string": f"{Mark.OLD_TEXT} = 1", "new_string": f"{Mark.NEW_TEXT} = 2"}
    shown = {"fileName": file, "fileDiff": Mark.NEW_TEXT, "originalContent": OLD, "newContent": NEW}
    return (
        {**shared, "hook_event_name": "SessionStart", "source": "startup"},
        {**shared, "hook_event_name": "BeforeAgent", "prompt": Mark.PROMPT},
        used("replace", {"file_path": file, "instruction": Mark.PROMPT, **texts}, Mark.PRINTED, shown),
        used("replace", {"file_path": file, **texts}, Mark.PRINTED),
        used("write_file", {"file_path": outside, "content": NEW}, Mark.PRINTED),
        *(
            used("run_shell_command", {"command": command}, f"Output: {Mark.PRINTED}")
            for command in _commands(machine)
        ),
        used("run_shell_command", {"command": PYTEST_COMMAND}, f"Output: {PYTEST_OUTPUT}\nExit Code: 1"),
        {**shared, "hook_event_name": "SessionEnd", "reason": Mark.PROMPT},
    )


def _cursor(machine: Machine) -> Sequence[Call]:
    shared = {"conversation_id": "s-1", "generation_id": "g", "model": "model-x"}
    roots = {"workspace_roots": [str(machine.root)], "user_email": f"{Mark.USER}@{Mark.HOST}.example"}
    edit = {"old_string": f"{Mark.OLD_TEXT} = 1", "new_string": f"{Mark.NEW_TEXT} = 2"}

    def called(event: str, **more: object) -> Call:
        return {**shared, **roots, "hook_event_name": event, **more}

    def shell(command: str, code: int, printed: str) -> Call:
        output = json.dumps({"exitCode": code, "stdout": printed})
        return called("postToolUse", tool_name="Shell", tool_input={"command": command}, tool_output=output)

    outside = f"/opt/{Mark.OUTSIDE}/{Mark.FILE}.py"
    return (
        called("sessionStart", session_id="s-1"),
        called("beforeSubmitPrompt", prompt=Mark.PROMPT),
        called("afterFileEdit", file_path=str(machine.file), edits=[edit]),
        called("afterFileEdit", file_path=str(machine.file), edits=[edit, edit]),
        called("afterFileEdit", file_path=outside, edits=[{"old_string": "", "new_string": NEW}]),
        *(shell(command, 0, Mark.PRINTED) for command in _commands(machine)),
        shell(PYTEST_COMMAND, 1, PYTEST_OUTPUT),
        called("sessionEnd", session_id="s-1", reason=Mark.PROMPT),
    )


def _copilot(machine: Machine) -> Sequence[Call]:
    shared = {"session_id": "s-1", "timestamp": "2026-03-01T10:00:00Z", "cwd": str(machine.root)}
    file, outside = str(machine.file), f"/opt/{Mark.OUTSIDE}/{Mark.FILE}.py"
    texts = {"old_str": f"{Mark.OLD_TEXT} = 1", "new_str": f"{Mark.NEW_TEXT} = 2"}

    def used(tool: str, given: object, printed: str = Mark.PRINTED) -> Call:
        result = {"result_type": "success", "text_result_for_llm": printed}
        return {
            **shared,
            "hook_event_name": "PostToolUse",
            "tool_name": tool,
            "tool_input": given,
            "tool_result": result,
        }

    old = {"sessionId": "s-1", "timestamp": 1, "cwd": str(machine.root), "toolName": "edit"}
    return (
        {**shared, "hook_event_name": "SessionStart", "source": "new", "initial_prompt": Mark.PROMPT},
        {**shared, "hook_event_name": "UserPromptSubmit", "prompt": Mark.PROMPT},
        used("edit", {"path": file, **texts}),
        used("create", {"path": outside, "file_text": NEW}),
        used("apply_patch", {"input": _patch(machine)}),
        {**old, "toolArgs": json.dumps({"path": file, **texts}), "toolResult": {"resultType": "success"}},
        *(used("bash", {"command": command}) for command in _commands(machine)),
        used("bash", {"command": PYTEST_COMMAND}, f"{PYTEST_OUTPUT}<exited with exit code 1>"),
        {**shared, "hook_event_name": "SessionEnd", "reason": Mark.PROMPT},
    )


def _opencode(machine: Machine) -> Sequence[Call]:
    shared = {"v": 1, "session": "s-1", "folder": str(machine.root), "project": str(machine.root)}
    file, outside = str(machine.file), f"/opt/{Mark.OUTSIDE}/{Mark.FILE}.py"
    texts = {"old": f"{Mark.OLD_TEXT} = 1", "new": f"{Mark.NEW_TEXT} = 2"}

    def edit(*files: Call, **more: object) -> Call:
        return {**shared, "kind": "edit", "tool": "edit", "files": list(files), **more}

    def shell(line: str, code: int, printed: str) -> Call:
        return {**shared, "kind": "command", "line": line, "exit": code, "output": printed}

    return (
        {**shared, "kind": "started", "reason": Mark.PROMPT, "model": "model-x"},
        edit({"path": file, "before": OLD, "after": NEW}, **texts),
        edit({"path": file}, **texts),
        edit({"path": file, "before": OLD, "after": None}, {"path": outside, "before": None, "after": NEW}),
        *(shell(command, 0, Mark.PRINTED) for command in _commands(machine)),
        shell(PYTEST_COMMAND, 1, PYTEST_OUTPUT),
        {**shared, "kind": "ended", "reason": Mark.PROMPT},
    )


PAYLOADS: Final[Mapping[str, Callable[[Machine], Sequence[Call]]]] = MappingProxyType(
    {
        "claude-code": _claude_code,
        "codex": _codex,
        "copilot": _copilot,
        "cursor": _cursor,
        "gemini": _gemini,
        "opencode": _opencode,
    }
)
"""By the names that `fixloop-hook` knows."""

"""Gemini CLI's hook calls, as its hooks reference describes them and 0.61.0 makes them. Pure.

The model is named only in calls before each request, which hold the whole conversation: nobody asks for them. An exit code stands in the
text for the model, below what the command printed, and only where it is not 0. https://geminicli.com/docs/hooks/reference.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fixloop.emit.agents.hook_call import Command, HookCall
from fixloop.emit.json_fields import Object, content, mapping, text

if TYPE_CHECKING:
    from fixloop.emit.file_change import FileChange

AGENT: Final = "gemini-cli"
_START_REASONS: Final = frozenset({"startup", "resume", "clear"})
_END_REASONS: Final = {"exit": "exit", "prompt_input_exit": "exit", "clear": "clear", "logout": "logout"}
_OUTPUT: Final = r"(?m)^Output: ?"
_ENDING: Final = r"(Error|Exit Code|Signal|Background PIDs|Process Group PGID): (.*)"
"""Compiled when a command is read: an edit need not wait for them."""
_GOES_ON: Final = (
    "Command was cancelled",
    "Command was automatically cancelled",
    "Command moved to background",
)
_UNTRUSTED: Final = ("<untrusted_context>", "</untrusted_context>")


def read(fields: Object, _: Mapping[str, str]) -> HookCall:
    """What one call tells; most tell nothing."""
    event, tool = text(fields, "hook_event_name"), text(fields, "tool_name")
    done = event == "AfterTool"
    start, end = text(fields, "source", "trigger"), text(fields, "reason", "trigger")
    return HookCall(
        session=text(fields, "session_id"),
        folder=text(fields, "cwd"),
        started=(start if start in _START_REASONS else "unknown") if event == "SessionStart" else "",
        ended=_END_REASONS.get(end, "unknown") if event == "SessionEnd" else "",
        changes=_changes(tool, fields) if done and tool in ("replace", "write_file") else (),
        command=_command(fields) if done and tool == "run_shell_command" else None,
    )


def _changes(tool: str, fields: Object) -> "tuple[FileChange, ...]":
    from fixloop.emit.agents.tool_edits import replaced, written

    answer = mapping(fields, "tool_response")
    if answer.get("error"):
        return ()
    given = mapping(fields, "tool_input")
    change = replaced(tool, given) if tool == "replace" else written(tool, given)
    if change is None:
        return ()
    # What a person is shown holds the whole file, in versions that hand it on.
    shown = mapping(answer, "returnDisplay")
    after = content(shown, "newContent")
    if after is not None:
        created = shown.get("isNewFile") is True or shown.get("originalContent", ...) is None
        change = change._replace(
            change="created" if created else "modified",
            before=None if created else content(shown, "originalContent"),
            after=after,
            user_modified=isinstance(given.get("ai_proposed_content"), str)
            or given.get("modified_by_user") is True,
        )
    return (change,)


def _command(fields: Object) -> Command | None:
    given, answer = mapping(fields, "tool_input"), mapping(fields, "tool_response")
    line, folder = text(given, "command"), text(given, "dir_path", "directory")
    if not line:
        return None
    told = _told(answer.get("llmContent")).strip().removeprefix(_UNTRUSTED[0]).removesuffix(_UNTRUSTED[1])
    told, ending = _parted(told.strip())
    stopped = told.startswith(_GOES_ON) or "Signal" in ending or "Background PIDs" in ending
    output = re.search(_OUTPUT, told)
    exit_code = _number(ending.get("Exit Code", ""))
    if exit_code is None and output and not (stopped or ending.get("Error") or answer.get("error")):
        exit_code = 0
    if folder:
        import shlex  # few commands name one

        line = f"cd {shlex.quote(folder)} && {line}"
    return Command(
        line,
        output=told[output.end() :] if output else told,
        exit_code=exit_code,
        failed=bool(exit_code) or bool(answer.get("error")),
        ended=not stopped,
    )


def _parted(told: str) -> tuple[str, Object]:
    """What the command printed, and what stands below it of how it ended. A command may print such lines too: only the last ones count."""
    lines_told, ending = told.split("\n"), {}
    while lines_told and (found := re.fullmatch(_ENDING, lines_told[-1])) and found[1] not in ending:
        ending[found[1]] = found[2]
        lines_told.pop()
    return "\n".join(lines_told), {name: value for name, value in ending.items() if value != "(none)"}


def _number(told: str) -> int | None:
    return int(told) if re.fullmatch(r"-?\d{1,10}", told) else None


def _told(content: object) -> str:
    """The text for the model: one text, or parts of which some are texts."""
    if isinstance(content, list):
        return "\n".join(text(part, "text") if isinstance(part, dict) else str(part) for part in content)
    if isinstance(content, dict):
        return text(content, "text")
    return content if isinstance(content, str) else ""

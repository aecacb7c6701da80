"""Codex CLI's hook calls: `post-tool-use.command.input.schema.json` of its hooks, its session's start and end, and 0.169.0. Pure.

A shell's answer is one text, without an exit code of its own: it is taken where the text says it. No field says whether a patch was
applied: an answer that begins as its refusals do is none. https://github.com/openai/codex, codex-rs/hooks/schema.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fixloop.emit.agents.hook_call import Command, HookCall
from fixloop.emit.json_fields import Object, mapping, text

if TYPE_CHECKING:
    from fixloop.emit.file_change import FileChange

AGENT: Final = "codex"
_SHELLS: Final = frozenset({"Bash", "shell", "exec_command", "shell_command", "local_shell"})
_PATCHES: Final = frozenset({"apply_patch", "Edit", "Write"})
_START_REASONS: Final = frozenset({"startup", "resume", "clear", "compact"})


def read(fields: Object, _: Mapping[str, str]) -> HookCall:
    """What one call tells; most tell nothing."""
    event, tool = text(fields, "hook_event_name"), text(fields, "tool_name")
    done = event == "PostToolUse"
    reason = text(fields, "source")
    return HookCall(
        session=text(fields, "session_id"),
        folder=text(fields, "cwd"),
        sub_agent=text(fields, "agent_id"),
        model=text(fields, "model") if done or event == "SessionStart" else "",
        started=(reason if reason in _START_REASONS else "unknown") if event == "SessionStart" else "",
        ended="unknown" if event == "SessionEnd" else "",
        changes=_changes(fields) if done and tool in _PATCHES else (),
        command=_command(fields) if done and tool in _SHELLS else None,
    )


def _changes(fields: Object) -> "tuple[FileChange, ...]":
    from fixloop.emit.patches import envelope_changes
    from fixloop.emit.transcripts.codex_outputs import output_of

    if output_of(fields.get("tool_response")).failed:
        return ()
    return envelope_changes(text(mapping(fields, "tool_input"), "command", "input", "patch"), "apply_patch")


def _command(fields: Object) -> Command | None:
    from fixloop.emit.transcripts.codex_calls import command_line, unwrapped
    from fixloop.emit.transcripts.codex_outputs import output_of

    given = mapping(fields, "tool_input")
    asked = given.get("command", given.get("cmd"))
    line = unwrapped(asked) if isinstance(asked, str) else command_line(asked)
    if not line:
        return None
    output = output_of(fields.get("tool_response"))
    return Command(
        line,
        output=output.text,
        exit_code=output.exit_code,
        failed=bool(output.exit_code),
        ended=output.running is None,
    )

"""Which of its hooks each agent is asked for. One table a host: its settings and its plugin are both made from it."""

from dataclasses import dataclass
from typing import Any, Final

from fixloop.emit.hosts.command import Command

LIMIT_SECONDS: Final = 3
"""For so long a host waits for a hook at most; one that was started gives up after a second by itself. Codex waits no longer at the end."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A moment at which the host calls."""

    event: str
    matcher: str = ""
    """For which tools; empty: for all, or there is none to choose."""
    waited_for: bool = False
    """The host has to wait for it, else it would be lost. Only Claude Code can do otherwise."""
    newer: bool = False
    """Versions in use do not know it yet. They pass it over in settings, and refuse a whole plugin that names it."""


CLAUDE_CODE: Final = (
    Hook("SessionStart"),
    Hook("PostToolUse", "Edit|Write|MultiEdit|NotebookEdit|Bash|TaskOutput|BashOutput"),
    Hook("PostToolUseFailure", "Bash"),
    Hook("PostModelSwitch", newer=True),
    Hook("SessionEnd", waited_for=True),
)
CODEX: Final = (
    Hook("SessionStart"),
    Hook("PostToolUse", "Bash|apply_patch"),
    Hook("SessionEnd"),
)
GEMINI: Final = (
    Hook("SessionStart"),
    Hook("AfterTool", "replace|write_file|run_shell_command"),
    Hook("SessionEnd"),
)
CURSOR: Final = (
    Hook("sessionStart"),
    Hook("afterFileEdit"),
    Hook("postToolUse", "Shell"),
    Hook("postToolUseFailure", "Shell"),
    Hook("sessionEnd"),
)
COPILOT: Final = (
    Hook("SessionStart"),
    Hook("PostToolUse"),
    Hook("PostToolUseFailure"),
    Hook("SessionEnd"),
)

Entries = tuple[tuple[str, dict[str, Any]], ...]
"""By event, in order, what stands in its list."""


def claude_code(command: Command, *, plugin: bool = False) -> Entries:
    """Started without a shell, and beside the session; in settings, or in a plugin."""
    program, *arguments = command.words
    handler = {"type": "command", "command": program, "args": arguments, "timeout": LIMIT_SECONDS}
    return tuple(
        (hook.event, _group(hook, handler if hook.waited_for else {**handler, "async": True}))
        for hook in CLAUDE_CODE
        if not (plugin and hook.newer)
    )


def codex(command: Command) -> Entries:
    """As Claude Code, by a shell."""
    handler = {"type": "command", "command": command.line, "timeout": LIMIT_SECONDS}
    return tuple((hook.event, _group(hook, handler)) for hook in CODEX)


def gemini(command: Command) -> Entries:
    """As Codex, with the time in milliseconds, and a name to switch it off by."""
    handler = {
        "name": "fixloop",
        "type": "command",
        "command": command.line,
        "timeout": LIMIT_SECONDS * 1_000,
    }
    return tuple((hook.event, _group(hook, handler)) for hook in GEMINI)


def cursor(command: Command) -> Entries:
    """Without groups: the matcher stands beside the command."""
    handler = {"command": command.line, "timeout": LIMIT_SECONDS}
    return tuple(
        (hook.event, {**handler, "matcher": hook.matcher} if hook.matcher else handler) for hook in CURSOR
    )


def copilot(command: Command) -> Entries:
    """Names of events in capitals, which give the calls that other agents give too; a line for each shell."""
    handler = {
        "type": "command",
        "bash": command.posix,
        "powershell": command.powershell,
        "timeoutSec": LIMIT_SECONDS,
    }
    return tuple((hook.event, handler) for hook in COPILOT)


def _group(hook: Hook, handler: dict[str, Any]) -> dict[str, Any]:
    return {"matcher": hook.matcher, "hooks": [handler]} if hook.matcher else {"hooks": [handler]}

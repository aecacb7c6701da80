"""What Claude Code's plugin has for hooks, made from the table that `fixloop install claude-code` uses too."""

import json
from pathlib import Path
from typing import Final

from fixloop.emit.hosts.command import Command
from fixloop.emit.hosts.hook_tables import claude_code

FILE: Final = Path(__file__).parents[2] / "plugins/claude-code/hooks/hooks.json"
_DESCRIPTION: Final = (
    "Records sessions, edits, restores, commits and test runs in fixloop's spool. Never blocks, never prints."
)


def document() -> str:
    """The whole file. A plugin knows no path, so the script is found by its name."""
    events: dict[str, list[object]] = {}
    for event, entry in claude_code(Command(("fixloop-hook", "claude-code")), plugin=True):
        events.setdefault(event, []).append(entry)
    return json.dumps({"description": _DESCRIPTION, "hooks": events}, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")

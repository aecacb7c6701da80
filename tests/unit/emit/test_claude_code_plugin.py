"""What Claude Code installs: the hooks that the emitter understands, none of which can hold a session up."""

import json
from pathlib import Path

from fixloop import __version__

PLUGIN = Path(__file__).parents[3] / "plugins/claude-code"


def test_each_hook_calls_fixloop_beside_the_session() -> None:
    """In exec form, in the background and with a time limit; only the end of a session is waited for, else it would be lost."""
    hooks = json.loads((PLUGIN / "hooks/hooks.json").read_text())["hooks"]
    assert hooks.keys() == {
        "SessionStart",
        "SessionEnd",
        "PostModelSwitch",
        "PostToolUse",
        "PostToolUseFailure",
    }
    for event, entries in hooks.items():
        for entry in entries:
            for hook in entry["hooks"]:
                assert (hook["command"], hook["args"]) == ("fixloop-hook", ["claude-code"])
                assert hook["timeout"] <= 5
                assert hook.get("async", False) is (event != "SessionEnd")


def test_the_plugin_has_the_version_of_fixloop() -> None:
    """One release, one number."""
    assert json.loads((PLUGIN / ".claude-plugin/plugin.json").read_text())["version"] == __version__

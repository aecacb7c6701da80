"""What Claude Code installs: the hooks that the emitter understands, none of which can hold a session up."""

import json
import re
from pathlib import Path
from typing import Any

from fixloop import __version__
from fixloop.emit.hosts.command import Command
from fixloop.emit.hosts.hook_tables import claude_code
from tests.plugins.claude_code_hooks import FILE, document

PROJECT = Path(__file__).parents[3]
PLUGIN = PROJECT / "plugins/claude-code"

_KEBAB = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"


def _read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text())
    return value


def test_the_plugin_and_the_installer_ask_for_the_same_hooks() -> None:
    """One table makes both; `make generate` writes the plugin's file anew."""
    assert document() == FILE.read_text()


def test_each_hook_calls_fixloop_beside_the_session() -> None:
    """In exec form, in the background and with a time limit; only the end of a session is waited for, else it would be lost."""
    hooks = _read(FILE)["hooks"]
    assert {"SessionStart", "SessionEnd", "PostToolUse", "PostToolUseFailure"} == hooks.keys()
    for event, entries in hooks.items():
        for entry in entries:
            for hook in entry["hooks"]:
                assert (hook["command"], hook["args"]) == ("fixloop-hook", ["claude-code"])
                assert hook["timeout"] <= 3
                assert hook.get("async", False) is (event != "SessionEnd")


def test_settings_ask_for_what_only_newer_versions_know() -> None:
    """Claude Code 2.1.197 refuses a plugin with an event that it does not know, all of it, and passes one in settings over."""
    command = Command(("fixloop-hook", "claude-code"))
    settings, plugin = claude_code(command), claude_code(command, plugin=True)
    assert {"PostModelSwitch"} == {event for event, _ in settings} - {event for event, _ in plugin}
    assert [] == [entry for entry in plugin if entry not in settings]


def test_the_plugin_has_the_version_of_fixloop() -> None:
    """One release, one number."""
    assert __version__ == _read(PLUGIN / ".claude-plugin/plugin.json")["version"]


def test_the_manifest_is_as_it_is_documented() -> None:
    """A name in kebab case, a version of three numbers, an author with a name, words as keywords, and no other field."""
    manifest = _read(PLUGIN / ".claude-plugin/plugin.json")
    assert {"name", "version", "description", "author", "license", "keywords"} == manifest.keys()
    assert re.fullmatch(_KEBAB, manifest["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    assert {"name"} == manifest["author"].keys()
    assert all(isinstance(word, str) for word in manifest["keywords"])


def test_the_marketplace_leads_to_the_plugin() -> None:
    """`/plugin marketplace add` of this repository finds the plugin under the name that it gives itself."""
    market = _read(PROJECT / ".claude-plugin/marketplace.json")
    assert {"name", "description", "owner", "plugins"} == market.keys()
    assert re.fullmatch(_KEBAB, market["name"])
    assert market["owner"]["name"]
    (listed,) = market["plugins"]
    assert listed["source"].startswith("./")
    manifest = _read(PROJECT / listed["source"] / ".claude-plugin/plugin.json")
    assert manifest["name"] == listed["name"]

"""OpenCode's plugin, which is a file in a folder of plugins: its text, as it comes with fixloop."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fixloop.emit.hosts.command import SCRIPT, Command

_PLACES: Final = (
    Path(__file__).with_name("opencode_plugin.js"),
    Path(__file__).parents[4] / "plugins/opencode/src/fixloop.js",
)
"""In an installed package, and in the project."""

_COMMAND: Final = f'const COMMAND = ["{SCRIPT}", "opencode"];\n'
"""The line of the plugin that says what it starts."""


def plugin_text(command: Command, places: Sequence[Path] = _PLACES) -> str:
    """What to write into OpenCode's folder of plugins: the plugin, which starts this command.

    Raises:
        FileNotFoundError: this installation has no plugin.
    """
    for path in places:
        if path.is_file():
            words = json.dumps(list(command.words), ensure_ascii=False)
            return path.read_text(encoding="utf-8").replace(_COMMAND, f"const COMMAND = {words};\n", 1)
    raise FileNotFoundError("this installation of fixloop has no plugin for OpenCode")

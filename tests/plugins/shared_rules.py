"""Writes the rules that the VS Code extension shares with the rest, as data: `python -m tests.plugins.shared_rules`.

Its logic is a port; what the logic goes by is not, so that a rule that is changed here cannot be forgotten there.
"""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from fixloop_schemas import path_role
from fixloop_schemas.commands import wrappers
from fixloop_schemas.commands.runners import RULES
from tests.plugins.javascript_rules import in_javascript

FOLDER = Path(__file__).parents[2] / "plugins/vscode/src"


def shared_rules() -> Mapping[str, str]:
    """Every file by name, as it has to be."""
    return {
        "runners.json": _text(_runners()),
        "wrappers.json": _text(_wrappers()),
        "roles.json": _text(_roles()),
    }


def _runners() -> object:
    """Of each rule its name, its programs and their subcommands, in the order in which they are tried."""
    return [
        {"name": rule.name, "programs": sorted(rule.programs), "subcommands": sorted(rule.subcommands)}
        for rule in RULES
    ]


def _wrappers() -> object:
    """What may stand before a program, by the names that the rules have for it."""
    return {
        "words": sorted(wrappers.WRAPPERS),
        "two_words": sorted(" ".join(pair) for pair in wrappers.TWO_WORD_WRAPPERS),
        "behind_a_sign": {" ".join(pair): signs for pair, signs in wrappers.BEHIND_A_SIGN.items()},
        "containers": sorted(wrappers.CONTAINERS),
        "conda": sorted(wrappers.CONDA),
        "place_options": sorted(wrappers.PLACE_OPTIONS),
        "shells": sorted(wrappers.SHELLS),
        "shell_script": wrappers.SHELL_SCRIPT.pattern,
        "ssh_options": sorted(wrappers.SSH_OPTIONS),
        "python_runners": sorted(wrappers.PYTHON_RUNNERS),
        "max_depth": wrappers.MAX_DEPTH,
    }


def _roles() -> object:
    """The patterns by which a path's role is found, in JavaScript's words (flags `u`), and the folders that they do not say."""
    patterns = {
        name.lstrip("_").lower(): in_javascript(value.pattern)
        for name, value in vars(path_role).items()
        if isinstance(value, re.Pattern)
    }
    return {
        "patterns": patterns,
        "workspaces": sorted(path_role._WORKSPACES),
        "helper_folders": sorted(path_role._HELPER_FOLDERS),
    }


def _text(content: object) -> str:
    return json.dumps(content, indent=1) + "\n"


if __name__ == "__main__":
    for name, text in shared_rules().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{FOLDER / name}\n")

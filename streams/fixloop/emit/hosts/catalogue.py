"""Every host, with the places of its settings. A host more is an entry more."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from fixloop.emit.hosts import hook_tables
from fixloop.emit.hosts.command import Command
from fixloop.emit.hosts.git_hooks import hook_files
from fixloop.emit.hosts.hook_tables import Entries
from fixloop.emit.hosts.host import Host, HostFile, Place
from fixloop.emit.hosts.json_hooks import JsonSettings
from fixloop.emit.hosts.opencode_plugin import plugin_text

_Files = Callable[[Place, Command], tuple[HostFile, ...]]
_Folder = Callable[[Place], Path]


def _named(variable: str, otherwise: str) -> _Folder:
    """The folder that a variable names, else this one in the home."""
    return lambda place: (
        Path(place.environment[variable])
        if place.environment.get(variable)
        else place.home.joinpath(otherwise)
    )


def _inside(variable: str, folder: str) -> _Folder:
    """This folder inside the one that a variable names, else inside the home."""
    return lambda place: Path(place.environment.get(variable) or place.home) / folder


def _in_project(folder: str) -> _Folder:
    return lambda place: place.project / folder


def _json(
    folder: _Folder,
    file: str,
    settings: JsonSettings,
    entries: Callable[[Command], Entries],
    *,
    ours_alone: bool = False,
) -> _Files:
    def files(place: Place, command: Command) -> tuple[HostFile, ...]:
        return (
            HostFile(
                folder(place) / file,
                add=partial(settings.add, entries=entries(command)),
                remove=settings.remove,
                holds_nothing=settings.holds_nothing,
                masked=settings.masked,
                ours_alone=ours_alone,
            ),
        )

    return files


def _plugin(folder: _Folder) -> _Files:
    def files(place: Place, command: Command) -> tuple[HostFile, ...]:
        path = folder(place) / "plugins/fixloop.js"
        return (HostFile(path, add=lambda _: plugin_text(command), remove=lambda _: "", ours_alone=True),)

    return files


_CLAUDE_CODE: Final = JsonSettings(grouped=True)
_CODEX: Final = JsonSettings(grouped=True)
_GEMINI: Final = JsonSettings(grouped=True, comments=True)
_CURSOR: Final = JsonSettings(grouped=False, version=1, comments=True, commas=True)
_COPILOT: Final = JsonSettings(grouped=False, version=1)

_claude_folder: Final = _named("CLAUDE_CONFIG_DIR", ".claude")
_codex_folder: Final = _named("CODEX_HOME", ".codex")
_gemini_folder: Final = _inside("GEMINI_CLI_HOME", ".gemini")
_copilot_folder: Final = _named("COPILOT_HOME", ".copilot")


def _cursor_folder(place: Place) -> Path:
    return place.home / ".cursor"


def _opencode_folder(place: Place) -> Path:
    return Path(place.environment.get("XDG_CONFIG_HOME") or place.home / ".config") / "opencode"


HOSTS: Final = (
    Host(
        "claude-code",
        "Claude Code",
        _claude_folder,
        _json(_claude_folder, "settings.json", _CLAUDE_CODE, hook_tables.claude_code),
        _json(_in_project(".claude"), "settings.json", _CLAUDE_CODE, hook_tables.claude_code),
        "It holds from the next session on; /hooks in Claude Code lists it.",
    ),
    Host(
        "codex",
        "Codex CLI",
        _codex_folder,
        _json(_codex_folder, "hooks.json", _CODEX, hook_tables.codex),
        _json(_in_project(".codex"), "hooks.json", _CODEX, hook_tables.codex),
        "Codex runs a new or changed hook only after you have trusted it: type /hooks in Codex. Until then it passes it over"
        " without a word.",
    ),
    Host(
        "gemini",
        "Gemini CLI",
        _gemini_folder,
        _json(_gemini_folder, "settings.json", _GEMINI, hook_tables.gemini),
        _json(_in_project(".gemini"), "settings.json", _GEMINI, hook_tables.gemini),
        "It holds from the next session on; /hooks in Gemini CLI lists it.",
    ),
    Host(
        "cursor",
        "Cursor",
        _cursor_folder,
        _json(_cursor_folder, "hooks.json", _CURSOR, hook_tables.cursor),
        _json(_in_project(".cursor"), "hooks.json", _CURSOR, hook_tables.cursor),
        "Start Cursor anew; its settings list the hook under Hooks.",
    ),
    Host(
        "copilot",
        "GitHub Copilot CLI",
        _copilot_folder,
        _json(_copilot_folder, "hooks/fixloop.json", _COPILOT, hook_tables.copilot, ours_alone=True),
        _json(_in_project(".github"), "hooks/fixloop.json", _COPILOT, hook_tables.copilot, ours_alone=True),
        "It holds from the next session on.",
    ),
    Host(
        "opencode",
        "OpenCode",
        _opencode_folder,
        _plugin(_opencode_folder),
        _plugin(_in_project(".opencode")),
        "It holds from the next start of OpenCode on.",
    ),
    Host(
        "git",
        "git",
        lambda place: place.project / ".git",
        None,
        hook_files,
        "It holds for this repository from now on.",
    ),
)
"""In the order in which they are listed."""

BY_NAME: Final[Mapping[str, Host]] = {host.name: host for host in HOSTS}

"""The command that a host runs: quoted for each shell, and known again."""

import shlex
import subprocess

import pytest

from fixloop.emit.hosts.command import Command, is_ours, line_is_ours

PATHS = (
    "/usr/bin/fixloop-hook",
    "/home/ada/my env/bin/fixloop-hook",
    "/home/ada/o'neil $HOME `x`/bin/fixloop-hook",
    "C:\\Users\\Ada Lovelace\\venv\\Scripts\\fixloop-hook.exe",
    "C:\\venv\\Scripts\\fixloop-hook.exe",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("windows", [False, True])
def test_every_way_to_write_it_is_known_again(path: str, windows: bool) -> None:
    """With spaces, quotes and backslashes, for each shell, and without one."""
    command = Command((path, "codex"), windows)
    assert is_ours({"command": command.line})
    assert is_ours({"bash": command.posix, "powershell": command.powershell})
    assert is_ours({"type": "command", "command": path, "args": ["codex"]})


def test_a_posix_shell_takes_the_line_as_these_words() -> None:
    """A shell is asked."""
    words = ("printf", "%s\n", "/home/ada/o'neil $HOME `x`/bin", "a b", "C:\\x")
    said = subprocess.run(["sh", "-c", Command(words).line], capture_output=True, text=True, check=True)
    assert list(words[2:]) == said.stdout.splitlines()


def test_windows_shells_get_quotes_that_they_know() -> None:
    """Double ones for its own shell; PowerShell needs a call, and its quotes twice."""
    command = Command(("C:\\o'neil x\\fixloop-hook.exe", "codex"), windows=True)
    assert '"C:\\o\'neil x\\fixloop-hook.exe" codex' == command.line
    assert "& 'C:\\o''neil x\\fixloop-hook.exe' 'codex'" == command.powershell
    assert list(command.words) == shlex.split(command.posix)


@pytest.mark.parametrize(
    "line",
    [
        "fixloop-hook claude-code",
        "fixloop hook claude-code",
        "/usr/bin/python3 -m fixloop.emit.agents.hook codex",
    ],
)
def test_older_ways_to_call_are_ours_too(line: str) -> None:
    """What was written by hand, or by another version."""
    assert line_is_ours(line)


@pytest.mark.parametrize(
    "handler",
    [
        {"command": "fixloop-hook codex; rm x"},
        {"command": "fixloop-hook codex && mine"},
        {"command": "mine /x/fixloop-hook codex"},
        {"command": "/x/fixloop-hook-wrapper codex"},
        {"command": "fixloop-hook"},
        {"command": "fixloop up"},
        {"command": "tee x | fixloop-hook codex"},
        {"command": "echo 'unclosed fixloop-hook"},
        {"command": 7},
        {"type": "prompt", "prompt": "fixloop-hook codex"},
        {"bash": "fixloop-hook copilot", "powershell": "mine"},
        "fixloop-hook codex",
    ],
)
def test_what_does_more_than_call_us_is_somebody_elses(handler: object) -> None:
    """A person's own line with fixloop in it stays theirs."""
    assert not is_ours(handler)

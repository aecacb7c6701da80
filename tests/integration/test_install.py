"""`fixloop install HOST` and `fixloop uninstall HOST`, as a person types them: shown, asked for, working, and gone again to the byte."""

import json
import os
import pty
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.agents.hook import HOSTS as HEARD
from fixloop.emit.hosts.catalogue import BY_NAME
from tests.architecture.project import program
from tests.integration.host_calls import CALLS, command_of, edit_of

AGENTS = tuple(CALLS)
SHARED = {
    "claude-code": ".claude/settings.json",
    "codex": ".codex/hooks.json",
    "gemini": ".gemini/settings.json",
    "cursor": ".cursor/hooks.json",
}
"""The files that hold other people's settings too."""

SETTINGS = """{
    "version": 1,
    "env": {"TOKEN": "sk-secret"},
    "hooks": {
        "PostToolUse": [],
        "Stop": [ ]
    }
}"""


class Home:
    """A person's home with a project in it, and the command line run there."""

    def __init__(self, folder: Path) -> None:
        self.path, self.project, self.spool = folder / "home", folder / "project", folder / "spool"
        for made in (self.path, self.project / ".git"):
            made.mkdir(parents=True)
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        self.environment = {**kept, "HOME": str(self.path), "FIXLOOP_SPOOL": str(self.spool)}

    def run(self, *arguments: str, code: int = 0) -> str:
        """What the command says; it ends with this code, and never with a stack."""
        ran = subprocess.run(
            [program("fixloop"), *arguments],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert code == ran.returncode, ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr
        return ran.stdout + ran.stderr

    def asked(self, answer: str, *arguments: str, first: tuple[Path, str] | None = None) -> tuple[int, str]:
        """The command on a terminal, with this answer to its question, before which a file may change."""
        master, slave = pty.openpty()
        with subprocess.Popen(
            [program("fixloop"), *arguments],
            cwd=self.project,
            env=self.environment,
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as ran:
            assert ran.stdout is not None
            said = ""
            while "[y/N]" not in said:
                piece = ran.stdout.read(1)
                assert piece, said
                said += piece
            if first is not None:
                first[0].write_text(first[1])
            os.write(master, f"{answer}\n".encode())
            said += ran.stdout.read()
        os.close(master)
        os.close(slave)
        return ran.returncode, said

    def write(self, name: str, text: str = SETTINGS) -> Path:
        """A file in the home."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    def tree(self) -> Mapping[str, object]:
        """All that is in the home and the project, with modes and links."""
        return {str(path): _content(path) for folder in (self.path, self.project) for path in _all(folder)}


def _all(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*"))


def _content(path: Path) -> object:
    if path.is_symlink():
        return path.readlink()
    return path.stat().st_mode, path.read_bytes() if path.is_file() else None


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path)


@pytest.mark.parametrize("project", [False, True], ids=["user", "project"])
@pytest.mark.parametrize("host", AGENTS)
def test_what_was_installed_works_and_goes_without_a_trace(host: str, project: bool, home: Home) -> None:
    """Nothing was there before, and nothing is there afterwards; in between, the host's call ends in the spool."""
    options = ["--project"] if project else []
    before = home.tree()
    said = home.run("install", host, "--yes", *options)
    assert "--- /dev/null" in said
    installed = home.tree()
    assert "already" in home.run("install", host, *options)
    assert installed == home.tree()
    assert "yes" in _row(home.run("install", *options), host)

    file = next(
        path
        for path in _all(home.project if project else home.path)
        if path.name.endswith(".json") and "hooks" in path.read_text()
    )
    edited = home.project / "it.py"
    edited.write_text("x = 1\n")
    for argv, call in command_of(host, json.loads(file.read_text()), edit_of(host, edited, home.path)):
        ran = subprocess.run(
            argv,
            env=home.environment,
            cwd=home.path,
            input=json.dumps(call),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (0, "", "") == (ran.returncode, ran.stdout, ran.stderr)
    if host in HEARD:
        assert ["dev.fixloop.edit.applied.v1"] == _spooled(home.spool, ".edit.applied.")
    edited.unlink()
    shutil.rmtree(
        home.project / ".git/fixloop", ignore_errors=True
    )  # who works here now: the emitter's, and soon forgotten

    home.run("uninstall", host, "--yes", *options)
    assert before == home.tree()
    assert "does not call fixloop" in home.run("uninstall", host, *options)


@pytest.mark.parametrize("host", SHARED)
def test_settings_that_were_there_come_back_to_the_byte(host: str, home: Home) -> None:
    """With their mode, behind a link, with odd spaces and empty lists; and no text of theirs was shown."""
    real = home.write("dotfiles/settings.json")
    real.chmod(0o600)
    link = home.path / SHARED[host]
    link.parent.mkdir()
    link.symlink_to(real)
    before = home.tree()
    said = home.run("install", host, "--yes")
    assert "sk-secret" not in said
    assert "+" in said
    assert link.is_symlink()
    assert (0o600, "sk-secret") == (real.stat().st_mode & 0o777, json.loads(real.read_text())["env"]["TOKEN"])
    assert "sk-secret" not in home.run("uninstall", host, "--yes")
    assert before == home.tree()


@pytest.mark.parametrize("text", ["", "{}", "{ }\n", '{"hooks":{}}', "{\r\n}"])
def test_files_with_nothing_in_them_stay(text: str, home: Home) -> None:
    """Install did not make them, so uninstall does not take them."""
    home.write(".claude/settings.json", text)
    before = home.tree()
    home.run("install", "claude-code", "--yes")
    home.run("uninstall", "claude-code", "--yes")
    assert before == home.tree()


def test_what_others_change_in_between_stays(home: Home) -> None:
    """The host writes its settings anew, and only the hooks go."""
    file = home.write(".claude/settings.json", '{\n  "model": "a"\n}\n')
    home.run("install", "claude-code", "--yes")
    settings = json.loads(file.read_text())
    settings["model"] = "b"
    settings["hooks"]["Stop"] = [{"hooks": [{"type": "command", "command": "mine"}]}]
    file.write_text(json.dumps(settings))
    home.run("uninstall", "claude-code", "--yes")
    left = {"model": "b", "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "mine"}]}]}}
    assert left == json.loads(file.read_text())


def test_an_older_installation_is_replaced_and_then_goes(home: Home) -> None:
    """A path that is no more is not called beside the new one, and what comes back is the file from before both."""
    file = home.write(".codex/hooks.json", '{"hooks": {}}\n')
    home.run("install", "codex", "--yes")
    file.write_text(file.read_text().replace(str(Path(program("fixloop-hook")).parent), "/old/place"))
    assert "older" in _row(home.run("install"), "codex")
    home.run("install", "codex", "--yes")
    assert "/old/place" not in file.read_text()
    assert "yes" in _row(home.run("install"), "codex")
    home.run("uninstall", "codex", "--yes")
    assert {} == json.loads(file.read_text()).get("hooks", {})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("claude-code", '{"model": "a",'),
        ("claude-code", '{\n  // mine\n  "model": "a"\n}'),
        ("claude-code", "[]"),
        ("codex", '{"hooks": []}'),
        ("gemini", '{"hooks": {"AfterTool": {}}}'),
        ("gemini", '{\n  // mine\n  "a": 1,\n}'),
        ("cursor", "\x00"),
    ],
)
def test_a_file_that_nobody_understands_is_left_alone(name: str, text: str, home: Home) -> None:
    """The error names the file and, where there is one, the place; nothing is written."""
    home.write(SHARED[name], text)
    before = home.tree()
    for command in ("install", "uninstall") if text != '{"hooks": {"AfterTool": {}}}' else ("install",):
        said = home.run(command, name, "--yes", code=1)
        assert SHARED[name] in said
        assert "left as it is" in said
    assert before == home.tree()
    assert SHARED[name] in _row(home.run("install"), name) or name == "gemini"


def test_comments_stay_where_the_host_reads_them(home: Home) -> None:
    """Gemini CLI does."""
    home.write(".gemini/settings.json", '{\n  // mine\n  "a": 1 // theirs\n}\n')
    before = home.tree()
    home.run("install", "gemini", "--yes")
    assert "// theirs" in (home.path / ".gemini/settings.json").read_text()
    home.run("uninstall", "gemini", "--yes")
    assert before == home.tree()


def test_nothing_changes_unless_somebody_agrees(home: Home) -> None:
    """Without a terminal it says what to do and fails; a dry run is content with showing; a person may say no."""
    home.write(".claude/settings.json")
    before = home.tree()
    for command in ("install", "uninstall"):
        said = home.run(command, "claude-code", code=1)
        assert ("+++" in said, "--yes" in said) == (True, True)
        assert "+++" in home.run(command, "claude-code", "--dry-run")
        code, said = home.asked("n", command, "claude-code")
        assert (1, True) == (code, "Nothing was changed" in said)
        assert before == home.tree()
        code, said = home.asked("y", command, "claude-code")
        assert (0, False) == (code, before == home.tree())
        before = home.tree()


def test_a_file_that_changes_while_it_is_asked_for_is_not_overwritten(home: Home) -> None:
    """What was shown is no longer what would be made."""
    file = home.write(".claude/settings.json")
    code, said = home.asked("y", "install", "claude-code", first=(file, '{"new": 1}'))
    assert (1, True) == (code, "Run the command again" in said)
    assert '{"new": 1}' == file.read_text()


def test_a_home_that_cannot_be_written_is_named(home: Home) -> None:
    """A file stands where the folder should be."""
    home.write(".claude", "")
    before = home.tree()
    assert ".claude/settings.json" in home.run("install", "claude-code", "--yes", code=1)
    assert before == home.tree()


def test_the_hosts_say_where_their_settings_are(home: Home) -> None:
    """By the variables that the hosts themselves heed."""
    for host, variable, file in (
        ("claude-code", "CLAUDE_CONFIG_DIR", "settings.json"),
        ("codex", "CODEX_HOME", "hooks.json"),
        ("gemini", "GEMINI_CLI_HOME", ".gemini/settings.json"),
        ("copilot", "COPILOT_HOME", "hooks/fixloop.json"),
    ):
        home.environment[variable] = str(home.path / host)
        home.run("install", host, "--yes")
        assert (home.path / host / file).is_file()


def test_all_hosts_are_listed(home: Home) -> None:
    """Which there are, and which are in use here."""
    home.write(".cursor/hooks.json", "{}")
    said = home.run("install")
    assert [] == [host for host in BY_NAME if not _row(said, host)]
    assert str(home.path / ".cursor") in _row(said, "cursor")
    assert "-" in _row(said, "codex").split()


def test_a_host_that_there_is_not_is_named(home: Home) -> None:
    """With those that there are."""
    for command in ("install", "uninstall"):
        said = home.run(command, "emacs", code=2)
        assert "emacs" in said
        assert "claude-code" in said


def _row(listing: str, host: str) -> str:
    return next((line for line in listing.splitlines() if line.split(" ")[0] == host), "")


def _spooled(spool: Path, part: str) -> list[Any]:
    lines = [json.loads(line) for path in spool.rglob("*.jsonl") for line in path.read_text().splitlines()]
    return [line["type"] for line in lines if part in line["type"]]

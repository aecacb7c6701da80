"""What can go wrong around fixloop, and what its hosts notice of it: nothing. One line in fixloop's log says so."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from fixloop.emit import emit_log
from tests.services.ports import free_ports
from tests.unit.emit.hook_calls import call, edited

_TESTS = "def test_passes():\n    assert True\n\n\ndef test_fails():\n    assert 1 == 2\n"


class Host:
    """A project in a home, worked on by pytest and by an agent whose hook is called."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.home = folder / "home"
        self.project = folder / "project"
        self.temporary = folder / "tmp"
        for directory in (self.home, self.project, self.temporary):
            directory.mkdir()
        (self.project / "test_it.py").write_text(_TESTS)
        (self.project / "it.py").write_text("x = 1\n")
        outside = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("FIXLOOP", "PYTEST", "CLAUDE", "XDG"))
        }
        self.environment = {
            **outside,
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "PYTHONDONTWRITEBYTECODE": "1",
            **settings,
        }

    def pytest(self, *, watched: bool) -> tuple[int, str, str]:
        """A run of the tests: exit code, output without times, errors."""
        environment = {**self.environment, "FIXLOOP": "1" if watched else "off"}
        ran = self._run(["-m", "pytest", "-p", "no:cacheprovider", "-q"], environment)
        return ran.returncode, re.sub(r"in [\d.]+s", "in TIME", ran.stdout), ran.stderr

    def hook(self) -> tuple[int, str, str]:
        """A call of the agent's hook after an edit."""
        payload = edited(self.project / "it.py", "x = ", "x = 1 + ")
        ran = self._run(
            ["-m", "fixloop.emit.agents.hook", "claude-code"], self.environment, json.dumps(payload)
        )
        return ran.returncode, ran.stdout, ran.stderr

    def odd_hook(self) -> tuple[int, str, str]:
        """A call that is not what the agent sends."""
        payload = json.dumps(call("PostToolUse", self.project, tool_name="Edit", tool_input=[7]))
        ran = self._run(["-m", "fixloop.emit.agents.hook", "claude-code"], self.environment, payload)
        return ran.returncode, ran.stdout, ran.stderr

    def log(self, spool: Path) -> list[str]:
        """What fixloop's log says: in the spool, or where that cannot be written."""
        places = (spool, self.temporary / f"fixloop-{os.getuid()}")
        return [
            line
            for place in places
            if (place / emit_log.NAME).is_file()
            for line in (place / emit_log.NAME).read_text().splitlines()
        ]

    def _run(
        self, arguments: list[str], environment: dict[str, str], given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.project,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def spool_at(home: Path) -> Path:
    """Where the spool of a home is by default."""
    return home / ".local" / "state" / "fixloop" / "spool"


def types_in(spool: Path) -> list[str]:
    """The types of its events, in order."""
    lines = [
        line for path in sorted(spool.glob("sessions/*/*.jsonl")) for line in path.read_bytes().splitlines()
    ]
    return [json.loads(line)["type"] for line in lines]


def is_said_once(log: list[str], what: str) -> None:
    """The log says it, and no line of it twice."""
    assert any(what in line for line in log)
    said = [line.split(" ", 2)[2] for line in log]
    assert len(set(said)) == len(said)


def is_untouched(host: Host) -> None:
    """The run is as without fixloop, to the letter, and the hook lets its agent go on in silence."""
    without = host.pytest(watched=False)
    assert (1, "") == (without[0], without[2])
    assert without == host.pytest(watched=True)
    assert (0, "", "") == host.hook()


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A small disk of its own at `folder`."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size=64k,mode=0700,{options}", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> None:
    """Leave no room at all."""
    with (disk / "ballast").open("ab", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(b"x" * 4096)


def test_a_full_disk(tmp_path: Path) -> None:
    """Nothing can be written, neither events nor the log beside them; the log is among the temporary files."""
    with mounted(tmp_path / "disk", "rw") as disk:
        spool = disk / "spool"
        host = Host(tmp_path, FIXLOOP_SPOOL=str(spool), FIXLOOP_DIGEST_KEY="k")
        (disk / "spool").mkdir()
        fill(disk)
        is_untouched(host)
        is_said_once(host.log(spool), "No space left on device")


def test_a_disk_that_has_room_again(tmp_path: Path) -> None:
    """What found no room is named as dropped, and the session goes on."""
    with mounted(tmp_path / "disk", "rw") as disk:
        spool = disk / "spool"
        host = Host(tmp_path, FIXLOOP_SPOOL=str(spool), FIXLOOP_DIGEST_KEY="k", FIXLOOP_SESSION="s1")
        assert (0, "", "") == host.hook()
        fill(disk)
        for _ in range(12):  # the page at the session's end has room for some
            assert (0, "", "") == host.hook()
        (disk / "ballast").unlink()
        assert (0, "", "") == host.hook()
        is_said_once(host.log(spool), "No space left on device")
        types = types_in(spool)
    assert ["dev.fixloop.events.dropped.v1", "dev.fixloop.edit.applied.v1"] == types[-2:]


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    """Where the spool would be there is no place for a folder; this is true of root as well."""
    host = Host(tmp_path)
    (host.home / ".local").write_text("a file, where a folder should be\n")
    is_untouched(host)
    is_said_once(host.log(spool_at(host.home)), "Not a directory")


def test_a_home_on_a_read_only_disk(tmp_path: Path) -> None:
    """Neither the spool nor its key nor its log can be made."""
    host = Host(tmp_path)
    with mounted(host.home, "ro"):
        is_untouched(host)
        is_said_once(host.log(spool_at(host.home)), "Read-only file system")


@pytest.mark.parametrize(
    "content",
    ["kafka = \n", "spool = [1]\n", "deny = true\n", "\x00\x01"],
    ids=["torn", "list", "odd", "binary"],
)
def test_settings_that_cannot_be_read(tmp_path: Path, content: str) -> None:
    """A mistake in the file that somebody edits just now."""
    host = Host(tmp_path)
    settings = host.home / ".config" / "fixloop" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(content)
    is_untouched(host)
    assert host.log(spool_at(host.home))


def test_a_settings_file_that_is_not_there(tmp_path: Path) -> None:
    """It is named and missing."""
    host = Host(tmp_path, FIXLOOP_CONFIG=str(tmp_path / "nowhere.toml"))
    is_untouched(host)
    assert host.log(spool_at(host.home))


def test_a_hook_that_is_called_in_an_odd_way(tmp_path: Path) -> None:
    """The agent goes on in silence."""
    assert (0, "", "") == Host(tmp_path).odd_hook()


def test_a_dead_broker(tmp_path: Path) -> None:
    """Emitters don't know that there is one; what they write waits in the spool."""
    (port,) = free_ports(1)
    host = Host(tmp_path, FIXLOOP_KAFKA=f"127.0.0.1:{port}")
    is_untouched(host)
    spool = spool_at(host.home)
    assert [] == host.log(spool)
    assert list(spool.glob("sessions/*/*.jsonl"))

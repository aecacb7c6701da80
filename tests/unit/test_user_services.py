"""`fixloop ship` as a service of one user: what systemd and launchd are given is right, and calls a command that is there."""

import configparser
import os
import plistlib
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from fixloop.cli import build_parser

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNIT = DEPLOY / "systemd" / "fixloop-ship.service"
PLIST = DEPLOY / "launchd" / "dev.fixloop.ship.plist"


def an_installed_fixloop(home: Path) -> Path:
    """The command where `pip install --user` and pipx put it; it says what it was called with."""
    command = home / ".local" / "bin" / "fixloop"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return command


def understood(arguments: list[str]) -> bool:
    """Whether the command line takes them, and goes on until it is told to end."""
    parsed = build_parser().parse_args(arguments)
    return (parsed.command, parsed.follow) == ("ship", True)


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    """With the command where the unit expects it, `systemd-analyze verify` says nothing."""
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    an_installed_fixloop(tmp_path)
    (tmp_path / "run").mkdir(mode=0o700)
    told = subprocess.run(
        [verify, "--user", "verify", "--man=no", str(UNIT)],
        env={**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (0, "") == (told.returncode, told.stdout + told.stderr)


def test_systemd_starts_a_command_that_is_understood() -> None:
    """And does not start it again when its settings cannot be read."""
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT, encoding="utf-8")
    program, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert "%h/.local/bin/fixloop" == program
    assert understood(arguments)
    assert "2" == unit["Service"]["RestartPreventExitStatus"]


def test_launchd_starts_a_command_that_is_understood(tmp_path: Path) -> None:
    """Its shell finds the command in the user's home, and the log where macOS shows logs; nobody else reads it."""
    job = plistlib.loads(PLIST.read_bytes())
    an_installed_fixloop(tmp_path)
    logs = tmp_path / "Library" / "Logs"
    logs.mkdir(parents=True)
    subprocess.run(
        job["ProgramArguments"],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        timeout=30,
        check=True,
    )
    said = (logs / "fixloop-ship.log").read_text(encoding="utf-8")
    assert understood(said.split())
    assert PLIST.stem == job["Label"]
    assert {"SuccessfulExit": False} == job["KeepAlive"]
    assert 0o077 == job["Umask"]

"""Where the project's files are."""

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SOURCE_ROOTS: Final = (ROOT / "streams", ROOT / "schemas")
PACKAGES: Final = (ROOT / "streams" / "fixloop", ROOT / "schemas" / "fixloop_schemas")


def run(*command: str) -> str:
    """What a program says, run in the project's root; an exit code other than 0 fails the test with what it said."""
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert 0 == done.returncode, f"{command[0]}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def program(name: str) -> str:
    """A console script of the environment that the tests run in."""
    return str(Path(sys.executable).with_name(name))


def committed_files() -> list[Path]:
    """Every file that git knows and that is there."""
    names = run("git", "ls-files", "-z").split("\0")
    return [path for path in (ROOT / name for name in names if name) if path.is_file()]


def package_files() -> list[Path]:
    """Every file of the packages, without what Python leaves behind."""
    return sorted(
        path
        for package in PACKAGES
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )

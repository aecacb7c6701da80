"""The small projects of `tests/data/javascript`, ready to be run, with the package's reporters beside them."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.services.node_packages import installed, node, workbench

PLUGIN: Final = Path(__file__).parents[2] / "plugins/javascript"
PROJECTS: Final = Path(__file__).parents[1] / "data/javascript"
_PROGRAMS: Final = {
    "jest": "jest/bin/jest.js",
    "mocha": "mocha/bin/mocha.js",
    "playwright": "@playwright/test/cli.js",
    "vitest": "vitest/vitest.mjs",
}
_OURS: Final = (
    "FIXLOOP",
    "CLAUDE",
    "CODEX",
    "COPILOT",
    "PYTEST",
    "JEST",
    "VITEST",
    "MOCHA",
    "NODE_TEST",
    "GIT_",
)


def laid_out(target: Path) -> Path:
    """The package, and beside it the projects, each a repository, all of which find the runners and the package."""
    packages = installed(PLUGIN) / "node_modules"
    workbench(target, PLUGIN)
    modules = target / "node_modules"
    modules.mkdir()
    for package in packages.iterdir():
        if package.name == "mocha":  # it looks for what it is to require beside itself
            shutil.copytree(package, modules / package.name, symlinks=True)
        else:
            (modules / package.name).symlink_to(package)
    (modules / "fixloop").symlink_to(target / PLUGIN.name)
    for project in PROJECTS.iterdir():
        if project.is_dir():
            shutil.copytree(project, target / project.name)
            subprocess.run(["git", "init", "-q", "-b", "main", str(target / project.name)], check=True)
    return target


@dataclass(frozen=True, slots=True)
class Projects:
    """The projects of one test, with a spool of their own."""

    folder: Path
    home: Path
    """A folder of the test's own."""

    @property
    def spool(self) -> Path:
        """Where the reporters write."""
        return self.home / "spool"

    def environment(self, **more: str) -> dict[str, str]:
        """That of a runner which is asked for its runs."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_OURS) and name not in ("CI", "FORCE_COLOR", "NODE_OPTIONS")
        }
        ours = {"HOME": str(self.home), "TMPDIR": str(self.home), "NO_COLOR": "1", "FIXLOOP": "1"}
        return {**kept, **ours, "FIXLOOP_SPOOL": str(self.spool), "FIXLOOP_DIGEST_KEY": "k", **more}

    def command(self, *command: str) -> list[str]:
        """A command whose program is Node or one of the packages'."""
        program, *arguments = command
        script = [] if program == "node" else [str(self.folder / "node_modules" / _PROGRAMS[program])]
        return [node(), *script, *arguments]

    def run(self, project: str, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """What comes of a command in a project."""
        return subprocess.run(
            self.command(*command),
            cwd=self.folder / project,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @contextmanager
    def running(self, project: str, *command: str) -> Iterator[subprocess.Popen[str]]:
        """A command that goes on, in a process group of its own, which is ended at last."""
        with subprocess.Popen(
            self.command(*command),
            cwd=self.folder / project,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, 9)

    def dropped(self, what: str) -> int:
        """How many events of a type are in the drop boxes."""
        files = self.spool.glob("sessions/*/inbox/[!.]*.jsonl")
        return sum(path.read_text(encoding="utf-8").count(f".{what}.v1") for path in files)

    def wait_for(self, what: str, count: int) -> None:
        """Return when there are so many events of a type in the drop boxes."""
        deadline = time.monotonic() + 30
        while self.dropped(what) < count:
            assert time.monotonic() < deadline, f"{self.dropped(what)} of {count} {what}"
            time.sleep(0.05)

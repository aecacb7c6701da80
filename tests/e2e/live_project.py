"""A small project that is worked on: edits through Claude Code's hook, tests through pytest, each a process of its own."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.unit.emit.hook_calls import bash, call, edited

SESSION = "claude-session"
AS_IT_WAS = """def total(prices):
    return sum(prices)


def label(name):
    return name
"""
FIX_OF_TOTAL = ("return sum(prices)", "return sum(int(price) for price in prices)")
MENDS_LABEL_AND_UNDOES_THE_FIX = (
    """    return sum(int(price) for price in prices)


def label(name):
    return name
""",
    """    result = 0
    for price in prices:
        result = result + price
    return result


def label(name):
    return name.upper()
""",
)
_TESTS = """from shop import label, total


def test_total():
    assert total(["1", "2"]) == 3


def test_label():
    assert label("tea") == "TEA"
"""


class LiveProject:
    """The project in `folder`, with fixloop switched on; the spool and the store lie beside it."""

    def __init__(self, folder: Path, *, session: str = SESSION, started: bool = True) -> None:
        self.folder = folder
        self.data = folder.parent / "data"
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("FIXLOOP", "PYTEST"))
            },
            "FIXLOOP": "1",
            "FIXLOOP_SPOOL": str(folder.parent / "spool"),
            "FIXLOOP_DATA": str(self.data),
            "CLAUDE_CODE_SESSION_ID": session,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        folder.mkdir()
        subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True)
        (folder / "shop.py").write_text(AS_IT_WAS)
        (folder / "test_shop.py").write_text(_TESTS)
        if started:
            self.hook(call("SessionStart", folder, source="startup", model="model-x"))

    def hook(self, fields: dict[str, Any]) -> None:
        """Claude Code calls its hook."""
        done = self._python("-m", "fixloop.emit.agents.hook", "claude-code", given=json.dumps(fields))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def edit(self, old: str, new: str) -> None:
        """The agent edits the product."""
        self.hook(edited(self.folder / "shop.py", old, new))

    def test(self) -> dict[str, str]:
        """The agent runs the tests; the outcomes as pytest itself says them, which are the same unwatched."""
        watched = self._outcomes(self.environment)
        assert watched == self._outcomes({**self.environment, "FIXLOOP": "0"})
        return watched

    def test_exit_code(self) -> int:
        """The agent runs the tests, with the plugin; how they end."""
        return self._python("-m", "pytest", "-q", "-p", "no:cacheprovider").returncode

    def test_in_the_agents_shell(self, *, watched: bool) -> None:
        """The agent runs the tests in its shell, with the plugin or without it, and calls its hook with what it was shown."""
        command = "python -m pytest -rA -q -p no:cacheprovider"
        environment = {**self.environment, "FIXLOOP": "1"} if watched else dict(self.environment)
        if not watched:
            del environment["FIXLOOP"]
        done = self._python(*command.split()[1:], environment=environment)
        failed = f"Exit code {done.returncode}\n{done.stdout}" if done.returncode else None
        before = self._read()
        self.hook(bash(self.folder, command, error=failed, stdout="" if failed else done.stdout))
        deadline = time.monotonic() + 60
        while self._read() == before:  # what the command printed is read by a child that outlives the hook
            assert time.monotonic() < deadline, "what the command printed was never read"
            time.sleep(0.02)

    def _read(self) -> list[str]:
        """What was read of commands so far."""
        return [path.read_text() for path in (self.folder.parent / "spool").rglob("shell-runs.json")]

    def fixloop(self, *arguments: str) -> str:
        """What a command prints."""
        done = self._python("-m", "fixloop", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """The answer of `fixloop sql`."""
        answer: list[dict[str, Any]] = json.loads(self.fixloop("sql", sql, "--format", "json"))
        return answer

    def _outcomes(self, environment: dict[str, str]) -> dict[str, str]:
        done = self._python("-m", "pytest", "-rA", "-q", "-p", "no:cacheprovider", environment=environment)
        words = [
            line.split()[:2] for line in done.stdout.splitlines() if line.startswith(("PASSED", "FAILED"))
        ]
        return {name.rpartition("::")[2]: word.lower() for word, name in words}

    def _python(
        self, *arguments: str, given: str = "", environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environment or self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

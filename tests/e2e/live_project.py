"""A small project that is worked on: edits through Claude Code's hook, tests through pytest, each a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.unit.emit.hook_calls import call, edited

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

    def __init__(self, folder: Path) -> None:
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
            "CLAUDE_CODE_SESSION_ID": SESSION,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        folder.mkdir()
        subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True)
        (folder / "shop.py").write_text(AS_IT_WAS)
        (folder / "test_shop.py").write_text(_TESTS)
        self.hook(call("SessionStart", folder, source="startup", model="model-x"))

    def hook(self, fields: dict[str, Any]) -> None:
        """Claude Code calls its hook."""
        done = self._python("-m", "fixloop.emit.claude_code_hook", given=json.dumps(fields))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def edit(self, old: str, new: str) -> None:
        """The agent edits the product."""
        self.hook(edited(self.folder / "shop.py", old, new))

    def test(self) -> dict[str, str]:
        """The agent runs the tests; the outcomes as pytest itself says them, which are the same unwatched."""
        watched = self._outcomes(self.environment)
        assert watched == self._outcomes({**self.environment, "FIXLOOP": "0"})
        return watched

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

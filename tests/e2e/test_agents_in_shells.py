"""Agents as processes: their hook, and pytest in the shell that they start, meet in one session without any setting."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.emit.git_repositories import a_repository
from tests.unit.emit.spooled import events_of

_CALLS = Path(__file__).parents[1] / "data/agents"
_TEST = "import shop\n\n\ndef test_price():\n    assert shop.price() == 2\n"
_HOOK = f"{sys.executable} -m fixloop.emit.agents.hook"
_PYTEST = f"{sys.executable} -m pytest --fixloop -q -p no:cacheprovider"
_AGENTS_VARIABLES = ("FIXLOOP", "CLAUDE", "CODEX", "COPILOT", "GEMINI", "CURSOR", "OPENCODE", "PYTEST")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one test that passes after the edit of each host's session."""
    shop = "def price():\n    return 2\n\n\ndef name():\n    return 'tea'\n"
    return a_repository(tmp_path / "project", shop_py=shop, test_shop_py=_TEST)


def run(project: Path, script: str, agent: str = "agent", **environment: str) -> list[tuple[str, str]]:
    """Source and session of each event after an agent ran a script; its process is a shell that has the agent's name."""
    shell = shutil.which("sh")
    assert shell is not None
    program = project.parent / agent
    program.unlink(missing_ok=True)
    program.symlink_to(shell)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_AGENTS_VARIABLES)}
    clean |= {"FIXLOOP_SPOOL": str(project.parent / "spool"), **environment}
    subprocess.run(
        [program, "-c", f"{script}; true"], cwd=project, env=clean, check=True, capture_output=True
    )
    events = events_of(project.parent / "spool")
    told = {(event.source, str(event.data.session_id)) for event in events}
    return sorted(one for one in told if one[0] != "/workspace")  # not every edit of the session is made here


def hooked(project: Path, host: str) -> str:
    """A script that calls the hook with the start of the host's session and its first edit."""
    found: list[dict[str, Any]] = json.loads(
        (_CALLS / f"{host}.json").read_text().replace("{ROOT}", str(project))
    )
    lines = []
    for number in (0, 1):
        path = project.parent / f"{host}-{number}.json"
        path.write_text(json.dumps(found[number]["call"]))
        lines.append(f"{_HOOK} {host} < {path}")
    return "; ".join(lines)


@pytest.mark.parametrize(
    ("host", "variables", "agent", "session"),
    [
        ("gemini", "GEMINI_CLI=1", "gemini-cli", "g-1"),
        ("cursor", "CURSOR_AGENT=1", "cursor", "chat-1"),
        ("codex", "CODEX_SESSION_ID=th-1 CODEX_THREAD_ID=th-2", "codex", "th-1"),
        ("copilot", "COPILOT_AGENT_SESSION_ID=cp-1", "copilot-cli", "cp-1"),
    ],
)
@pytest.mark.parametrize("outer", [{}, {"CLAUDE_CODE_SESSION_ID": "c1"}], ids=["alone", "inside Claude Code"])
def test_the_hook_and_pytest_in_the_agents_shell(
    project: Path, host: str, variables: str, agent: str, session: str, outer: dict[str, str]
) -> None:
    """One session, by a marker or by the agent's variable; also where the agent was started by another one."""
    script = f"{hooked(project, host)}; {variables} sh -c '{_PYTEST}; true'"
    assert [(f"/agent/{agent}", session), ("/runner/pytest", session)] == run(project, script, **outer)


def test_a_persons_own_run_is_another_session(project: Path) -> None:
    """The agent works on in the same working copy, and does not start it."""
    run(project, hooked(project, "gemini"), "gemini")
    found = run(project, _PYTEST, "terminal")
    (own,) = (session for source, session in found if source == "/runner/pytest")
    assert own.startswith("local-")

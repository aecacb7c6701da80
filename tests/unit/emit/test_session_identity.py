"""One rule for all emitters: the golden cases, markers, and who stays apart."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.emitter import Emitter
from fixloop.emit.session.identity import GEMINI, session_id
from fixloop.emit.session.markers import (
    FRESH_SECONDS,
    Marker,
    agent_process,
    chosen,
    mark,
    marked_session,
    unmark,
)
from fixloop.emit.session.processes import Process, ancestors
from fixloop_schemas.digest import Digester
from tests.unit.emit.git_repositories import git

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "docs/sessions.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_golden_cases(case: dict[str, Any]) -> None:
    """What docs/sessions.json says is what we do."""
    found = session_id(
        case["environment"],
        Digester(case["key"].encode()),
        Path(case["root"]),
        case["told"],
        linked=case["linked"],
        marked=lambda: case["marked"],
        around=lambda: case["around"],
    )
    assert case["session"] == found


def test_the_environment_around_is_that_of_real_processes() -> None:
    """What the shell between was started with is seen, what it sets for its own command is not there."""
    script = (
        "from fixloop.emit.session.processes import environments; "
        "print([one.get('OUTER', '') + one.get('INNER', '') for one in environments()][0])"
    )
    shell = ["sh", "-c", 'INNER=2 "$0" -c "$1"; true', sys.executable, script]
    told = subprocess.run(shell, capture_output=True, text=True, check=True, env={**os.environ, "OUTER": "1"})
    if not Path("/proc/self/environ").exists():
        pytest.skip("only Linux tells")
    assert "1" == told.stdout.strip()


SHELL = Process(12, "bash", "200")
AGENT = Process(11, "node", "100")
TERMINAL = Process(10, "tmux", "1")


def a_marker(
    session: str, pid: int = 11, started: str = "100", agent: str = GEMINI, age: float = 1.0
) -> Marker:
    """A marker of the agent's process, where nothing else is said."""
    return Marker(session, agent, pid, started, age)


def test_a_command_of_the_agent_is_in_its_session() -> None:
    """It descends from the process that the marker names."""
    assert "s1" == chosen([a_marker("s1")], (SHELL, AGENT, TERMINAL), None, [])


def test_a_persons_own_run_is_not() -> None:
    """In another terminal of the same working copy."""
    assert chosen([a_marker("s1")], (Process(30, "bash", "9"), TERMINAL), None, [11]) is None


def test_a_number_that_is_used_again_is_another_process() -> None:
    """The agent is gone, and a shell has its number."""
    assert chosen([a_marker("s1")], (Process(11, "bash", "999"),), None, [11]) is None


def test_two_agents_in_one_working_copy_stay_apart() -> None:
    """Each has a process; of one inside the other, the inner one counts."""
    both = [a_marker("outer", 10, "1"), a_marker("inner", 11, "100")]
    assert "inner" == chosen(both, (SHELL, AGENT, TERMINAL), None, [])
    assert "outer" == chosen(both, (Process(40, "bash", "3"), TERMINAL), None, [])


def test_where_processes_do_not_tell_the_agents_name_does() -> None:
    """The latest fresh marker of that agent whose process runs."""
    markers = [
        a_marker("old", 21, age=50.0),
        a_marker("new", 22, age=5.0),
        a_marker("other", 23, agent="cursor", age=1.0),
    ]
    assert "new" == chosen(markers, (), GEMINI, [21, 22, 23])
    assert "old" == chosen(markers, (), GEMINI, [21, 23])
    assert chosen([a_marker("s", age=FRESH_SECONDS + 1)], (), GEMINI, [11]) is None


def test_the_agent_is_what_is_no_shell_and_no_wrapper() -> None:
    """Above its hook."""
    assert AGENT == agent_process((Process(14, "python3.11", "3"), Process(13, "sh", "2"), AGENT, TERMINAL))
    assert agent_process((SHELL,)) is None


def test_a_marker_is_found_by_what_descends_and_goes_at_the_end(tmp_path: Path) -> None:
    """Real processes: the agent here is whoever runs these tests and is no Python; without one, nothing is marked."""
    mark(tmp_path, "s1", GEMINI)
    if agent_process(ancestors()) is None:
        assert marked_session(tmp_path, None) is None
        pytest.skip("only shells and wrappers run these tests")
    assert "s1" == marked_session(tmp_path, None)
    script = (
        "import sys; from pathlib import Path; from fixloop.emit.session.markers import marked_session; "
        "print(marked_session(Path(sys.argv[1]), None))"
    )
    inside = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "s1" == inside.stdout.strip()
    unmark(tmp_path, "s1")
    assert marked_session(tmp_path, None) is None


def test_broken_markers_are_none(tmp_path: Path) -> None:
    """Whatever stands in the git directory."""
    folder = tmp_path / "fixloop"
    folder.mkdir()
    for number, content in enumerate(
        (b"", b"[]", b"{}", b'{"session_id": 1, "agent": 2, "pid": "x", "started": 3}')
    ):
        (folder / f"{number}.json").write_bytes(content)
    assert marked_session(tmp_path, GEMINI) is None


def test_worktrees_are_sessions_of_their_own(tmp_path: Path) -> None:
    """The agent's id, and which worktree; the main working copy keeps the id as it is."""
    main = tmp_path / "main"
    main.mkdir()
    git(main, "init", "-q", "-b", "main")
    git(main, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "--allow-empty", "-m", "one")
    git(main, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    environment = {
        "FIXLOOP_SPOOL": str(tmp_path / "spool"),
        "CLAUDE_CODE_SESSION_ID": "claude-1",
        "HOME": os.environ.get("HOME", str(tmp_path)),
    }
    of_main = Emitter.here(environment, main)
    of_side = Emitter.here(environment, tmp_path / "side")
    assert of_main is not None
    assert of_side is not None
    assert "claude-1" == of_main.session_id
    assert of_side.session_id.startswith("claude-1~")

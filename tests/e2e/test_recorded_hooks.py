"""A session of Claude Code 2.1.197, call by call as it called its hook; pytest runs in its shell, as it did then."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.live_project import LiveProject

_CALLS = Path(__file__).parents[1] / "data/agents/claude-code.recorded.json"
_STORY = "SELECT type, source FROM events WHERE type LIKE '%edit.applied%' OR type LIKE '%testsuiterun.finished%' ORDER BY seq"
_DETECTIONS = "SELECT kind, alerting, test_case_names FROM detections WHERE status = 'open' ORDER BY kind"


@pytest.fixture
def project(tmp_path: Path) -> LiveProject:
    """The project that the session worked on, before it began."""
    made = LiveProject(tmp_path / "project", session="recorded-session", started=False)
    for file in made.folder.glob("*.py"):
        file.unlink()
    (made.folder / "it.py").write_text("x = 1\n")
    (made.folder / "test_it.py").write_text("import it\n\n\ndef test_x():\n    assert it.x == 2\n")
    return made


def replay(project: LiveProject) -> None:
    """Do what each call says was done, and call the hook with it."""
    calls: list[dict[str, Any]] = json.loads(_CALLS.read_text().replace("{ROOT}", str(project.folder)))
    for call in calls:
        given, answer = call.get("tool_input", {}), call.get("tool_response", {})
        if call.get("tool_name") == "Edit":
            text = answer["originalFile"].replace(given["old_string"], given["new_string"])
            Path(given["file_path"]).write_text(text)
        elif call.get("tool_name") == "Write":
            Path(given["file_path"]).write_text(given["content"])
        elif call.get("tool_name") == "Bash":
            assert project.test_exit_code() == (1 if call["hook_event_name"] == "PostToolUseFailure" else 0)
        project.hook(call)


def test_the_cycle_that_the_session_acts_out(project: LiveProject) -> None:
    """Red, fixed, taken out beside which nothing else changed, a new file, and put back: one session, in the order of its work."""
    replay(project)
    project.fixloop("up", "--once")
    edit = {"type": "dev.fixloop.edit.applied.v1", "source": "/agent/claude-code"}
    run = {"type": "dev.fixloop.testsuiterun.finished.v1", "source": "/runner/pytest"}
    assert project.ask(_STORY) == [run, edit, run, edit, run, edit, edit, run]
    assert project.ask("SELECT uniqExact(session_id) AS sessions FROM events") == [{"sessions": 1}]
    assert project.ask(_DETECTIONS) == [
        {"kind": kind, "alerting": True, "test_case_names": ["test_it.py::test_x"]}
        for kind in ("lost_fix", "reintroduction")
    ]

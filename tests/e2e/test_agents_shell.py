"""Live, as Claude Code works: edits and commands through its hook, pytest in its shell, with the plugin and without."""

from pathlib import Path

import pytest

from tests.e2e.live_project import FIX_OF_TOTAL, MENDS_LABEL_AND_UNDOES_THE_FIX, LiveProject

_RUNS = "SELECT source, count() AS runs FROM events WHERE type = 'dev.fixloop.testsuiterun.finished.v1' GROUP BY source"
_DETECTIONS = "SELECT kind, test_case_names, round(confidence, 2) AS confidence FROM detections WHERE alerting AND status = 'open'"
_SESSIONS = "SELECT uniqExact(session_id) AS sessions FROM events"


@pytest.fixture
def project(tmp_path: Path) -> LiveProject:
    """Two functions, and a test of each that fails."""
    return LiveProject(tmp_path / "project")


def reintroduce(project: LiveProject, *, watched: bool) -> None:
    """A is fixed, and an edit that mends B undoes the fix; the tests run before, between and after."""
    project.test_in_the_agents_shell(watched=watched)
    project.edit(*FIX_OF_TOTAL)
    project.test_in_the_agents_shell(watched=watched)
    project.edit(*MENDS_LABEL_AND_UNDOES_THE_FIX)
    project.test_in_the_agents_shell(watched=watched)
    project.fixloop("up", "--once")


def test_what_the_plugin_tells_the_hook_does_not_tell_again(project: LiveProject) -> None:
    """Three runs, one session, and the cycle that the session acts out."""
    reintroduce(project, watched=True)
    assert project.ask(_RUNS) == [{"source": "/runner/pytest", "runs": 3}]
    assert project.ask(_SESSIONS) == [{"sessions": 1}]
    (found,) = project.ask(_DETECTIONS)
    assert (found["kind"], found["test_case_names"]) == ("reintroduction", ["test_shop.py::test_total"])


def test_without_a_plugin_the_agents_shell_is_enough(project: LiveProject) -> None:
    """Nobody switched anything on in the project: the same cycle, from what the agent was shown."""
    reintroduce(project, watched=False)
    assert project.ask(_RUNS) == [{"source": "/agent/claude-code", "runs": 3}]
    assert project.ask(_SESSIONS) == [{"sessions": 1}]
    (found,) = project.ask(_DETECTIONS)
    assert (found["kind"], found["test_case_names"]) == ("reintroduction", ["test_shop.py::test_total"])

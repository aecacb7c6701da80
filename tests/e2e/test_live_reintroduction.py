"""Live: edits through the hook, tests through the plugin, and what comes of them in `fixloop sql`."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.live_project import FIX_OF_TOTAL, MENDS_LABEL_AND_UNDOES_THE_FIX, LiveProject

_DETECTIONS = "SELECT kind, alerting, status, test_case_names, fixing_edits, breaking_edits, gen_ai_request_model FROM detections"
_EDITS = "SELECT event_id FROM edits ORDER BY seq"


@pytest.fixture
def project(tmp_path: Path) -> LiveProject:
    """Two functions, and a test of each that fails."""
    return LiveProject(tmp_path / "project")


def reintroduce(project: LiveProject) -> None:
    """A is fixed, and an edit that mends B undoes the fix in other words."""
    assert project.test() == {"test_total": "failed", "test_label": "failed"}
    project.edit(*FIX_OF_TOTAL)
    assert project.test() == {"test_total": "passed", "test_label": "failed"}
    project.edit(*MENDS_LABEL_AND_UNDOES_THE_FIX)
    assert project.test() == {"test_total": "failed", "test_label": "passed"}


def test_a_fix_that_another_fix_undoes_is_one_reintroduction(project: LiveProject) -> None:
    """With the edit that fixed and the edit that broke, by their events' ids."""
    reintroduce(project)
    said = project.fixloop("up", "--once")
    fixing, breaking = [row["event_id"] for row in project.ask(_EDITS)]
    (found,) = project.ask(f"{_DETECTIONS} WHERE alerting")
    assert found == {
        "kind": "reintroduction",
        "alerting": True,
        "status": "open",
        "test_case_names": ["test_shop.py::test_total"],
        "fixing_edits": [fixing],
        "breaking_edits": [breaking],
        "gen_ai_request_model": "model-x",
    }
    assert "reintroduction" in said
    assert "fixed in shop.py; broken in shop.py" in said


def test_what_was_read_is_not_read_again(project: LiveProject) -> None:
    """A second time nothing is new, and what is known stays as it is."""
    reintroduce(project)
    project.fixloop("up", "--once")
    before = project.ask(_DETECTIONS)
    assert project.fixloop("up", "--once") == "read 0 events\n"
    assert project.ask(_DETECTIONS) == before


def test_a_fix_taken_out_and_put_back_is_a_restore_check(project: LiveProject) -> None:
    """Whoever looks whether the test fails without the fix has reintroduced nothing."""
    project.test()
    project.edit(*FIX_OF_TOTAL)
    project.test()
    project.edit(*reversed(FIX_OF_TOTAL))
    assert project.test()["test_total"] == "failed"
    project.edit(*FIX_OF_TOTAL)
    assert project.test()["test_total"] == "passed"
    project.fixloop("up", "--once")
    standing = project.ask("SELECT kind, alerting FROM detections WHERE status = 'open'")
    assert standing == [{"kind": "restore_check", "alerting": False}]


def test_up_follows_answers_and_ends_cleanly(project: LiveProject) -> None:
    """The line comes while the work goes on, `fixloop sql` is answered meanwhile, and SIGTERM is a clean end."""
    follower = subprocess.Popen(
        [sys.executable, "-m", "fixloop", "up"],
        cwd=project.folder,
        env=project.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert follower.stdout is not None
        assert follower.stdout.readline().startswith("following ")
        reintroduce(project)
        assert follower.stdout.readline().startswith("reintroduction ")
        assert len(project.ask(f"{_DETECTIONS} WHERE alerting")) == 1
        follower.send_signal(signal.SIGTERM)
        assert follower.stdout.readline().startswith("read ")
        assert follower.wait(60) == 0
    finally:
        follower.kill()
        follower.communicate()

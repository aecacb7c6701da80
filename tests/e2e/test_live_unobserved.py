"""Live: files that change behind the editor's back, between two runs of pytest."""

import subprocess
from pathlib import Path

from tests.e2e.live_project import FIX_OF_TOTAL, LiveProject

_DETECTIONS = "SELECT kind, alerting, fixing_edits, breaking_edits FROM detections WHERE status = 'open'"
_EDITS = "SELECT event_id, source FROM events WHERE type = 'dev.fixloop.edit.applied.v1' ORDER BY seq"


def test_sed_between_two_runs_is_never_flaky(tmp_path: Path) -> None:
    """A script takes the fix out and tells nobody: the code was not the same, and the edit that broke it is the one found in the files."""
    project = LiveProject(tmp_path / "project")
    project.test()
    project.edit(*FIX_OF_TOTAL)
    assert project.test()["test_total"] == "passed"
    subprocess.run(["sed", "-i", "s/sum(.*)/sum(list(prices))/", "shop.py"], cwd=project.folder, check=True)
    assert project.test()["test_total"] == "failed"
    project.fixloop("up", "--once")
    told, found = project.ask(_EDITS)
    assert (told["source"], found["source"]) == ("/agent/claude-code", "/workspace")
    assert project.ask(_DETECTIONS) == [
        {
            "kind": "reintroduction",
            "alerting": True,
            "fixing_edits": [told["event_id"]],
            "breaking_edits": [found["event_id"]],
        }
    ]

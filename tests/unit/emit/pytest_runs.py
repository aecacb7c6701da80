"""Runs of pytest in a small project, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from fixloop_schemas.codec import Event
from fixloop_schemas.events.suite_run_v1 import (
    CaseResult,
    SuiteRunFinishedV1,
    SuiteRunResultsV1,
    SuiteRunStartedV1,
)
from tests.unit.emit.spooled import events_of

_OURS = ("FIXLOOP", "CLAUDE", "PYTEST")


def run_pytest(
    project: Path, *arguments: str, on: bool = True, **environment: str
) -> subprocess.CompletedProcess[str]:
    """`pytest ARGUMENTS` in the project, watched unless `on` is False; the spool lies beside the project."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    ours = {
        "FIXLOOP_SPOOL": str(project.parent / "spool"),
        "FIXLOOP_DIGEST_KEY": "k",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if on:
        ours["FIXLOOP"] = "1"
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=project,
        env={**outside, **ours, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


class Recorded:
    """What the last watched run left in the spool."""

    def __init__(self, project: Path) -> None:
        self.events: list[Event] = events_of(project.parent / "spool")
        self.started = [event.data for event in self.events if isinstance(event.data, SuiteRunStartedV1)][-1]
        mine = [
            event.data for event in self.events if getattr(event.data, "run_id", None) == self.started.run_id
        ]
        self.parts = [data for data in mine if isinstance(data, SuiteRunResultsV1)]
        self.results: list[CaseResult] = [result for part in self.parts for result in part.results]
        self.finished = next((data for data in mine if isinstance(data, SuiteRunFinishedV1)), None)

    @property
    def outcomes(self) -> dict[str, str]:
        """Outcomes by test, without the file's name."""
        return {result.test_case_name.rpartition("::")[2]: str(result.outcome) for result in self.results}

    def end(self) -> SuiteRunFinishedV1:
        """The run's end, which has to be there."""
        assert self.finished is not None
        return self.finished

"""Test runs as an agent's shell showed them: told where no runner told them, and never twice."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.agents.one_call import record
from fixloop.emit.emitter import Emitter
from fixloop.emit.events import RUN_FINISHED, RUN_STARTED
from fixloop_schemas.codec import Event
from fixloop_schemas.events.suite_run_v1 import SuiteRunFinishedV1, SuiteRunResultsV1
from fixloop_schemas.vocabulary import Outcome
from tests.unit.emit.hook_calls import bash, call
from tests.unit.emit.spooled import events_of

RED = "FAILED tests/test_price.py::test_total - AssertionError: assert 3 == 4\n1 failed, 2 passed in 0.10s\n"
GREEN = "3 passed in 0.10s\n"
ENDED = {"run_id": "r1", "parts": 0, "status": "success", "results_complete": False}
FAILED = f"Exit code 1\n{RED}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
    return folder


def environment(project: Path) -> dict[str, str]:
    """What the hook runs with."""
    spool = project.parent / "spool"
    return {"FIXLOOP_SPOOL": str(spool), "FIXLOOP_DIGEST_KEY": "k", "HOME": str(project.parent)}


def hook(project: Path, *calls: dict[str, Any]) -> list[Event]:
    """All events after the calls, without the session's start."""
    for one in calls:
        record("claude_code", io.BytesIO(json.dumps(one).encode()), environment(project))
    return [event for event in events_of(project.parent / "spool") if "session.started" not in event.type]


def a_runner_begins(project: Path) -> Emitter:
    """The runner's own plugin says that a run of the session began; the emitter that says it."""
    emitter = Emitter.here(environment(project), project, agent="claude-code", told="claude-session")
    assert emitter is not None
    began = {"run_id": "r1", "framework": "pytest", "command": {}, "scope": "all"}
    emitter.emit(emitter.draft(RUN_STARTED, "/runner/pytest", began))
    return emitter


def outcomes(events: list[Event]) -> list[tuple[str, Outcome, bool]]:
    """Each result with its name, and whether it was deduced."""
    parts = [event.data for event in events if isinstance(event.data, SuiteRunResultsV1)]
    return [(one.test_case_name, one.outcome, one.inferred) for part in parts for one in part.results]


def test_a_red_run(project: Path) -> None:
    """The failures by name with their signatures; what only was counted has no outcome."""
    events = hook(project, bash(project, "cd . && pytest -q", error=FAILED))
    assert outcomes(events) == [("tests/test_price.py::test_total", Outcome.FAIL, False)]
    finished = events[-1].data
    assert isinstance(finished, SuiteRunFinishedV1)
    assert (finished.exit_code, finished.exit_code_reliable) == (1, True)
    assert {event.source for event in events} == {"/agent/claude-code"}
    assert events[0].data.gen_ai_agent_name == "claude-code"


def test_a_pass_that_a_later_call_shows(project: Path) -> None:
    """Each call is a process of its own; what was red is remembered between them, and its pass is a deduced one."""
    hook(project, bash(project, "pytest -q", error=FAILED))
    events = hook(project, bash(project, "pytest -q", stdout=GREEN))
    assert outcomes(events)[1:] == [("tests/test_price.py::test_total", Outcome.PASS, True)]


def test_a_runner_that_told_its_run_is_the_source(project: Path) -> None:
    """Nothing is added to it; the next run without one is the agent's to tell again."""
    emitter = a_runner_begins(project)
    emitter.emit(emitter.draft(RUN_FINISHED, "/runner/pytest", ENDED))
    assert len(hook(project, bash(project, "pytest -q", error=FAILED))) == 2
    later = hook(project, bash(project, "pytest -q tests", error=FAILED))[2:]
    assert outcomes(later) == [("tests/test_price.py::test_total", Outcome.FAIL, False)]


def test_a_run_that_has_begun_when_another_ones_call_comes_is_its_own(project: Path) -> None:
    """Hooks come late: the end alone of a runner's run, written since, is enough to know it."""
    emitter = a_runner_begins(project)
    hook(project, bash(project, "pytest -q a", error=FAILED))
    emitter.emit(emitter.draft(RUN_FINISHED, "/runner/pytest", ENDED))
    assert len(hook(project, bash(project, "pytest -q b", error=FAILED))) == 2


def ended(run_id: str, passed: int, failed: int) -> dict[str, Any]:
    """The end of a run that a runner tells, with what it counted."""
    totals = {"passed": passed, "failed": failed, "errors": 0, "skipped": 0}
    return {**ENDED, "run_id": run_id, "totals": totals}


def test_commands_side_by_side_are_each_their_runners_run(project: Path) -> None:
    """Both runs were told before the first of the two calls came: the second one adds nothing."""
    emitter = a_runner_begins(project)
    for end in (ended("r1", 2, 1), ended("r2", 3, 0)):
        emitter.emit(emitter.draft(RUN_FINISHED, "/runner/pytest", end))
    before = len(hook(project))
    assert len(hook(project, bash(project, "pytest -q b", stdout=GREEN))) == before
    assert len(hook(project, bash(project, "pytest -q a", error=FAILED))) == before


def test_a_run_that_counted_as_another_one_is_told(project: Path) -> None:
    """Each run of a runner is one command's: the next one that shows the same numbers is its own."""
    emitter = a_runner_begins(project)
    emitter.emit(emitter.draft(RUN_FINISHED, "/runner/pytest", ended("r1", 2, 1)))
    before = len(hook(project, bash(project, "pytest -q", error=FAILED)))
    later = hook(project, bash(project, "docker run app pytest -q", error=FAILED))[before:]
    assert outcomes(later) == [("tests/test_price.py::test_total", Outcome.FAIL, False)]


def test_runs_that_a_command_did_not_show_one_by_one_are_its_own(project: Path) -> None:
    """Three runs of one `make test`: none of them is left for a later command."""
    emitter = a_runner_begins(project)
    for number in range(3):
        emitter.emit(emitter.draft(RUN_FINISHED, "/runner/pytest", ended(f"r{number}", 5, number)))
    before = len(hook(project, bash(project, "pytest -q", error=FAILED)))
    later = hook(
        project, bash(project, "pytest -q", error=f"Exit code 1\n{RED.replace('2 passed', '5 passed')}")
    )
    assert len(later) > before


def test_a_run_in_the_background_is_a_runners_where_one_tells_runs(project: Path) -> None:
    """Others ran since it ended, so that no number says which run of a runner it was."""
    began = {"type": "assistant", "message": {"content": [{"id": "t1", "input": {"command": "pytest -q"}}]}}
    answered = {
        "message": {"content": [{"tool_use_id": "t1"}]},
        "toolUseResult": {"backgroundTaskId": "b1"},
        "cwd": str(project),
    }
    transcript = project.parent / "transcript.jsonl"
    transcript.write_text(f"{json.dumps(began)}\nbroken b1\n{json.dumps(answered)}\n")
    asked = call(
        "PostToolUse",
        project,
        tool_name="TaskOutput",
        tool_input={"task_id": "b1"},
        tool_response={"task": {"status": "failed", "output": RED, "exitCode": 1}},
    )
    asked["transcript_path"] = str(transcript)
    emitter = Emitter.here(environment(project), project, agent="claude-code", told="claude-session")
    assert emitter is not None
    emitter.emit(emitter.draft(RUN_FINISHED, "/runner/pytest", ENDED))
    assert len(hook(project, bash(project, "pytest -q", error=FAILED))) == 1
    assert len(hook(project, asked)) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"command": "echo test", "stdout": "1 failed"},
        {"command": "pytest -q", "stdout": "", "backgroundTaskId": "b1"},
        {"command": "pytest --version", "stdout": "pytest 9.2.0"},
    ],
    ids=["no tests", "goes on in the background", "runs nothing"],
)
def test_no_run(project: Path, asked: dict[str, Any]) -> None:
    """What shows no outcome of a test says nothing."""
    assert hook(project, bash(project, **asked)) == []


def test_no_text_of_the_output_is_in_the_spool(project: Path) -> None:
    """Names of tests are told; messages and commands are not."""
    hook(project, bash(project, "SECRET=planted pytest -q", error=FAILED.replace("3 == 4", "'planted' == 4")))
    written = b"".join(path.read_bytes() for path in (project.parent / "spool").rglob("*") if path.is_file())
    assert b"test_total" in written
    assert b"planted" not in written

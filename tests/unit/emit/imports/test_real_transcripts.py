"""Real transcripts: what is imported agrees with a count by other means, and with what was recorded of the same sessions."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from fixloop.ingest.event_files import read_events
from fixloop.land.store import dsn_of
from fixloop.workers.replay import replay_embedded
from fixloop_schemas.cloudevents import dump
from tests.unit.emit.imports.plain_count import (
    claude_code_counts,
    codex_counts,
    documents,
    mini_swe_agent_counts,
    never_run_counts,
)
from tests.unit.emit.imports.reading import Event, imported, of_type, short

_CLAUDE_CODE = [f"claude-code-{name}" for name in ("bun-1", "bun-2", "go-1", "go-2", "go-3", "go-4")]
_CODEX = ["codex-1", "codex-2", "codex-3"]
_MINI = ["mini-swe-agent-1", "mini-swe-agent-2", "mini-swe-agent-3"]


def _by_tool(events: Iterable[Event]) -> Counter[str]:
    return Counter(edit["gen_ai_tool_name"] for edit in of_type(events, "edit.applied"))


def _runs(events: Iterable[Event]) -> int:
    """Runs of test runners; scripts that are run by themselves are counted elsewhere."""
    return sum(run["framework"] != "script" for run in of_type(events, "testsuiterun.started"))


@pytest.mark.parametrize("name", _CLAUDE_CODE)
def test_claude_code_agrees_with_a_plain_count(transcripts: Path, name: str) -> None:
    """As many edits as structured answers, as many files removed as commands name, as many runs as commands call."""
    path = transcripts / f"{name}.jsonl.gz"
    events, _ = imported("claude-code", path)
    expected = claude_code_counts(path)
    tools = _by_tool(events)
    assert expected["edits by tools"] == tools["Edit"] + tools["Write"]
    assert expected["files removed"] == tools["rm"]
    assert expected["test runs"] == _runs(events)


@pytest.mark.parametrize("name", _CODEX)
def test_codex_agrees_with_a_plain_count(transcripts: Path, name: str) -> None:
    """As many edits as files in applied patches, as many runs as commands call."""
    path = transcripts / f"{name}.jsonl.gz"
    events, _ = imported("codex", path)
    expected = codex_counts(path)
    assert (expected["edits by tools"], expected["test runs"]) == (
        _by_tool(events)["apply_patch"],
        _runs(events),
    )


@pytest.mark.parametrize("name", _MINI)
def test_mini_swe_agent_agrees_with_a_plain_count(transcripts: Path, name: str) -> None:
    """As many edits of each sort as patterns find in the commands that were run, as many restores, and as many runs."""
    path = transcripts / f"{name}.json.gz"
    events, _ = imported("mini-swe-agent", path)
    expected = mini_swe_agent_counts(path)
    tools = _by_tool(events)
    assert [expected[tool] for tool in ("sed", "heredoc>", "script", "files removed", "restores")] == [
        tools["sed"],
        tools["heredoc>"],
        tools["script"],
        tools["rm"],
        len(of_type(events, "workspace.restored")),
    ]
    # A script may print what a test runner printed: such a run is one of that runner, and no command calls it.
    called = [run for run in of_type(events, "testsuiterun.started") if not _of_a_script(run)]
    assert expected["test runs"] == len(called)


def _of_a_script(run: Event) -> bool:
    return run["framework"] == "script" or str(run["command"].get("runner", "")).endswith((".sh", ".py"))


_RECORDED = [*_CLAUDE_CODE[2:], *_MINI]
"""Of the others there is no recording."""


@pytest.mark.parametrize("name", _CLAUDE_CODE[2:])
def test_claude_code_s_edits_and_runs_are_those_recorded(
    transcripts: Path, recordings: Path, name: str
) -> None:
    """Every recorded edit of a tool and every run, at the same moments, with as many lines and the same end.

    A transcript may hold a part of its session. Recordings do not know `rm`; what is between here and there is compared.
    """
    path = transcripts / f"{name}.jsonl.gz"
    events, _ = imported("claude-code", path)
    begin, end = (events[at]["time"][:23] for at in (0, -1))
    recorded = [one for one in _recorded(recordings, path) if begin <= one["ts"][:23] <= end]
    assert [(one["ts"][:23], one["added"], one["removed"]) for one in recorded if one["kind"] == "edit"] == [
        (event["time"][:23], event["data"]["lines_added"], event["data"]["lines_removed"])
        for event in events
        if short(event) == "edit.applied" and event["data"]["gen_ai_tool_name"] != "rm"
    ]
    assert [(one["ts"][:23], _ENDS[one["status"]]) for one in recorded if one["kind"] == "test"] == [
        (event["time"][:23], event["data"]["status"])
        for event in events
        if short(event) == "testsuiterun.finished"
    ]


@pytest.mark.parametrize("name", _CLAUDE_CODE[2:])
def test_claude_code_s_named_failures_are_those_recorded(
    transcripts: Path, recordings: Path, name: str
) -> None:
    """Every test that a recorded run names as red is red here, and the other way round; packages are named alike.

    What `go test` took from its cache was not run: recordings count such packages as passed, and here they have no outcome.
    """
    path = transcripts / f"{name}.jsonl.gz"
    events, _ = imported("claude-code", path)
    recorded = {one["ts"][:23]: one for one in _recorded(recordings, path) if one["kind"] == "test"}
    for event in events:
        if short(event) == "testsuiterun.results":
            told = recorded[event["time"][:23]]["tests"]
            assert {one["name"] for one in told if one["status"] == "fail"} == _red(event["data"])
            assert _passed(event["data"]) <= {one["name"] for one in told if one["status"] == "pass"}


@pytest.mark.parametrize("name", _MINI)
def test_mini_swe_agent_s_edits_are_those_recorded(transcripts: Path, recordings: Path, name: str) -> None:
    """As many edits of each sort, without those of messages that hold several commands: the agent never ran these.

    Recordings take edits in a message's first block whether it was run or not.
    """
    path = transcripts / f"{name}.json.gz"
    events, _ = imported("mini-swe-agent", path)
    recorded = Counter(one["op"] for one in _recorded(recordings, path) if one["kind"] == "edit")
    never_run = never_run_counts(path)
    tools = _by_tool(events)
    assert {op: recorded[op] - never_run[op] for op in ("sed", "heredoc>")} == {
        op: tools[op] for op in ("sed", "heredoc>")
    }
    assert 0 <= recorded["script"] - tools["script"] <= never_run["script"] + 1


@pytest.mark.parametrize("name", _MINI)
def test_mini_swe_agent_s_named_failures_are_those_recorded(
    transcripts: Path, recordings: Path, name: str
) -> None:
    """The tests that runs of a test runner named as red are the same, in the same order."""
    path = transcripts / f"{name}.json.gz"
    events, _ = imported("mini-swe-agent", path)
    here = [
        red
        for event in events
        if short(event) == "testsuiterun.results" and (red := _red_cases(event["data"]))
    ]
    recorded = [_recorded_red(one) for one in _recorded(recordings, path) if one["kind"] == "test"]
    assert [red for red in recorded if red] == here


@pytest.mark.parametrize("name", _RECORDED)
def test_detections_are_those_of_the_recording(
    transcripts: Path, recordings: Path, tmp_path: Path, name: str
) -> None:
    """Folded by the embedded runner, transcript and recording of a session alert alike: the same kinds, about the same tests."""
    path = next(transcripts.glob(f"{name}.json*"))
    events, _ = imported("claude-code" if name in _CLAUDE_CODE else "mini-swe-agent", path)
    recorded = _recorded(recordings, path)
    if name in _CLAUDE_CODE:
        recorded = [one for one in recorded if one["ts"][:23] <= events[-1]["time"][:23]]
    here, there = tmp_path / "here.jsonl", tmp_path / "there.jsonl"
    here.write_bytes(b"".join(dump(event) + b"\n" for event in events))
    there.write_text("".join(f"{json.dumps(one)}\n" for one in recorded))
    assert _alerting(there, tmp_path / "a") == _alerting(here, tmp_path / "b")


def _alerting(file: Path, store: Path) -> Counter[tuple[str, tuple[str, ...]]]:
    _, detections = replay_embedded(read_events([file]), dsn_of(store))
    standing = [
        one for one in detections if one.kind.alerting and one.status == "open" and one.confidence >= 0.6
    ]
    return Counter(
        (one.kind.value, tuple(sorted(bug.test_case_name for bug in one.bugs))) for one in standing
    )


_ENDS = {"pass": "success", "fail": "failure"}


def _red(results: Event) -> set[str]:
    return {one["test_case_name"] for one in results["results"] if one["outcome"] in ("fail", "error")}


def _passed(results: Event) -> set[str]:
    return {one["test_case_name"] for one in results["results"] if one["outcome"] == "pass"}


def _red_cases(results: Event) -> set[str]:
    cases = [one for one in results["results"] if one.get("level", "case") == "case"]
    return {one["test_case_name"] for one in cases if one["outcome"] in ("fail", "error")}


def _recorded_red(run: Mapping[str, Any]) -> set[str]:
    return {one["name"] for one in run["tests"] if one["status"] == "fail" and "level" not in one}


def _recorded(recordings: Path, transcript: Path) -> list[Mapping[str, Any]]:
    """The recorded lines of the transcript's session."""
    if transcript.name.startswith("mini"):
        session, file = next(documents(transcript))["instance_id"], "mini-swe-agent-gemini-3-pro.jsonl.gz"
    else:
        named = (line.get("sessionId") for line in documents(transcript))
        session, file = next(one for one in named if one), "claude-code-entireio-cli.jsonl.gz"
    with gzip.open(recordings / file) as lines:
        return [one for line in lines if (one := json.loads(line))["session"] == session]

"""Real sessions of Claude Code, once as the transcript that it kept and once call by call as it calls its hook: the same edits and runs.

A transcript keeps each tool's input and structured answer, which are what the hook is given.
"""

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.agents.one_call import record
from fixloop.emit.imported.facts import Unread
from fixloop.emit.json_fields import Object
from fixloop.emit.transcripts.json_documents import parsed
from tests.unit.emit.imports.reading import Event, imported, of_type
from tests.unit.emit.spooled import lines_of

_CLAUDE_CODE = [f"claude-code-{name}" for name in ("bun-1", "bun-2", "go-1", "go-2", "go-3", "go-4")]
_EDIT_TOOLS = ("Edit", "Write", "MultiEdit", "NotebookEdit")


def _calls(path: Path) -> Iterator[dict[str, Any]]:
    """The session's tool calls as calls of the hook, in the order of their answers."""
    asked: dict[str, dict[str, Any]] = {}
    for line in gzip.decompress(path.read_bytes()).splitlines():
        entry = parsed(line, path.name)
        if isinstance(entry, Unread):
            continue
        content = (
            entry.get("message", {}).get("content") if entry.get("type") in ("user", "assistant") else None
        )
        for block in content if isinstance(content, list) else ():
            if block["type"] == "tool_use":
                asked[block["id"]] = block
            elif block["type"] == "tool_result" and (call := asked.pop(block["tool_use_id"], None)):
                yield from _call(entry, block, call)


def _call(entry: Object, block: dict[str, Any], call: dict[str, Any]) -> Iterator[dict[str, Any]]:
    fields = {"session_id": entry["sessionId"], "cwd": entry["cwd"], "tool_name": call["name"]}
    fields |= {"tool_input": call["input"], "tool_use_id": call["id"]}
    if entry.get("agentId"):
        fields["agent_id"] = entry["agentId"]
    if not block.get("is_error"):
        yield {**fields, "hook_event_name": "PostToolUse", "tool_response": entry.get("toolUseResult")}
    elif call["name"] == "Bash" and isinstance(block["content"], str):
        yield {**fields, "hook_event_name": "PostToolUseFailure", "error": block["content"]}


def _hooked(path: Path, spool: Path) -> list[Event]:
    calls = list(_calls(path))
    environment = {
        "FIXLOOP_SPOOL": str(spool),
        "FIXLOOP_DIGEST_KEY": "tests",
        "HOME": str(spool),
        "CLAUDE_PROJECT_DIR": calls[0]["cwd"],
    }
    for call in calls:
        record("claude_code", io.BytesIO(json.dumps(call).encode()), environment)
    return [json.loads(line) for line in lines_of(spool)]


def _edits(events: list[Event]) -> list[tuple[Any, ...]]:
    fields = (
        "path",
        "change",
        "file_digest_before",
        "file_digest_after",
        "lines_added",
        "lines_removed",
        "hunks",
    )
    tools = [edit for edit in of_type(events, "edit.applied") if edit.get("gen_ai_tool_name") in _EDIT_TOOLS]
    return [tuple(edit.get(field) for field in fields) for edit in tools]


def _runs(events: list[Event]) -> list[tuple[Any, ...]]:
    """How each run was called, and what came of it; by whatever names the two give it."""
    started = {run["run_id"]: run for run in of_type(events, "testsuiterun.started")}
    results: dict[str, list[Any]] = {}
    for part in of_type(events, "testsuiterun.results"):
        told = [{name: value for name, value in one.items() if name != "inferred"} for one in part["results"]]
        results.setdefault(part["run_id"], []).extend(told)
    return [
        (
            started[run["run_id"]]["framework"],
            started[run["run_id"]]["command"].get("selectors"),
            run["status"],
            run.get("totals"),
            run.get("exit_code"),
            results.get(run["run_id"], []),
        )
        for run in of_type(events, "testsuiterun.finished")
    ]


@pytest.mark.parametrize("name", _CLAUDE_CODE)
def test_the_hook_tells_what_the_transcript_tells(transcripts: Path, tmp_path: Path, name: str) -> None:
    """Every edit of a tool with its digests and lines, and every run with its outcomes, in the same order.

    A pass that an agent was shown counts less than one that a runner tells; in a transcript there is no other source.
    """
    path = transcripts / f"{name}.jsonl.gz"
    kept, _ = imported("claude-code", path)
    told = _hooked(path, tmp_path / "spool")
    assert _edits(kept) == _edits(told)
    assert _runs(kept) == _runs(told)
    assert _edits(told)
    assert _runs(told)

"""Trajectories of SWE-agent, mini-SWE-agent and OpenHands, made up to the documented shapes."""

import json
from pathlib import Path
from typing import Any

from tests.unit.emit.imports.claude_lines import GREEN, RED
from tests.unit.emit.imports.reading import DIGESTER, imported, of_type, paths_of, shorts, write_lines

_RUN = ["testsuiterun.started", "testsuiterun.results", "testsuiterun.finished"]


def _write(path: Path, document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return path


def _mini(command: str, printed: str, code: int = 0) -> list[dict[str, str]]:
    return [
        {"role": "assistant", "content": f"THOUGHT: so\n\n```bash\n{command}\n```"},
        {"role": "user", "content": f"<returncode>{code}</returncode>\n<output>\n{printed}\n</output>"},
    ]


def _mini_document(*turns: list[dict[str, str]]) -> dict[str, Any]:
    config = {"model": {"model_name": "acme/model-1"}, "environment": {"cwd": "/testbed"}}
    messages = [{"role": "system", "content": "s"}, *(message for turn in turns for message in turn)]
    info = {"exit_status": "Submitted", "mini_version": "1.15.0", "config": config}
    return {
        "info": info,
        "messages": messages,
        "instance_id": "acme__shop-1",
        "trajectory_format": "mini-swe-agent-1",
    }


def test_mini_swe_agent(tmp_path: Path) -> None:
    """A here-document, an edit in place, runs, a stash around a run, and the end that the trajectory tells."""
    document = _mini_document(
        _mini("cat <<'EOF' > repro.py\nassert 0\nEOF", ""),
        _mini("python repro.py", "AssertionError", 1),
        _mini("pytest -q", RED, 1),
        _mini("sed -i 's/0/1/' /testbed/src/shop.py", ""),
        _mini("git stash && pytest -q; git stash pop", RED),
        _mini("pytest -q", GREEN),
    )
    events, unread = imported("mini-swe-agent", _write(tmp_path / "a.traj.json", document))
    assert [
        "session.started",
        "edit.applied",
        *_RUN,
        *_RUN,
        "edit.applied",
        "workspace.restored",
        *_RUN,
        "workspace.restored",
        *_RUN,
        "session.ended",
    ] == shorts(events)
    assert [] == unread
    first, last = events[0]["data"], events[-1]["data"]
    assert (True, "swe-bench/acme__shop-1", "acme/model-1") == (
        first["isolated"],
        first["vcs_repository_name"],
        first["gen_ai_request_model"],
    )
    assert ("completed", False) == (last["reason"], any("time" in event for event in events))
    edits = of_type(events, "edit.applied")
    assert [("repro.py", "scratch"), ("src/shop.py", "product")] == list(
        zip(paths_of(edits, ["repro.py", "src/shop.py"]), [one["path_role"] for one in edits], strict=True)
    )
    script = of_type(events, "testsuiterun.results")[0]["results"]
    assert [("repro.py", "fail", "script")] == [
        (one["test_case_name"], one["outcome"], one["level"]) for one in script
    ]


def test_mini_swe_agent_runs_no_message_with_two_commands(tmp_path: Path) -> None:
    """The agent asks for exactly one, and answers that it ran none."""
    two = "```bash\nsed -i 's/a/b/' a.py\n```\n\n```bash\nls\n```"
    refused = [
        {"role": "assistant", "content": two},
        {"role": "user", "content": "Please always provide EXACTLY ONE action"},
    ]
    timed_out = [
        {"role": "assistant", "content": "```bash\nsed -i 's/a/b/' a.py\n```"},
        {"role": "user", "content": "The last command timed out"},
    ]
    events, _ = imported("mini-swe-agent", _write(tmp_path / "a.json", _mini_document(refused, timed_out)))
    assert ["session.started", "session.ended"] == shorts(events)


def test_mini_swe_agent_2_has_actions_and_codes_of_their_own(tmp_path: Path) -> None:
    """`extra` says what was called and how it ended, with a time."""
    turn: list[dict[str, Any]] = [
        {"role": "assistant", "content": "", "extra": {"actions": [{"command": "pytest -q"}]}},
        {
            "role": "tool",
            "content": "x",
            "extra": {"returncode": 1, "raw_output": RED, "timestamp": 1767323045.5},
        },
    ]
    turn[0]["extra"]["actions"].append({"command": "sed -i 's/0/1/' a.py"})
    turn.append({"role": "tool", "content": "<returncode>0</returncode>\n<output>\n</output>", "extra": {}})
    document = {**_mini_document(), "messages": turn}
    events, _ = imported("mini-swe-agent", _write(tmp_path / "a.json", document))
    assert ["session.started", *_RUN, "edit.applied", "session.ended"] == shorts(events)
    assert "2026-01-02T03:04:05.500000Z" == events[2]["time"]


def test_mini_swe_agent_s_commands_in_tags_and_in_tool_calls(tmp_path: Path) -> None:
    """The command stands where the agent was configured to put it."""
    arguments = json.dumps({"command": "sed -i 's/0/1/' b.py"})
    turn: list[dict[str, Any]] = [
        {"role": "assistant", "content": "so\n<mswea_bash_command>sed -i 's/0/1/' a.py</mswea_bash_command>"},
        {"role": "user", "content": "<returncode>0</returncode><output></output>"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"function": {"name": "bash", "arguments": arguments}}],
        },
        {"role": "tool", "content": "<returncode>0</returncode>\n<output>\n</output>"},
    ]
    events, _ = imported(
        "mini-swe-agent", _write(tmp_path / "a.json", {**_mini_document(), "messages": turn})
    )
    assert ["a.py", "b.py"] == paths_of(of_type(events, "edit.applied"), ["a.py", "b.py"])


def test_of_a_command_that_failed_the_last_program_is_in_doubt(tmp_path: Path) -> None:
    """What stands before it was done."""
    document = _mini_document(
        _mini("ed a.py <<'EOF'\n1d\nw\nEOF", "ed: command not found", 127),
        _mini("sed -i 's/0/1/' b.py && pytest -q", RED, 1),
    )
    events, _ = imported("mini-swe-agent", _write(tmp_path / "a.json", document))
    assert ["b.py"] == paths_of(of_type(events, "edit.applied"), ["a.py", "b.py"])


def test_two_attempts_at_one_instance_are_two_sessions(tmp_path: Path) -> None:
    """By the same model too: what differs is what was done."""
    _write(tmp_path / "1/a.json", _mini_document(_mini("sed -i 's/0/1/' a.py", "")))
    _write(tmp_path / "2/a.json", _mini_document(_mini("sed -i 's/0/2/' a.py", "")))
    events, _ = imported("mini-swe-agent", tmp_path)
    assert 2 == len({event["data"]["session_id"] for event in events})


def _step(action: str, observation: str, **state: str) -> dict[str, Any]:
    return {
        "action": action,
        "observation": observation,
        "state": {"working_dir": "/acme__shop", **state},
        "thought": "",
        "response": "",
    }


def test_swe_agent(tmp_path: Path) -> None:
    """Its editor with words as a shell has them, its shell, and its end; refused edits are none."""
    edit = "str_replace_editor str_replace /acme__shop/src/shop.py --old_str 'return 0' --new_str 'return sum(prices)'"
    steps = [
        _step(
            "str_replace_editor create /acme__shop/repro.py --file_text 'print(1)\n'",
            "File created successfully at: /acme__shop/repro.py",
        ),
        _step("python -m pytest -q", RED),
        _step("str_replace_editor view /acme__shop/src/shop.py", "Here's the result"),
        _step(edit, "The file /acme__shop/src/shop.py has been edited."),
        _step(edit, "No replacement was performed, old_str did not appear verbatim"),
        _step("python -m pytest -q", GREEN),
        _step("submit", ""),
    ]
    replay = json.dumps({"agent": {"model": {"name": "acme/model-2"}}})
    document = {
        "trajectory": steps,
        "history": [],
        "info": {"exit_status": "submitted"},
        "environment": "main",
        "replay_config": replay,
    }
    events, unread = imported("swe-agent", _write(tmp_path / "acme__shop-7.traj", document))
    assert ["session.started", "edit.applied", *_RUN, "edit.applied", *_RUN, "session.ended"] == shorts(
        events
    )
    assert [] == unread
    edits = of_type(events, "edit.applied")
    assert ["repro.py", "src/shop.py"] == paths_of(edits, ["repro.py", "src/shop.py"])
    assert DIGESTER.text("print(1)\n") == edits[0]["file_digest_after"]
    assert DIGESTER.text("return 0") == edits[1]["hunks"][0]["fragment_digest_before"]
    assert ("swe-bench/acme__shop-7", "acme/model-2") == (
        events[0]["data"]["vcs_repository_name"],
        events[0]["data"]["gen_ai_request_model"],
    )
    assert [None, None] == [end.get("exit_code") for end in of_type(events, "testsuiterun.finished")]


def test_swe_agent_s_older_tools_edit_the_open_file(tmp_path: Path) -> None:
    """`create` and `edit`, with the state as text; an edit with a syntax error was not applied."""
    state = json.dumps({"open_file": "/acme__shop/a.py", "working_dir": "/acme__shop"})
    steps = [
        {
            "action": "create a.py\n",
            "observation": "[File: /acme__shop/a.py (1 lines total)]",
            "state": state,
        },
        {
            "action": "edit 1:1\nx = 1\nend_of_edit",
            "observation": "[File: /acme__shop/a.py (1 lines total)]",
            "state": state,
        },
        {
            "action": "edit 1:1\nx = (\nend_of_edit",
            "observation": "Your proposed edit has introduced new syntax error(s).",
            "state": state,
        },
    ]
    events, _ = imported(
        "swe-agent", _write(tmp_path / "acme__shop-8.traj", {"trajectory": steps, "info": {}})
    )
    edits = of_type(events, "edit.applied")
    assert [("a.py", "create"), ("a.py", "edit")] == list(
        zip(paths_of(edits, ["a.py"]), [one["gen_ai_tool_name"] for one in edits], strict=True)
    )


_OPENHANDS: list[dict[str, Any]] = [
    {
        "id": 0,
        "source": "user",
        "action": "message",
        "args": {"content": "x"},
        "timestamp": "2026-01-02T03:04:00",
    },
    {
        "id": 1,
        "source": "agent",
        "action": "run",
        "args": {"command": "pytest -q"},
        "timestamp": "2026-01-02T03:04:01",
    },
    {
        "id": 2,
        "source": "agent",
        "observation": "run",
        "cause": 1,
        "content": RED,
        "timestamp": "2026-01-02T03:04:02",
        "extras": {
            "command": "pytest -q",
            "metadata": {"exit_code": 1, "working_dir": "/workspace/acme__shop__1"},
        },
    },
    {
        "id": 3,
        "source": "agent",
        "action": "edit",
        "args": {"command": "str_replace", "path": "/workspace/acme__shop__1/src/shop.py"},
    },
    {
        "id": 4,
        "source": "agent",
        "observation": "edit",
        "cause": 3,
        "content": "The file has been edited.",
        "timestamp": "2026-01-02T03:04:04",
        "extras": {
            "path": "/workspace/acme__shop__1/src/shop.py",
            "prev_exist": True,
            "old_content": "return 0\n",
            "new_content": "return sum(prices)\n",
        },
    },
    {"id": 5, "source": "agent", "action": "edit", "args": {"command": "str_replace", "path": "a.py"}},
    {"id": 6, "observation": "edit", "cause": 5, "content": "ERROR: no match", "extras": {"path": "a.py"}},
    {"id": 7, "action": "write", "args": {"path": "/workspace/acme__shop__1/b.py", "content": "b = 1\n"}},
    {
        "id": 8,
        "observation": "write",
        "cause": 7,
        "content": "",
        "extras": {"path": "/workspace/acme__shop__1/b.py"},
    },
    {"id": 9, "action": "run", "args": {"command": "y", "is_input": True}},
    {
        "id": 10,
        "observation": "run",
        "cause": 9,
        "content": "",
        "extras": {"command": "y", "metadata": {"exit_code": -1}},
    },
]


def test_openhands_as_one_list(tmp_path: Path) -> None:
    """Runs with exit codes, edits with whole files, files that were written; what failed or goes on is none."""
    events, unread = imported("openhands", _write(tmp_path / "trajectory.json", _OPENHANDS))
    assert ["session.started", *_RUN, "edit.applied", "edit.applied"] == shorts(events)
    assert [] == unread
    edits = of_type(events, "edit.applied")
    assert ["src/shop.py", "b.py"] == paths_of(edits, ["src/shop.py", "b.py"])
    assert [DIGESTER.text("return sum(prices)\n"), DIGESTER.text("b = 1\n")] == [
        one["file_digest_after"] for one in edits
    ]
    assert [1] == [end["exit_code"] for end in of_type(events, "testsuiterun.finished")]


def test_openhands_edits_by_their_diff_and_observations_without_causes(tmp_path: Path) -> None:
    """A diff stands for the texts where these are not told; what names no cause follows its action."""
    diff = "--- a.py\n+++ a.py\n@@ -1 +1 @@\n-x\n+y\n"
    events: list[dict[str, Any]] = [
        {"action": "write", "args": {"path": "b.py", "content": "b\n"}},
        {"observation": "write", "content": "", "extras": {"path": "b.py"}},
        {"action": "edit", "args": {"path": "a.py"}},
        {
            "observation": "edit",
            "content": "done",
            "extras": {"path": "a.py", "diff": diff, "prev_exist": True},
        },
    ]
    found, _ = imported("openhands", _write(tmp_path / "t.json", events))
    edits = of_type(found, "edit.applied")
    assert ["b.py", "a.py"] == paths_of(edits, ["a.py", "b.py"])
    assert DIGESTER.text("b\n") == edits[0]["file_digest_after"]
    assert (1, 1) == (edits[1]["lines_added"], edits[1]["lines_removed"])


def test_openhands_in_other_files_is_the_same(tmp_path: Path) -> None:
    """A file for each event, in the order of their numbers; lines of events; and an evaluation's line with the history."""
    for event in _OPENHANDS:
        _write(tmp_path / f"sessions/abc/events/{event['id']}.json", event)
    lines = write_lines(tmp_path / "lines/events.jsonl", _OPENHANDS)
    metadata = {"llm_config": {"model": "acme/model-3"}}
    line = {"instance_id": "acme__shop-1", "metadata": metadata, "history": _OPENHANDS}
    output = write_lines(tmp_path / "evaluation/output.jsonl", [line])
    single, _ = imported("openhands", tmp_path / "sessions")
    expected = ["session.started", *_RUN, "edit.applied", "edit.applied"]
    assert expected == shorts(single) == shorts(imported("openhands", lines)[0])
    assert "openhands/abc" == single[0]["data"]["session_id"]
    evaluated, _ = imported("openhands", output)
    assert expected == shorts(evaluated)
    assert ("swe-bench/acme__shop-1", "acme/model-3", True) == (
        evaluated[0]["data"]["vcs_repository_name"],
        evaluated[0]["data"]["gen_ai_request_model"],
        evaluated[0]["data"]["isolated"],
    )


def test_openhands_events_of_the_agent_sdk(tmp_path: Path) -> None:
    """Events have a kind, and point at their actions."""
    events: list[dict[str, Any]] = [
        {
            "id": "a1",
            "kind": "ActionEvent",
            "timestamp": "2026-01-02T03:04:01",
            "action": {"kind": "TerminalAction", "command": "pytest -q"},
        },
        {
            "id": "o1",
            "kind": "ObservationEvent",
            "action_id": "a1",
            "timestamp": "2026-01-02T03:04:02",
            "observation": {
                "kind": "TerminalObservation",
                "content": [{"type": "text", "text": RED}],
                "exit_code": 1,
            },
        },
        {
            "id": "a2",
            "kind": "ActionEvent",
            "action": {
                "kind": "FileEditorAction",
                "command": "create",
                "path": "/workspace/a__b/c.py",
                "file_text": "c\n",
            },
        },
        {
            "id": "o2",
            "kind": "ObservationEvent",
            "action_id": "a2",
            "observation": {
                "kind": "FileEditorObservation",
                "command": "create",
                "path": "/workspace/a__b/c.py",
                "prev_exist": False,
                "new_content": "c\n",
            },
        },
        {"id": "m", "kind": "MessageEvent", "llm_message": {}},
    ]
    found, unread = imported("openhands", _write(tmp_path / "events.json", events))
    assert ["session.started", *_RUN, "edit.applied"] == shorts(found)
    assert [] == unread
    assert ["created"] == [one["change"] for one in of_type(found, "edit.applied")]


def test_a_file_that_is_none_of_it_is_told(tmp_path: Path) -> None:
    """No JSON is broken; another document is of an unknown shape."""
    broken, other = tmp_path / "a.json", _write(tmp_path / "b.json", {"name": "package"})
    broken.write_text("{")
    for name in ("mini-swe-agent", "swe-agent", "openhands"):
        for path, is_broken in ((broken, True), (other, False)):
            events, unread = imported(name, path)
            assert ([], [is_broken]) == (events, [one.broken for one in unread])

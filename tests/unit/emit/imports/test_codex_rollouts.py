"""Rollouts of Codex CLI, made up to the shapes that it has had."""

import json
from pathlib import Path
from typing import Any

from tests.unit.emit.imports.claude_lines import GREEN, RED
from tests.unit.emit.imports.reading import DIGESTER, imported, of_type, paths_of, shorts, write_lines

CWD = "/home/ada/shop"
PATCH = """\
*** Begin Patch
*** Update File: src/shop.py
@@ def total(prices):
-    return 0
+    return sum(prices)
*** Add File: src/tax.py
+RATE = 2
*** Delete File: src/old.py
*** Update File: src/a.py
*** Move to: src/b.py
@@
-x
+y
*** End Patch
"""
_RUN = ["testsuiterun.started", "testsuiterun.results", "testsuiterun.finished"]
Line = dict[str, Any]


def _line(kind: str, payload: Line, second: int = 0) -> Line:
    return {"timestamp": f"2026-01-02T03:04:{second:02d}.000Z", "type": kind, "payload": payload}


def _meta(session: str = "thread-1", **more: Any) -> Line:
    git = {
        "commit_hash": "ab" * 20,
        "branch": "main",
        "repository_url": "https://user:secret@host.example/acme/shop.git",
    }
    payload = {
        "id": session,
        "cwd": CWD,
        "cli_version": "0.142.4",
        "model_provider": "openai",
        "git": git,
        **more,
    }
    return _line("session_meta", payload)


def _model(name: str = "gpt-5.5") -> Line:
    return _line("turn_context", {"cwd": CWD, "model": name})


def _call(number: int, name: str, arguments: Line) -> Line:
    payload = {
        "type": "function_call",
        "name": name,
        "arguments": json.dumps(arguments),
        "call_id": f"call_{number:08d}",
    }
    return _line("response_item", payload, number)


def _output(number: int, output: Any, kind: str = "function_call_output") -> Line:
    return _line(
        "response_item", {"type": kind, "call_id": f"call_{number:08d}", "output": output}, number + 1
    )


def _exited(code: int, printed: str) -> str:
    return f"Chunk ID: 080013\nWall time: 0.5 seconds\nProcess exited with code {code}\nOriginal token count: 9\nOutput:\n{printed}"


def _apply(number: int, patch: str = PATCH) -> Line:
    payload = {
        "type": "custom_tool_call",
        "name": "apply_patch",
        "input": patch,
        "call_id": f"call_{number:08d}",
    }
    return _line("response_item", payload, number)


def test_a_rollout_of_today(tmp_path: Path) -> None:
    """Commands with their exit codes, a patch by its event, and who, where and with which model."""
    changes = {
        f"{CWD}/src/shop.py": {
            "type": "update",
            "unified_diff": "@@ -1,2 +1,2 @@\n def total(prices):\n-    return 0\n+    return sum(prices)\n",
        },
        f"{CWD}/src/tax.py": {"type": "add", "content": "RATE = 2\n"},
    }
    lines = [
        _meta(),
        _model(),
        _call(1, "exec_command", {"cmd": "pytest -q", "workdir": CWD}),
        _output(1, _exited(1, RED)),
        _apply(3),
        _line(
            "event_msg",
            {"type": "patch_apply_end", "call_id": "call_00000003", "success": True, "changes": changes},
            4,
        ),
        _output(3, "Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess.", "custom_tool_call_output"),
        _call(5, "shell", {"command": ["bash", "-lc", "pytest -q"], "workdir": CWD}),
        _output(5, json.dumps({"output": GREEN, "metadata": {"exit_code": 0, "duration_seconds": 0.4}})),
    ]
    events, unread = imported("codex", write_lines(tmp_path / "rollout-1.jsonl", lines))
    assert ["session.started", *_RUN, "edit.applied", "edit.applied", *_RUN] == shorts(events)
    assert [] == unread
    said = events[-1]["data"]
    assert ("codex/thread-1", "codex", "0.142.4", "openai", "gpt-5.5", "acme/shop", "main", "ab" * 20) == (
        said["session_id"],
        said["gen_ai_agent_name"],
        said["gen_ai_agent_version"],
        said["gen_ai_provider_name"],
        said["gen_ai_request_model"],
        said["vcs_repository_name"],
        said["vcs_ref_head_name"],
        said["vcs_ref_head_revision"],
    )
    edits = of_type(events, "edit.applied")
    assert ["src/shop.py", "src/tax.py"] == paths_of(edits, ["src/shop.py", "src/tax.py"])
    assert [("modified", 1, 1), ("created", 1, 0)] == [
        (one["change"], one["lines_added"], one["lines_removed"]) for one in edits
    ]
    assert DIGESTER.text("RATE = 2\n") == edits[1]["file_digest_after"]
    assert [(1, "failure"), (0, "success")] == [
        (end["exit_code"], end["status"]) for end in of_type(events, "testsuiterun.finished")
    ]
    assert "secret" not in json.dumps(events)


def test_a_patch_without_its_event_is_read_from_its_call(tmp_path: Path) -> None:
    """Applied when its output says so; one that failed is no edit, in any form of the output."""
    lines = [
        _meta(),
        _apply(1),
        _output(1, "Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess.", "custom_tool_call_output"),
        _apply(3),
        _output(3, "apply_patch verification failed: no such line", "custom_tool_call_output"),
        _apply(5),
        _output(5, json.dumps({"output": "no", "metadata": {"exit_code": 1}}), "custom_tool_call_output"),
        _call(7, "apply_patch", {"input": PATCH}),
        _output(7, {"content": "not done", "success": False}),
    ]
    events, _ = imported("codex", write_lines(tmp_path / "rollout-1.jsonl", lines))
    names = ["src/shop.py", "src/tax.py", "src/old.py", "src/a.py", "src/b.py"]
    edits = of_type(events, "edit.applied")
    assert names == paths_of(edits, names)
    assert ["modified", "created", "deleted", "deleted", "created"] == [one["change"] for one in edits]


def test_a_command_that_goes_on_ends_when_its_output_was_asked_for(tmp_path: Path) -> None:
    """Its pieces are put together, and the run is told as one beside other work."""
    lines = [
        _meta(),
        _call(1, "exec_command", {"cmd": "pytest -q"}),
        _output(1, f"Wall time: 10 seconds\nProcess running with session ID 86689\nOutput:\n{RED[:200]}"),
        _call(3, "write_stdin", {"session_id": 86689, "chars": ""}),
        _output(3, _exited(1, RED[200:])),
    ]
    events, _ = imported("codex", write_lines(tmp_path / "rollout-1.jsonl", lines))
    assert ["session.started", *_RUN] == shorts(events)
    assert [True] == [start["background"] for start in of_type(events, "testsuiterun.started")]
    assert ["tests/test_shop.py::test_total"] == [
        one["test_case_name"] for one in of_type(events, "testsuiterun.results")[0]["results"]
    ]


def test_a_command_s_own_event_is_preferred_to_its_output(tmp_path: Path) -> None:
    """`exec_command_end` has the exit code; what comes behind it is the same command again."""
    end = {
        "type": "exec_command_end",
        "call_id": "call_00000001",
        "aggregated_output": RED,
        "exit_code": 1,
        "cwd": CWD,
    }
    lines = [
        _meta(),
        _line(
            "response_item",
            {
                "type": "local_shell_call",
                "call_id": "call_00000001",
                "action": {"type": "exec", "command": ["pytest", "-q"]},
            },
        ),
        _line("event_msg", end),
        _output(1, "cut"),
    ]
    events, _ = imported("codex", write_lines(tmp_path / "rollout-1.jsonl", lines))
    assert ["session.started", *_RUN] == shorts(events)


def test_lines_of_the_first_rollouts_have_no_payload(tmp_path: Path) -> None:
    """The first line describes the session, and items stand by themselves."""
    call = {
        "type": "function_call",
        "name": "shell",
        "arguments": json.dumps({"command": ["bash", "-lc", "pytest -q"]}),
        "call_id": "call_a1b2c3d4",
    }
    lines: list[Line] = [
        {
            "id": "old-1",
            "timestamp": "2025-05-06T07:08:09.000Z",
            "instructions": None,
            "git": {"branch": "main"},
        },
        {"record_type": "state"},
        call,
        {
            "type": "function_call_output",
            "call_id": "call_a1b2c3d4",
            "output": json.dumps({"output": RED, "metadata": {"exit_code": 1}}),
        },
    ]
    events, unread = imported("codex", write_lines(tmp_path / "rollout-1.jsonl", lines))
    assert ["session.started", *_RUN] == shorts(events)
    assert ({"codex/old-1"}, []) == ({event["data"]["session_id"] for event in events}, unread)


def test_what_exec_prints_as_json(tmp_path: Path) -> None:
    """Commands with exit codes, and files without texts."""
    lines: list[Line] = [
        {"type": "thread.started", "thread_id": "exec-1"},
        {"type": "turn.started"},
        {
            "type": "item.completed",
            "item": {
                "id": "item_0",
                "type": "command_execution",
                "command": "bash -lc 'pytest -q'",
                "aggregated_output": RED,
                "exit_code": 1,
                "status": "failed",
            },
        },
        {
            "type": "item.completed",
            "item": {
                "id": "item_1",
                "type": "file_change",
                "changes": [{"path": "src/shop.py", "kind": "update"}],
                "status": "completed",
            },
        },
        {
            "type": "item.completed",
            "item": {
                "id": "item_2",
                "type": "file_change",
                "changes": [{"path": "x.py", "kind": "add"}],
                "status": "failed",
            },
        },
        {"type": "turn.completed", "usage": {}},
    ]
    events, unread = imported("codex", write_lines(tmp_path / "exec.jsonl", lines))
    assert ["session.started", *_RUN, "edit.applied"] == shorts(events)
    assert ({"codex/exec-1"}, []) == ({event["data"]["session_id"] for event in events}, unread)
    assert ["src/shop.py"] == paths_of(of_type(events, "edit.applied"), ["src/shop.py"])


def test_code_mode_calls_tools_in_code(tmp_path: Path) -> None:
    """One command or one patch in the code is read; of code that cannot be read, nothing is told."""

    def code(number: int, text: str) -> Line:
        payload = {"type": "custom_tool_call", "name": "exec", "input": text, "call_id": f"call_{number:08d}"}
        return _line("response_item", payload, number)

    lines = [
        _meta(),
        code(1, 'const r = await tools.exec_command({"cmd": "pytest -q", "workdir": "."}); text(r.output)'),
        _output(1, _exited(1, RED), "custom_tool_call_output"),
        code(3, f"await tools.apply_patch({json.dumps(PATCH)})"),
        _output(3, "Exit code: 0\nOutput:\nok", "custom_tool_call_output"),
        code(5, "for (const c of commands) await tools.exec_command({cmd: c})"),
        _output(5, _exited(0, GREEN), "custom_tool_call_output"),
    ]
    events, _ = imported("codex", write_lines(tmp_path / "rollout-1.jsonl", lines))
    assert ["session.started", *_RUN, *["edit.applied"] * 5] == shorts(events)


def test_a_forked_rollout_repeats_nothing(tmp_path: Path) -> None:
    """A rollout that begins with another one's history adds what is new, under its own id."""
    first = [_meta("one"), _apply(1), _output(1, "Exit code: 0\nOutput:\nok", "custom_tool_call_output")]
    second = [
        _meta("two"),
        *first,
        _apply(3, PATCH),
        _output(3, "Exit code: 0\nOutput:\nok", "custom_tool_call_output"),
    ]
    write_lines(tmp_path / "2026/rollout-1.jsonl", first)
    write_lines(tmp_path / "2026/rollout-2.jsonl", second)
    events, _ = imported("codex", tmp_path)
    sessions = [one["session_id"] for one in of_type(events, "edit.applied")]
    assert ["codex/one"] * 5 + ["codex/two"] * 5 == sessions


def test_unknown_lines_are_counted_and_broken_ones_told(tmp_path: Path) -> None:
    """Neither keeps the rest from being read."""
    lines: list[Line | str] = [
        _meta(),
        '{"type": "resp',
        {"type": "brand_new", "payload": {}},
        {"type": "event_msg"},
        _line("response_item", {"type": "brand_new_item"}),
        _apply(1),
        _output(1, "Exit code: 0\nOutput:\nok", "custom_tool_call_output"),
    ]
    events, unread = imported("codex", write_lines(tmp_path / "rollout-1.jsonl", lines))
    assert 5 == len(of_type(events, "edit.applied"))
    assert [True, False, False] == [one.broken for one in unread]

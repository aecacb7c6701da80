"""Transcripts of Claude Code, made up to the documented shape."""

from pathlib import Path

import pytest

from tests.unit.emit.imports.claude_lines import (
    AFTER,
    BEFORE,
    CWD,
    GREEN,
    RED,
    Line,
    call_id,
    edit,
    line,
    result,
    shell,
    use,
)
from tests.unit.emit.imports.reading import DIGESTER, imported, of_type, paths_of, short, shorts, write_lines

_RUN = ["testsuiterun.started", "testsuiterun.results", "testsuiterun.finished"]


def _cycle() -> list[Line]:
    """Red, fixed, green."""
    return [
        *shell(1, "pytest -q", RED, code=1),
        *edit(2, BEFORE, AFTER),
        *shell(3, "pytest -q", GREEN),
    ]


def test_edits_and_runs_come_in_order_with_who_and_where(tmp_path: Path) -> None:
    """A session is started, its runs and edits follow, and every event says agent, model, version, repository and branch."""
    events, unread = imported("claude-code", write_lines(tmp_path / "session-1.jsonl", _cycle()))
    assert ["session.started", *_RUN, "edit.applied", *_RUN] == shorts(events)
    assert list(range(8)) == [event["data"]["seq"] for event in events]
    assert [] == unread
    said = events[-1]["data"]
    assert (
        "claude-code/session-1",
        "claude-code",
        "2.1.0",
        "anthropic",
        "claude-opus-4-6",
        "shop",
        "main",
    ) == (
        said["session_id"],
        said["gen_ai_agent_name"],
        said["gen_ai_agent_version"],
        said["gen_ai_provider_name"],
        said["gen_ai_request_model"],
        said["vcs_repository_name"],
        said["vcs_ref_head_name"],
    )
    assert ["2026-01-02T03:02:00.000000Z", "2026-01-02T03:03:00.000000Z"] == [
        event["time"] for event in events[1:4:2]
    ]


def test_an_edit_leaves_as_digests(tmp_path: Path) -> None:
    """Whole files before and after, the changed lines and the replaced text are digests; the path is relative to the folder."""
    events, _ = imported("claude-code", write_lines(tmp_path / "session-1.jsonl", _cycle()))
    (applied,) = of_type(events, "edit.applied")
    assert (DIGESTER.path("src/shop.py"), "product", "modified", "Edit") == (
        applied["path"],
        applied["path_role"],
        applied["change"],
        applied["gen_ai_tool_name"],
    )
    assert (DIGESTER.text(BEFORE), DIGESTER.text(AFTER)) == (
        applied["file_digest_before"],
        applied["file_digest_after"],
    )
    assert [list(DIGESTER.lines(["return sum(prices)"]))] == [hunk["added"] for hunk in applied["hunks"]]
    assert (1, 1) == (applied["lines_added"], applied["lines_removed"])


def test_a_run_says_what_was_red_and_that_it_is_gone(tmp_path: Path) -> None:
    """The first run names the failure; the second names no test, and shows that the one that was red passes."""
    events, _ = imported("claude-code", write_lines(tmp_path / "session-1.jsonl", _cycle()))
    red, green = (results["results"] for results in of_type(events, "testsuiterun.results"))
    assert [("tests/test_shop.py::test_total", "fail")] == [
        (one["test_case_name"], one["outcome"]) for one in red
    ]
    assert [("tests/test_shop.py::test_total", "pass", True)] == [
        (one["test_case_name"], one["outcome"], one["inferred"]) for one in green
    ]
    assert [(1, True, "failure"), (0, True, "success")] == [
        (end["exit_code"], end["exit_code_reliable"], end["status"])
        for end in of_type(events, "testsuiterun.finished")
    ]
    assert [0, 1] == [start["code_state"]["edits"] for start in of_type(events, "testsuiterun.started")]


def test_what_was_not_done_is_no_edit(tmp_path: Path) -> None:
    """A refused edit, one that was only staged, one without an answer and one that changed nothing are none."""
    given = {"file_path": f"{CWD}/a.py", "old_string": "1", "new_string": "2"}
    lines = [
        use(1, "Edit", given),
        result(1, "Error: refused", error=True, shown="The tool use was rejected"),
        use(2, "Edit", given),
        result(
            2,
            {
                "filePath": f"{CWD}/a.py",
                "oldString": "1",
                "newString": "2",
                "originalFile": "1",
                "staged": True,
            },
        ),
        use(3, "Edit", given),
        *edit(4, BEFORE, BEFORE),
    ]
    events, _ = imported("claude-code", write_lines(tmp_path / "s.jsonl", lines))
    assert ["session.started"] == shorts(events)


def test_every_editing_tool_is_read(tmp_path: Path) -> None:
    """Write creates and overwrites, MultiEdit replaces in turn, NotebookEdit names the notebook."""
    multi = {
        "file_path": f"{CWD}/b.py",
        "edits": [{"old_string": "a", "new_string": "b"}, {"old_string": "b", "new_string": "c"}],
    }
    lines = [
        use(1, "Write", {"file_path": f"{CWD}/a.py", "content": "x = 1\n"}),
        result(1, {"type": "create", "filePath": f"{CWD}/a.py", "content": "x = 1\n", "structuredPatch": []}),
        use(2, "MultiEdit", multi),
        result(2, {"filePath": f"{CWD}/b.py", "originalFileContents": "a\n", "structuredPatch": []}),
        use(3, "NotebookEdit", {"notebook_path": f"{CWD}/n.ipynb", "new_source": "1"}),
        result(3, {"original_file": "{}", "updated_file": "{1}", "new_source": "1"}),
    ]
    events, _ = imported("claude-code", write_lines(tmp_path / "s.jsonl", lines))
    edits = of_type(events, "edit.applied")
    assert ["a.py", "b.py", "n.ipynb"] == paths_of(edits, ["a.py", "b.py", "n.ipynb"])
    assert ["created", "modified", "modified"] == [one["change"] for one in edits]
    assert [DIGESTER.text("x = 1\n"), DIGESTER.text("c\n"), DIGESTER.text("{1}")] == [
        one["file_digest_after"] for one in edits
    ]


def test_shell_commands_give_restores_commits_and_edits_in_their_own_order(tmp_path: Path) -> None:
    """A command that stashes, tests and brings back, one that commits, and one that edits, each say what they did."""
    lines = [
        *shell(1, "git stash && pytest -q; git stash pop", RED),
        *shell(
            2, "sed -i 's/0/1/' src/shop.py && git commit -qam fix", "[main 1a2b3c4d] fix\n 1 file changed"
        ),
        *shell(3, "git checkout src/shop.py", ""),
    ]
    events, _ = imported("claude-code", write_lines(tmp_path / "s.jsonl", lines))
    assert [
        "session.started",
        "workspace.restored",
        *_RUN,
        "workspace.restored",
        "edit.applied",
        "commit.created",
        "workspace.restored",
    ] == shorts(events)
    assert ["stash_push", "stash_pop", "checkout"] == [
        one["operation"] for one in of_type(events, "workspace.restored")
    ]
    assert ["1a2b3c4d"] == [one["revision"] for one in of_type(events, "commit.created")]
    assert [DIGESTER.path("src/shop.py")] == [
        one["path"] for one in of_type(events, "workspace.restored")[-1]["paths"]
    ]
    assert False is of_type(events, "testsuiterun.finished")[0]["exit_code_reliable"]


def test_a_sub_agent_s_file_is_merged_by_time_and_named(tmp_path: Path) -> None:
    """What a sub-agent did stands in its parent's session, in the order of time, in both layouts of files."""
    main = write_lines(tmp_path / "session-1.jsonl", [*edit(1, "a\n", "b\n"), *edit(5, "b\n", "c\n")])
    helper = {"isSidechain": True, "agentId": "helper7"}
    write_lines(
        tmp_path / "session-1/subagents/agent-helper7.jsonl", edit(3, "x\n", "y\n", f"{CWD}/b.py", **helper)
    )
    write_lines(
        tmp_path / "agent-old.jsonl", edit(2, "x\n", "y\n", f"{CWD}/c.py", isSidechain=True, agentId="old")
    )
    events, _ = imported("claude-code", tmp_path)
    edits = of_type(events, "edit.applied")
    assert ["src/shop.py", "c.py", "b.py", "src/shop.py"] == paths_of(edits, ["src/shop.py", "b.py", "c.py"])
    assert [None, "old", "helper7", None] == [one.get("gen_ai_agent_id") for one in edits]
    assert {"claude-code/session-1"} == {event["data"]["session_id"] for event in events}
    alone, _ = imported("claude-code", main)
    assert 2 == len(of_type(alone, "edit.applied"))


def test_a_resumed_session_repeats_nothing(tmp_path: Path) -> None:
    """A file that begins with another session's lines, under its own id, adds what is new and nothing else."""
    first = _cycle()
    copied = [{**one, "sessionId": "session-2", "uuid": f"copy-{number}"} for number, one in enumerate(first)]
    write_lines(tmp_path / "b.jsonl", first)
    write_lines(tmp_path / "z.jsonl", [*copied, *edit(9, AFTER, BEFORE, sessionId="session-2")])
    events, _ = imported("claude-code", tmp_path)
    edits = [event["data"] for event in events if short(event) == "edit.applied"]
    assert ["claude-code/session-1", "claude-code/session-2"] == [one["session_id"] for one in edits]
    assert len(events) == len({event["id"] for event in events})


def test_broken_lines_and_unknown_shapes_are_left_out_and_told(tmp_path: Path) -> None:
    """A line that breaks off is told with its place; what is whole and unknown is told apart; the rest is read."""
    lines: list[Line | str] = [
        '{"type": "assistant", "secret',
        "[1, 2]",
        {"type": "assistant", "uuid": "u"},
        {"type": "something-new", "uuid": "v"},
        {"type": "summary", "summary": "quiet"},
        *edit(1, BEFORE, AFTER),
    ]
    path = write_lines(tmp_path / "s.jsonl", lines)
    events, unread = imported("claude-code", path)
    assert ["session.started", "edit.applied"] == shorts(events)
    assert [(f"{path}:1", True), (f"{path}:2", True), (f"{path}:3", False), (f"{path}:4", False)] == [
        (one.place, one.broken) for one in unread
    ]
    assert all("secret" not in one.reason for one in unread)


@pytest.mark.parametrize("word", ["BashOutput", "TaskOutput"])
def test_a_run_in_the_background_is_told_when_its_end_was_asked_for(tmp_path: Path, word: str) -> None:
    """The command itself has no outcome; the answer with its end has, and says that it ran beside other work."""
    answer = {"status": "completed", "exitCode": 1, "stdout": RED, "stderr": ""}
    ended = (
        answer if word == "BashOutput" else {"task": {"status": "completed", "output": RED, "exitCode": 1}}
    )
    lines = [
        use(1, "Bash", {"command": "pytest -q", "run_in_background": True}),
        result(1, {"stdout": "", "stderr": "", "backgroundTaskId": "b1"}),
        *edit(2, BEFORE, AFTER),
        use(3, word, {"bash_id": "b1"} if word == "BashOutput" else {"task_id": "b1"}),
        result(3, ended),
    ]
    events, _ = imported("claude-code", write_lines(tmp_path / "s.jsonl", lines))
    assert ["session.started", "edit.applied", *_RUN] == shorts(events)
    assert [True] == [start["background"] for start in of_type(events, "testsuiterun.started")]


def test_ids_that_a_filter_took_out_do_not_make_two_calls_one(tmp_path: Path) -> None:
    """A filter of secrets may write the same word for every id."""
    one, other = edit(1, "a\n", "b\n"), edit(2, "b\n", "c\n")
    for lines in (one, other):
        lines[0]["message"]["content"][0]["id"] = "REDACTED"
        lines[1]["message"]["content"][0]["tool_use_id"] = "REDACTED"
    events, _ = imported("claude-code", write_lines(tmp_path / "s.jsonl", [*one, *other]))
    assert 2 == len(of_type(events, "edit.applied"))
    assert call_id(1) not in str(events)


def test_a_model_that_changes_is_told(tmp_path: Path) -> None:
    """Each edit carries the model that made it; a synthetic message names none."""
    lines = [
        *edit(1, "a\n", "b\n"),
        *edit(2, "b\n", "c\n"),
        line("assistant", {"model": "<synthetic>", "content": []}, 8),
    ]
    lines[2]["message"]["model"] = "claude-haiku-4-5"
    events, _ = imported("claude-code", write_lines(tmp_path / "s.jsonl", lines))
    models = [one["gen_ai_request_model"] for one in of_type(events, "edit.applied")]
    assert ["claude-opus-4-6", "claude-haiku-4-5"] == models

"""Claude Code's hook: what it writes for each call, and that it never says a word."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.agents.one_call import record
from fixloop.emit.names_book import read_name
from fixloop_schemas.codec import Event
from fixloop_schemas.digest import Digester
from fixloop_schemas.events.commit_created_v1 import CommitCreatedV1
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1
from fixloop_schemas.events.workspace_restored_v1 import WorkspaceRestoredV1
from fixloop_schemas.vocabulary import Change, PathRole
from tests.unit.emit.git_repositories import a_repository
from tests.unit.emit.hook_calls import bash, call, edited, written
from tests.unit.emit.spooled import events_of, lines_of, short_types

KEY = "organisation"
DIGESTER = Digester(KEY.encode())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one file."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (folder / "src").mkdir()
    (folder / "src/price.py").write_text(
        "def price():\n    return 1\n\n\ndef name():\n    return 'planted'\n"
    )
    return folder


def hook(project: Path, *calls: dict[str, Any], **environment: str) -> list[Event]:
    """The events that the calls amount to, without the session's start."""
    spool = project.parent / "spool"
    settings = {"FIXLOOP_SPOOL": str(spool), "FIXLOOP_DIGEST_KEY": KEY, "HOME": str(project.parent)}
    for one in calls:
        record("claude_code", io.BytesIO(json.dumps(one).encode()), {**settings, **environment})
    return [event for event in events_of(spool) if "session.started" not in event.type]


def the_edit(project: Path, edit: dict[str, Any]) -> EditAppliedV1:
    """The one edit that the call amounts to."""
    (event,) = hook(project, edit)
    assert isinstance(event.data, EditAppliedV1)
    return event.data


def test_an_edit(project: Path) -> None:
    """Path and role, both digests of the file, its lines and its fragments; and who."""
    file = project / "src/price.py"
    before = file.read_text()
    data = the_edit(project, edited(file, "return 1", "return 2"))
    assert (data.path, data.path_role) == (DIGESTER.path("src/price.py"), PathRole.PRODUCT)
    assert data.file_digest_before == DIGESTER.text(before)
    assert data.file_digest_after == DIGESTER.text(file.read_text())
    (hunk,) = data.hunks
    assert (hunk.removed, hunk.added) == (DIGESTER.lines(["return 1"]), DIGESTER.lines(["return 2"]))
    assert hunk.fragment_digest_before == DIGESTER.text("return 1")
    assert (data.gen_ai_agent_name, data.gen_ai_tool_name) == ("claude-code", "Edit")
    assert (data.vcs_repository_name, data.vcs_ref_head_name) == ("project", "main")


def test_the_tools_answer_counts_more_than_the_disk(project: Path) -> None:
    """When the hook runs, the next edit may be in the file already."""
    file = project / "src/price.py"
    first = edited(file, "return 1", "return 2")
    after_first = file.read_text()
    edited(file, "return 2", "return 3")
    assert the_edit(project, first).file_digest_after == DIGESTER.text(after_first)


def test_no_text_of_the_project_is_in_the_spool(project: Path) -> None:
    """Neither lines nor paths, commands or user names; only the machine's names book knows the path."""
    file = project / "src/price.py"
    hook(
        project, edited(file, "return 'planted'", "return 'sown'"), bash(project, "git checkout src/price.py")
    )
    spooled = b"\n".join(lines_of(project.parent / "spool"))
    for text in (b"planted", b"sown", b"price", b"return", b"src", b"git checkout", b"/home/someone"):
        assert text not in spooled
    assert read_name(project.parent / "spool", DIGESTER.path("src/price.py")) == "src/price.py"


def test_a_written_file(project: Path) -> None:
    """A new file is created; an existing one is changed, with the lines that differ."""
    new = the_edit(project, written(project / "src/tax.py", "a = 1\nb = 2\n"))
    assert (new.change, new.lines_added, new.lines_removed) == (Change.CREATED, 2, 0)
    events = hook(project, written(project / "src/tax.py", "a = 1\nb = 3\n"))
    again = events[-1].data
    assert isinstance(again, EditAppliedV1)
    assert (again.change, again.lines_added, again.lines_removed) == (Change.MODIFIED, 1, 1)
    assert again.file_digest_before == new.file_digest_after


def test_a_file_outside_of_the_repository_is_scratch(project: Path) -> None:
    """Wherever it lies, and without its place in the event."""
    data = the_edit(project, {**written(project.parent / "notes.py", "x = 1\n"), "cwd": str(project)})
    assert data.path_role is PathRole.SCRATCH


@pytest.mark.parametrize(
    "response", [{"staged": True}, {"error": "no such cell"}], ids=["staged", "error in the answer"]
)
def test_what_was_not_applied_is_no_edit(project: Path, response: dict[str, Any]) -> None:
    """The tool says so inside an answer that looks well."""
    assert hook(project, edited(project / "src/price.py", "return 1", "return 2", **response)) == []


def test_a_call_of_cursor_is_not_claude_codes(project: Path) -> None:
    """Cursor can run the hooks in Claude Code's settings beside its own: the edit would be told twice."""
    edit = edited(project / "src/price.py", "return 1", "return 2")
    assert [] == hook(project, {**edit, "cursor_version": "3.0.0"})


def test_a_person_changed_the_proposal(project: Path) -> None:
    """The origin stays the agent; that a person had a hand in it is said."""
    data = the_edit(project, edited(project / "src/price.py", "return 1", "return 2", userModified=True))
    assert data.user_modified


def test_a_notebook_and_the_old_tool_for_many_edits(project: Path) -> None:
    """Both tools give whole texts, or enough to make them."""
    file = project / "src/price.py"
    before = file.read_text()
    notebook = call(
        "PostToolUse",
        project,
        tool_name="NotebookEdit",
        tool_input={"notebook_path": str(project / "a.ipynb"), "new_source": "x"},
        tool_response={"new_source": "x", "original_file": "{}", "updated_file": '{"x": 1}'},
    )
    replacements = [
        {"old_string": "return 1", "new_string": "return 5"},
        {"old_string": "return 5", "new_string": "return 6"},
    ]
    many = call(
        "PostToolUse",
        project,
        tool_name="MultiEdit",
        tool_input={"file_path": str(file), "edits": replacements},
        tool_response={"filePath": str(file), "originalFile": before},
    )
    first, second = (event.data for event in hook(project, notebook, many))
    assert isinstance(first, EditAppliedV1)
    assert isinstance(second, EditAppliedV1)
    assert first.file_digest_after == DIGESTER.text('{"x": 1}')
    assert second.file_digest_after == DIGESTER.text(before.replace("return 1", "return 6"))


def test_what_is_changed_before_the_first_test_run(tmp_path: Path) -> None:
    """The files are remembered when the session starts: what a script did to them since is found."""
    project = a_repository(tmp_path / "project", price_py="a = 1\n")
    hook(project, call("SessionStart", project, source="startup"))
    (project / "price.py").write_text("a = 2\n")
    run = bash(project, "make test", error="Exit code 1\nFAILED t.py::test_a - assert 1\n1 failed in 0.1s\n")
    edit, *rest = hook(project, run)
    assert isinstance(edit.data, EditAppliedV1)
    assert edit.data.unobserved
    assert rest


def test_a_restored_file(project: Path) -> None:
    """With its path and what it holds now."""
    (event,) = hook(project, bash(project / "src", "git checkout -- price.py"))
    assert isinstance(event.data, WorkspaceRestoredV1)
    (path,) = event.data.paths
    assert path.path == DIGESTER.path("src/price.py")
    assert path.file_digest_after == DIGESTER.text((project / "src/price.py").read_text())
    assert event.data.everything is False


def test_a_failed_command(project: Path) -> None:
    """What stands before the part that failed was done."""
    failed = bash(project, "git stash && ./deploy", error="Exit code 1\nno host")
    in_vain = bash(project, "git checkout nothing-there", error="Exit code 1\nerror: pathspec")
    (event,) = hook(project, failed, in_vain)
    assert isinstance(event.data, WorkspaceRestoredV1)
    assert (event.data.operation, event.data.everything) == ("stash_push", True)


def test_a_commit(project: Path) -> None:
    """Claude Code says which commit a command made."""
    made = bash(project, "git commit -m x", gitOperation={"commit": {"sha": "ab12cd3", "kind": "committed"}})
    (event,) = hook(project, made)
    assert isinstance(event.data, CommitCreatedV1)
    assert event.data.revision == "ab12cd3"


def test_the_model_is_remembered_and_can_change(project: Path) -> None:
    """It is said at the start and when it changes; a sub-agent's is not known."""
    file = project / "src/price.py"
    hook(
        project,
        call("SessionStart", project, source="startup", model="model-x"),
        edited(file, "return 1", "return 2"),
        call("PostModelSwitch", project, from_model="model-x", to_model="model-y"),
        edited(file, "return 2", "return 3"),
        {**edited(file, "return 3", "return 4"), "agent_id": "sub-1"},
        call("SessionEnd", project, reason="prompt_input_exit"),
    )
    spool = project.parent / "spool"
    edit = "edit.applied"
    assert short_types(spool) == ["session.started", edit, edit, edit, "session.ended"]
    said = [(event.data.gen_ai_agent_id, event.data.gen_ai_request_model) for event in events_of(spool)]
    assert said == [
        (None, "model-x"),
        (None, "model-x"),
        (None, "model-y"),
        ("sub-1", None),
        (None, "model-y"),
    ]


def test_one_id_for_all(project: Path) -> None:
    """`FIXLOOP_SESSION` joins what runs outside of the agent with it."""
    (event,) = hook(project, edited(project / "src/price.py", "return 1", "return 2"), FIXLOOP_SESSION="mine")
    assert event.data.session_id == "mine"


@pytest.mark.parametrize(
    "given",
    [b"", b"{", b"[]", b'{"hook_event_name": 5}', b'{"hook_event_name":"PostToolUse","tool_name":"Edit"}'],
)
def test_the_hook_is_silent_whatever_it_is_given(tmp_path: Path, given: bytes) -> None:
    """Exit code 0 and no output: anything else would reach the agent."""
    done = subprocess.run(
        [sys.executable, "-m", "fixloop.emit.agents.hook", "claude-code"],
        input=given,
        capture_output=True,
        check=False,
        env={"FIXLOOP_SPOOL": str(tmp_path / "spool"), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_the_hook_is_silent_where_it_cannot_write(tmp_path: Path) -> None:
    """A spool that is a file, an odd setting: the agent does not hear of it."""
    (tmp_path / "spool").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "fixloop", "hook", "claude-code"],
        input=json.dumps(written(tmp_path / "a.py", "x = 1\n")).encode(),
        capture_output=True,
        check=False,
        env={
            "FIXLOOP_SPOOL": str(tmp_path / "spool"),
            "FIXLOOP_ALERT_THRESHOLD": "much",
            "PATH": "/usr/bin:/bin",
        },
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")

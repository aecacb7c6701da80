"""Checkpoints of Entire in a real git repository, laid out as its documentation says."""

import json
import subprocess
from pathlib import Path

import pytest

from fixloop.errors import UsageError
from tests.unit.emit.imports.claude_lines import AFTER, BEFORE, Line, edit, shell
from tests.unit.emit.imports.reading import imported, of_type, shorts


def _git(repository: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(repository), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _lines(lines: list[Line]) -> str:
    return "".join(f"{json.dumps(line)}\n" for line in lines)


def _commit(repository: Path, files: dict[str, str]) -> str:
    for name, content in files.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    _git(repository, "add", "-A")
    _git(repository, "commit", "-q", "-m", "checkpoint")
    return _git(repository, "rev-parse", "HEAD")


def _metadata(created: str, agent: str = "Claude Code") -> str:
    return json.dumps(
        {"session_id": "session-1", "agent": agent, "created_at": created, "checkpoint_id": "a"}
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty repository with a remote, on the branch of checkpoints."""
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    _git(folder, "init", "-q", "-b", "entire/checkpoints/v1")
    _git(folder, "remote", "add", "origin", "git@host.example:acme/shop.git")
    return folder


def test_a_session_over_checkpoints_is_told_once(repository: Path) -> None:
    """Each checkpoint repeats what came before; a sub-agent's transcript lies under `tasks`; pieces are put together."""
    first, second = edit(1, BEFORE, AFTER), shell(5, "rm src/old.py", "")
    helper = edit(3, "x\n", "y\n", "/home/ada/shop/b.py", isSidechain=True, agentId="h1")
    _commit(
        repository,
        {
            "a1/b2c3d4e5f6/metadata.json": "{}",
            "a1/b2c3d4e5f6/0/metadata.json": _metadata("2026-01-02T04:00:00Z"),
            "a1/b2c3d4e5f6/0/full.jsonl": _lines(first),
            "f0/b2c3d4e5f6/0/metadata.json": _metadata("2026-01-02T05:00:00Z"),
            "f0/b2c3d4e5f6/0/full.jsonl": _lines(first),
            "f0/b2c3d4e5f6/0/full.jsonl.001": _lines(second),
            "f0/b2c3d4e5f6/0/tasks/toolu_1/agent-h1.jsonl": _lines(helper),
        },
    )
    events, unread = imported("entire", repository)
    assert ["session.started", "edit.applied", "edit.applied", "edit.applied"] == shorts(events)
    assert [] == unread
    assert [None, "h1", None] == [one.get("gen_ai_agent_id") for one in of_type(events, "edit.applied")]
    assert ({"claude-code/session-1"}, {"acme/shop"}) == (
        {event["data"]["session_id"] for event in events},
        {event["data"]["vcs_repository_name"] for event in events},
    )


def test_checkpoints_with_refs_of_their_own_and_the_oldest_layout(repository: Path) -> None:
    """A ref for each checkpoint is read as the branch is; metadata may lie beside the transcript at once."""
    commit = _commit(
        repository,
        {"metadata.json": _metadata("2026-01-02T04:00:00Z"), "full.jsonl": _lines(edit(1, BEFORE, AFTER))},
    )
    _git(repository, "update-ref", "refs/entire/checkpoints/a1/b2c3", commit)
    _git(repository, "update-ref", "-d", "refs/heads/entire/checkpoints/v1")
    events, _ = imported("entire", repository)
    assert 1 == len(of_type(events, "edit.applied"))


def test_an_agent_that_is_not_known_is_told(repository: Path) -> None:
    """Its transcript has a shape of its own."""
    _commit(
        repository,
        {
            "a1/b/0/metadata.json": _metadata("2026-01-02T04:00:00Z", "Gemini CLI"),
            "a1/b/0/full.jsonl": "{}\n",
        },
    )
    events, unread = imported("entire", repository)
    assert ([], [False]) == (events, [one.broken for one in unread])


def test_a_repository_without_checkpoints_is_a_mistake(tmp_path: Path) -> None:
    """So is a folder that is no repository."""
    with pytest.raises(UsageError, match="no git repository"):
        imported("entire", tmp_path)
    _git(tmp_path, "init", "-q")
    with pytest.raises(UsageError, match="has no checkpoints"):
        imported("entire", tmp_path)

"""What git knows of a folder, compared with what git itself says."""

import json
import subprocess
from pathlib import Path

import pytest

from fixloop.emit.git.working_copy import git_email, working_copy

_REPOSITORIES = Path(__file__).parents[3] / "docs/repositories.json"


def git(folder: Path, *arguments: str) -> str:
    """What git says."""
    settings = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "-q")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return folder


def test_branch_and_commit(repository: Path) -> None:
    """From anywhere below the root, and from packed references too."""
    (repository / "src").mkdir()
    head = git(repository, "rev-parse", "HEAD")
    for _ in range(2):
        copy = working_copy(repository / "src")
        assert copy is not None
        assert (copy.root, copy.name, copy.branch, copy.revision) == (repository, "shop", "main", head)
        git(repository, "pack-refs", "--all")


def test_detached_and_worktree(repository: Path) -> None:
    """A worktree has its own head and shares the rest."""
    git(repository, "worktree", "add", "-q", "-b", "other", "../tree")
    git(repository, "remote", "add", "origin", "git@example.org:acme/shop.git")
    copy = working_copy(repository.parent / "tree")
    assert copy is not None
    assert (copy.name, copy.branch, copy.revision) == (
        "acme/shop",
        "other",
        git(repository, "rev-parse", "HEAD"),
    )
    git(repository, "checkout", "-q", "--detach")
    detached = working_copy(repository)
    assert detached is not None
    assert (detached.branch, detached.revision) == (None, copy.revision)


@pytest.mark.parametrize(("url", "name"), json.loads(_REPOSITORIES.read_text(encoding="utf-8")))
def test_a_repository_is_named_after_its_remote(repository: Path, url: str, name: str | None) -> None:
    """No host and no credentials, which a URL may hold."""
    git(repository, "remote", "add", "origin", url)
    copy = working_copy(repository)
    assert copy is not None
    assert copy.name == name


def test_no_working_copy(tmp_path: Path) -> None:
    """Outside of a repository there is none."""
    assert working_copy(tmp_path) is None


def test_the_address_is_the_one_that_git_would_use(repository: Path, tmp_path: Path) -> None:
    """The repository's own before the person's."""
    (tmp_path / ".gitconfig").write_text("[user]\n\temail = person@example.org\n")
    environment = {"HOME": str(tmp_path)}
    assert git_email(environment, working_copy(repository)) == "person@example.org"
    git(repository, "config", "user.email", "work@example.org")
    assert git_email(environment, working_copy(repository)) == "work@example.org"

"""git's own hooks: real repositories, real hooks, and what the session hears of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fixloop.emit.git.catch_up import CaughtUp
from fixloop.emit.hosts.changes import installing, uninstalling
from fixloop.emit.hosts.command import Command
from fixloop.emit.hosts.git_hooks import hook_files, hooks_folder
from fixloop.emit.hosts.host import Place
from fixloop.emit.hosts.whole_files import read_text, write_text
from tests.unit.emit.git_repositories import a_repository, an_emitter, catch_up, git, said

_COMMAND = Command((sys.executable, "-m", "fixloop.emit.agents.hook", "git"))


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose session is looked at by its hooks; looked at once, so that what comes is news."""
    monkeypatch.setenv("FIXLOOP_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setenv("FIXLOOP_DIGEST_KEY", "k")
    monkeypatch.setenv("FIXLOOP_SESSION", "s1")
    made = a_repository(tmp_path / "copy", shop_py="a = 1\nb = 2\n", test_shop_py="def test(): pass\n")
    catch_up(an_emitter(made))
    return made


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Where a command that is in fixloop's place writes which hooks called it, after it has eaten its input."""
    (tmp_path / "recorder").write_text(f'cat > /dev/null\necho "$1" >> {tmp_path}/calls\n')
    return tmp_path / "calls"


def recorder(calls: Path) -> Command:
    """The command."""
    return Command(("sh", str(calls.with_name("recorder"))))


def install(copy: Path, command: Command = _COMMAND) -> None:
    """The hooks in the repository, as `fixloop install git` writes them."""
    for file in hook_files(Place(os.environ, copy.parent, copy), command):
        change = installing(file, read_text(file.path), None)
        assert change.then is not None
        write_text(file.path, change.then, mode=0o777)


def short(copy: Path) -> list[str]:
    """What the session heard."""
    return [data.get("operation") or kind for kind, data in said(copy)]


def test_a_checkout_is_told_at_once(copy: Path) -> None:
    """Before anything else looks; and not again by whoever looks next."""
    install(copy)
    git(copy, "checkout", "-q", "-b", "side")
    (copy / "shop.py").write_text("a = 2\n")
    git(copy, "commit", "-q", "-a", "-m", "second")
    git(copy, "checkout", "-q", "main")
    assert ["commit.created", "edit.applied", "checkout"] == short(copy)
    assert CaughtUp() == catch_up(an_emitter(copy))


def test_a_file_that_is_checked_out(copy: Path) -> None:
    """The edit behind the back, if it was seen, and then the restore of that file alone."""
    install(copy)
    (copy / "shop.py").write_text("a = 2\n")
    catch_up(an_emitter(copy))
    git(copy, "checkout", "-q", "--", "shop.py")
    (_, edit), (_, restore) = said(copy)
    assert "checkout" == restore["operation"]
    assert [edit["path"]] == [file["path"] for file in restore["paths"]]


def test_what_a_commit_takes_in_is_an_edit(copy: Path) -> None:
    """Also where an agent's command was looked at in between, which reads git's logs and no files."""
    (copy / "shop.py").write_text("a = 2\n")
    git(copy, "commit", "-q", "-a", "-m", "second")
    an_emitter(copy).notice_moves()
    assert CaughtUp(1) == catch_up(an_emitter(copy))
    assert ["commit.created", "edit.applied"] == short(copy)


def test_a_stash_that_was_noticed_before_its_files_were(copy: Path) -> None:
    """The operation is kept until somebody compares the files."""
    (copy / "shop.py").write_text("a = 2\n")
    catch_up(an_emitter(copy))
    git(copy, "stash", "push", "-q")
    an_emitter(copy).notice_moves()
    assert CaughtUp(0, 1) == catch_up(an_emitter(copy))
    assert ["edit.applied", "stash_push"] == short(copy)


def test_amended_and_rebased(copy: Path) -> None:
    """A rebase is looked at once, when it is done; every commit that it made is told."""
    install(copy)
    for name in ("two", "three"):
        (copy / f"{name}.py").write_text("x = 1\n")
        git(copy, "add", "-A")
        git(copy, "commit", "-q", "-m", name)
    git(copy, "commit", "-q", "--amend", "-m", "amended")
    before = len(said(copy))
    git(copy, "rebase", "-q", "--force-rebase", "HEAD~2")
    assert "commit.created" in short(copy)[:before]
    assert len(said(copy)) > before
    assert CaughtUp() == catch_up(an_emitter(copy))


def test_existing_hooks_run_as_before(copy: Path, tmp_path: Path) -> None:
    """With their arguments, their input and their last word."""
    hook = copy / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/usr/bin/env bash\nset -eu\necho "$@" > {tmp_path}/said\nexit 3\n')
    hook.chmod(0o755)
    codes = []
    for name in ("side", "other"):
        codes.append(subprocess.run(["git", "checkout", "-q", "-b", name], cwd=copy, check=False).returncode)
        install(copy)
    assert codes[0] == codes[1] != 0
    assert (tmp_path / "said").read_text().split()[2] == "1"


def test_a_rebase_calls_once(copy: Path, calls: Path, tmp_path: Path) -> None:
    """At its end, however many commits it makes; in a linked working copy too."""
    git(copy, "worktree", "add", "-q", str(tmp_path / "side"))
    install(copy, recorder(calls))
    for folder in (copy, tmp_path / "side"):
        for name in ("two", "three", "four"):
            git(folder, "commit", "-q", "--allow-empty", "-m", name)
        calls.unlink()
        git(folder, "rebase", "-q", "--force-rebase", "HEAD~3")
        assert ["post-rewrite"] == calls.read_text().split()


def test_a_hook_that_leaves_early_and_reads_its_input(copy: Path, calls: Path, tmp_path: Path) -> None:
    """Before it can leave, fixloop is called, and takes nothing of what git tells it."""
    hook = copy / ".git/hooks/post-rewrite"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\nexec cat > {tmp_path}/rewritten"
    )  # without an end of line, as husky writes them
    hook.chmod(0o755)
    install(copy, recorder(calls))
    before = git(copy, "rev-parse", "HEAD")
    git(copy, "commit", "-q", "--amend", "--allow-empty", "-m", "amended")
    assert "post-rewrite" in calls.read_text().split()
    assert [before, git(copy, "rev-parse", "HEAD")] == (tmp_path / "rewritten").read_text().split()


def test_what_git_tells_its_hooks_of_places(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another repository's directory and index, as in a hook that goes on to work elsewhere, do not lead astray."""
    other = a_repository(tmp_path / "other", other_py="x = 1\n")
    (copy / "shop.py").write_text("a = 2\n")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    assert CaughtUp(1) == catch_up(an_emitter(copy))


def test_uninstalling_gives_the_bytes_back(copy: Path) -> None:
    """Of hooks that were there, and nothing of those that were not; installing twice changes nothing."""
    hook = copy / ".git/hooks/post-commit"
    hook.parent.mkdir(exist_ok=True)
    former = "#!/bin/bash -e\n\n# mine\nexec true\n"
    hook.write_text(former)
    install(copy)
    place = Place(os.environ, copy.parent, copy)
    for file in hook_files(place, _COMMAND):
        assert not installing(file, read_text(file.path), None).is_one
        then = uninstalling(file, read_text(file.path), None).then
        if file.path.resolve() == hook.resolve():
            assert then == former
        else:
            assert then is not None
            assert file.holds_nothing(then)


def test_a_hook_that_is_no_shell_script_is_left_alone(copy: Path) -> None:
    """The sentence says what to do."""
    file = hook_files(Place(os.environ, copy.parent, copy), _COMMAND)[0]
    with pytest.raises(ValueError, match="no shell script"):
        installing(file, "#!/usr/bin/env python3\nprint(1)\n", None)


def test_hooks_that_everybody_gets_are_left_alone(copy: Path) -> None:
    """`core.hooksPath` may name a folder of the repository itself."""
    assert copy / ".git/hooks" == hooks_folder(copy)
    (copy / "hooks").mkdir()
    (copy / "hooks/pre-push").write_text("#!/bin/sh\n")
    git(copy, "config", "core.hooksPath", "hooks")
    assert (copy / "hooks").resolve() == hooks_folder(copy).resolve()
    git(copy, "add", "-A")
    with pytest.raises(ValueError, match="everybody"):
        hooks_folder(copy)


@pytest.mark.parametrize("link", ["hooks", "hooks/post-commit"])
def test_hooks_that_lead_to_files_of_the_repository_are_left_alone(copy: Path, link: str) -> None:
    """A link in the git directory, of the folder or of one hook, to what everybody gets."""
    (copy / "tools").mkdir()
    (copy / "tools/post-commit").write_text("#!/bin/sh\n")
    git(copy, "add", "-A")
    (copy / ".git" / link).parent.mkdir(exist_ok=True)
    target = copy / ("tools" if link == "hooks" else "tools/post-commit")
    shutil.rmtree(copy / ".git" / link, ignore_errors=True)
    (copy / ".git" / link).symlink_to(target)
    with pytest.raises(ValueError, match="everybody"):
        hooks_folder(copy)


def test_a_hook_that_is_switched_off_stays_so(copy: Path) -> None:
    """Git runs none that may not be run: it is not touched, and the others are put in. One that was put in before is taken out still."""
    hook = copy / ".git/hooks/post-merge"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o644)
    install(copy)
    assert hook.read_text() == "#!/bin/sh\nexit 1\n"
    assert (copy / ".git/hooks/post-checkout").exists()
    hook.chmod(0o755)
    install(copy)
    hook.chmod(0o644)
    assert hook in [file.path for file in hook_files(Place(os.environ, copy.parent, copy), _COMMAND)]


def test_a_new_worktree_is_no_checkout(copy: Path, tmp_path: Path) -> None:
    """Nothing of it was there before."""
    install(copy)
    git(copy, "worktree", "add", "-q", str(tmp_path / "side"))
    assert [] == short(copy)


def test_git_goes_on_where_fixloop_cannot(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook that is gone, a spool that cannot be written, all switched off: git's own work and words are the same."""
    install(copy)
    for name in ("one", "two"):
        monkeypatch.setenv(
            "FIXLOOP_SPOOL", "/dev/null/spool" if name == "one" else str(copy.parent / "spool")
        )
        monkeypatch.setenv("FIXLOOP", "" if name == "one" else "off")
        done = subprocess.run(
            ["git", "checkout", "-b", name], cwd=copy, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", f"Switched to a new branch '{name}'\n")
    for hook in (copy / ".git/hooks").iterdir():
        hook.write_text(hook.read_text().replace(sys.executable, "/no/such/python"))
    done = subprocess.run(["git", "checkout", "main"], cwd=copy, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "Switched to branch 'main'\n")

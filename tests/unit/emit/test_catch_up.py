"""What nobody reported, found in real repositories: edits, restores, commits and moves of the head."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.emitter import Emitter
from fixloop.emit.events import EDIT_APPLIED
from fixloop.emit.git.catch_up import CaughtUp, remember
from fixloop.emit.git.tree_memory import load
from fixloop_schemas.digest import Digester
from tests.services.polling import poll
from tests.unit.emit.git_repositories import a_repository, an_emitter, catch_up, git, said

_DIGESTS = Digester(b"k")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A repository with a product file and a test."""
    return a_repository(tmp_path / "copy", shop_py="a = 1\nb = 2\n", test_shop_py="def test(): pass\n")


def _tell(emitter: Emitter, path: str, text: str | None, **data: Any) -> None:
    """An agent's report of an edit."""
    after = {"file_digest_after": emitter.digester.text(text)} if text is not None else {}
    fields = {"path": emitter.digester.path(path), "path_role": "product", **after, **data}
    emitter.emit(emitter.draft(EDIT_APPLIED, "/agent/claude-code", fields))


def test_first_look_only_remembers(copy: Path) -> None:
    """What was changed before the session is no news to it."""
    (copy / "shop.py").write_text("a = 0\n")
    assert CaughtUp() == catch_up(an_emitter(copy))
    assert [] == said(copy)


def test_unreported_edit(copy: Path) -> None:
    """With the lines that changed, as hashes, before and after by their digests; once."""
    catch_up(an_emitter(copy))
    (copy / "shop.py").write_text("a = 1\nb = 3\n")
    for edits in (1, 0):
        assert CaughtUp(edits) == catch_up(an_emitter(copy))
    ((kind, data),) = said(copy)
    assert "edit.applied" == kind
    assert _DIGESTS.path("shop.py") == data["path"]
    assert ("product", "modified", "person") == (data["path_role"], data["change"], data["origin"])
    assert _DIGESTS.text("a = 1\nb = 2\n") == data["file_digest_before"]
    assert _DIGESTS.text("a = 1\nb = 3\n") == data["file_digest_after"]
    assert _DIGESTS.lines(["b = 2"]) == tuple(data["hunks"][0]["removed"])
    assert _DIGESTS.lines(["b = 3"]) == tuple(data["hunks"][0]["added"])
    assert data["unobserved"] is True


def test_what_an_agent_reported_is_not_reported_again(copy: Path) -> None:
    """Neither at the first look nor later, and also when the agent did not know the whole text."""
    (copy / "shop.py").write_text("a = 5\n")
    emitter = an_emitter(copy)
    _tell(emitter, "shop.py", "a = 5\n")
    assert 0 == catch_up(emitter).edits
    (copy / "shop.py").write_text("a = 6\n")
    _tell(emitter, "shop.py", None)
    assert 0 == catch_up(emitter).edits
    (copy / "shop.py").write_text("a = 7\n")
    assert 1 == catch_up(emitter).edits
    assert 3 == len(said(copy))


def test_edit_behind_an_agents_report(copy: Path) -> None:
    """A formatter, or a person, after the agent: before is what the agent said, even at the first look."""
    (copy / "shop.py").write_text("a = 5\n")
    emitter = an_emitter(copy)
    _tell(emitter, "shop.py", "a=5\n")
    assert 1 == catch_up(emitter).edits
    assert emitter.digester.text("a=5\n") == said(copy)[-1][1]["file_digest_before"]


def test_created_and_deleted(copy: Path) -> None:
    """A new file of the product counts; what tools leave behind does not."""
    emitter = an_emitter(copy)
    catch_up(emitter)
    (copy / "new.py").write_text("x = 1\n")
    (copy / ".coverage").write_text("")
    (copy / "data.sqlite").write_bytes(b"\0")
    (copy / "test_shop.py").unlink()
    assert 2 == catch_up(emitter).edits
    changes = {data["path"]: data["change"] for _, data in said(copy)}
    assert {_DIGESTS.path("new.py"): "created", _DIGESTS.path("test_shop.py"): "deleted"} == changes
    (copy / "new.py").unlink()
    assert 1 == catch_up(emitter).edits
    assert "deleted" == said(copy)[-1][1]["change"]


def test_back_to_the_commit_is_a_restore(copy: Path) -> None:
    """By whatever brought it back; a later change of the same file is an edit again."""
    emitter = an_emitter(copy)
    catch_up(emitter)
    (copy / "shop.py").write_text("a = 2\n")
    catch_up(emitter)
    git(copy, "checkout", "--", "shop.py")
    assert CaughtUp(0, 1) == catch_up(emitter)
    kind, data = said(copy)[-1]
    assert ("workspace.restored", "restore") == (kind, data["operation"])
    assert _DIGESTS.text("a = 1\nb = 2\n") == data["paths"][0]["file_digest_after"]
    (copy / "shop.py").write_text("a = 2\n")
    assert CaughtUp(1, 0) == catch_up(emitter)


def test_stash_and_its_return(copy: Path) -> None:
    """Seen in git's logs, when no command was."""
    emitter = an_emitter(copy)
    catch_up(emitter)
    (copy / "shop.py").write_text("a = 2\n")
    catch_up(emitter)
    for command, operation in (("push", "stash_push"), ("pop", "stash_pop")):
        git(copy, "stash", command)
        assert CaughtUp(0, 1) == catch_up(emitter)
        assert operation == said(copy)[-1][1]["operation"]


def test_a_stash_that_is_applied(copy: Path) -> None:
    """It leaves no trace in git's logs, but the file is as the stash has it; another text is an edit, and so is what was never stashed."""
    emitter = an_emitter(copy)
    catch_up(emitter)
    (copy / "shop.py").write_text("a = 2\n")
    catch_up(emitter)
    git(copy, "stash", "push")
    catch_up(emitter)
    git(copy, "stash", "apply")
    (copy / "test_shop.py").write_text("def test_other(): pass\n")
    assert CaughtUp(1, 1) == catch_up(emitter)
    data = said(copy)[-1][1]
    assert ("stash_pop", [_DIGESTS.path("shop.py")]) == (
        data["operation"],
        [one["path"] for one in data["paths"]],
    )
    (copy / "shop.py").write_text("a = 3\n")
    assert CaughtUp(1, 0) == catch_up(emitter)


@pytest.mark.parametrize("command", ["pop", "apply"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_older_stash(copy: Path, command: str, number: int) -> None:
    """By its number: what it gives back is no edit, whichever of them it was."""
    emitter = an_emitter(copy)
    for text in ("a = 2\n", "a = 3\n", "a = 4\n"):
        (copy / "shop.py").write_text(text)
        git(copy, "stash", "push")
    catch_up(emitter)
    git(copy, "stash", command, f"stash@{{{number}}}")
    assert CaughtUp(0, 1) == catch_up(emitter)
    ((_, data),) = said(copy)
    after = _DIGESTS.text(f"a = {4 - number}\n")
    assert ("stash_pop", after) == (data["operation"], data["paths"][0]["file_digest_after"])


def test_what_a_stash_gives_back(copy: Path) -> None:
    """New files and deleted ones too; what is edited at the same time is an edit."""
    emitter = an_emitter(copy)
    catch_up(emitter)
    (copy / "test_shop.py").unlink()
    (copy / "new.py").write_text("x = 1\n")
    catch_up(emitter)
    for command in ("pop", "apply"):
        git(copy, "stash", "push", "--include-untracked")
        assert CaughtUp(0, 1) == catch_up(emitter)
        git(copy, "stash", command)
        (copy / "shop.py").write_text(f"a = '{command}'\n")
        assert CaughtUp(1, 1) == catch_up(emitter)
        restored = {file["path"] for file in said(copy)[-1][1]["paths"]}
        assert {_DIGESTS.path("test_shop.py"), _DIGESTS.path("new.py")} == restored
        git(copy, "checkout", "shop.py")
        catch_up(emitter)


def test_a_stash_that_is_popped_elsewhere(copy: Path, tmp_path: Path) -> None:
    """All working copies share the stashes: here, what changes at that time is an edit."""
    git(copy, "worktree", "add", "-q", str(tmp_path / "side"))
    (copy / "shop.py").write_text("a = 2\n")
    git(copy, "stash", "push")
    emitter = an_emitter(tmp_path / "side")
    catch_up(emitter)
    git(copy, "stash", "pop")
    (tmp_path / "side/shop.py").write_text("a = 3\n")
    assert CaughtUp(1, 0) == catch_up(emitter)


def test_a_stash_stays_where_git_tidies_up(copy: Path) -> None:
    """`git gc` packs its reference, and nothing has been popped: an edit in between is one."""
    (copy / "shop.py").write_text("a = 2\n")
    git(copy, "stash", "push")
    emitter = an_emitter(copy)
    catch_up(emitter)
    git(copy, "pack-refs", "--all")
    (copy / "shop.py").write_text("a = 3\n")
    assert CaughtUp(1, 0) == catch_up(emitter)


def test_a_stash_that_does_not_touch_a_file(copy: Path) -> None:
    """It has the file as the commit below it has: whoever writes that text anew edits."""
    (copy / "test_shop.py").write_text("def test_other(): pass\n")
    git(copy, "stash", "push")
    (copy / "shop.py").write_text("a = 9\n")
    git(copy, "commit", "-q", "-a", "-m", "second")
    emitter = an_emitter(copy)
    catch_up(emitter)
    (copy / "shop.py").write_text("a = 1\nb = 2\n")
    assert CaughtUp(1, 0) == catch_up(emitter)


def test_reset(copy: Path) -> None:
    """To the commit that is there: the file comes back. To another one: everything may have changed."""
    git(copy, "commit", "-q", "--allow-empty", "-m", "second")
    emitter = an_emitter(copy)
    catch_up(emitter)
    (copy / "shop.py").write_text("a = 2\n")
    catch_up(emitter)
    git(copy, "reset", "-q", "--hard")
    assert 1 == catch_up(emitter).restores
    assert ("reset", 1) == (said(copy)[-1][1]["operation"], len(said(copy)[-1][1]["paths"]))
    git(copy, "reset", "-q", "--hard", "HEAD~1")
    assert 1 == catch_up(emitter).restores
    assert ("reset", True) == (said(copy)[-1][1]["operation"], said(copy)[-1][1]["everything"])


def test_another_branch(copy: Path) -> None:
    """Files of another branch are no edits; a new branch at the same commit is nothing at all."""
    git(copy, "checkout", "-q", "-b", "other")
    (copy / "shop.py").write_text("a = 9\n")
    git(copy, "commit", "-q", "-a", "-m", "other")
    emitter = an_emitter(copy)
    catch_up(emitter)
    git(copy, "checkout", "-q", "-b", "third")
    assert CaughtUp() == catch_up(emitter)
    git(copy, "checkout", "-q", "main")
    assert CaughtUp(0, 1) == catch_up(emitter)
    assert [("workspace.restored", "checkout")] == [(kind, data["operation"]) for kind, data in said(copy)]


def test_commit_is_told_and_changes_no_file(copy: Path) -> None:
    """What was changed and is committed now is still what it was; changed and committed between looks is an edit."""
    emitter = an_emitter(copy)
    catch_up(emitter)
    (copy / "shop.py").write_text("a = 2\n")
    catch_up(emitter)
    before = git(copy, "rev-parse", "HEAD")
    git(copy, "commit", "-q", "-a", "-m", "second")
    assert CaughtUp() == catch_up(emitter)
    kind, data = said(copy)[-1]
    assert ("commit.created", git(copy, "rev-parse", "HEAD"), [before]) == (
        kind,
        data["revision"],
        list(data["parents"]),
    )
    (copy / "shop.py").write_text("a = 3\n")
    git(copy, "commit", "-q", "-a", "-m", "third")
    assert CaughtUp(1) == catch_up(emitter)


def test_sessions_in_one_copy_are_each_told(copy: Path) -> None:
    """What one session's agent did, another session did not hear."""
    one, other = an_emitter(copy, "one"), an_emitter(copy, "other")
    catch_up(one)
    catch_up(other)
    (copy / "shop.py").write_text("a = 2\n")
    _tell(one, "shop.py", "a = 2\n")
    assert (0, 1) == (catch_up(one).edits, catch_up(other).edits)


def test_agent_at_work_is_the_origin(copy: Path) -> None:
    """In an agent's session, what nobody reported is its shell's."""
    emitter = an_emitter(copy, FIXLOOP_AGENT="claude-code")
    catch_up(emitter)
    (copy / "shop.py").write_text("a = 2\n")
    catch_up(emitter)
    assert "agent" == said(copy)[-1][1]["origin"]


def test_out_of_time(copy: Path) -> None:
    """Nothing is said, the log says so, and it is not tried again at once, and later each time; a look in time begins anew."""
    emitter, now = an_emitter(copy), time.time()
    catch_up(emitter)
    (copy / "shop.py").write_text("a = 2\n")
    for pause in (60, 600, 3600, 3600):
        assert CaughtUp(complete=False) == catch_up(emitter, budget_seconds=0.0, now=now)
        assert CaughtUp(complete=False) == catch_up(emitter, now=now + pause - 1)
        assert f"tried again after {pause} s" in _log(copy).splitlines()[-1]
        now += pause
    assert [] == said(copy)
    assert CaughtUp(1) == catch_up(emitter, now=now)
    assert CaughtUp(complete=False) == catch_up(emitter, budget_seconds=0.0, now=now)
    assert [False, True] == [catch_up(emitter, now=now + later).complete for later in (59, 60)]


def test_a_clock_that_is_set_back_ends_the_pause(copy: Path) -> None:
    """What was written down lies in the future then, and nobody waits for it."""
    emitter, now = an_emitter(copy), time.time()
    catch_up(emitter)
    (copy / "shop.py").write_text("a = 2\n")
    assert not catch_up(emitter, budget_seconds=0.0, now=now).complete
    assert [False, True] == [catch_up(emitter, now=at).complete for at in (now + 1, now - 1)]


def test_a_session_that_starts_remembers_its_files(copy: Path) -> None:
    """What is changed before the first test run is found by it, and what was changed before the session is not; nothing is told at once."""
    (copy / "test_shop.py").write_text("def test_before(): pass\n")
    emitter = an_emitter(copy)
    assert CaughtUp() == remember(emitter, budget_seconds=10.0)
    (copy / "shop.py").write_text("a = 2\n")
    assert CaughtUp() == remember(emitter, budget_seconds=10.0)
    assert [] == said(copy)
    assert CaughtUp(1) == catch_up(emitter)
    assert [_DIGESTS.path("shop.py")] == [data["path"] for _, data in said(copy)]


def test_what_was_told_before_the_files_were_remembered(copy: Path) -> None:
    """It is not told again; what differs from it is an edit that nobody reported."""
    emitter = an_emitter(copy)
    for name in ("shop.py", "test_shop.py"):
        (copy / name).write_text("a = 5\n")
        _tell(emitter, name, "a = 5\n")
    (copy / "test_shop.py").write_text("a = 6\n")
    remember(emitter, budget_seconds=10.0)
    assert 2 == len(said(copy))
    assert CaughtUp(1) == catch_up(emitter)
    assert _DIGESTS.path("test_shop.py") == said(copy)[-1][1]["path"]


def test_a_first_look_that_takes_too_long_is_left_to_another_process(copy: Path) -> None:
    """What nobody reports afterwards is found; the process is not this one's child."""
    (copy / "test_shop.py").write_text("def test_before(): pass\n")
    emitter, before = an_emitter(copy), _children()
    assert CaughtUp(complete=False) == catch_up(emitter, budget_seconds=0.0)
    assert before == _children()
    (memory,) = emitter.folder.glob("tree-*.json")
    poll("the files are remembered", lambda: load(memory).looked)
    (copy / "shop.py").write_text("a = 2\n")
    assert CaughtUp(1) == catch_up(emitter)


def _children() -> set[str]:
    """The processes that this one would have to wait for."""
    parents = {path.parent.name: path.read_text() for path in Path("/proc").glob("[0-9]*/stat")}
    return {pid for pid, stat in parents.items() if stat.rpartition(")")[2].split()[1] == str(os.getpid())}


def _log(copy: Path) -> str:
    return (copy.parent / "spool/emit.log").read_text(encoding="utf-8")


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copy: Path) -> None:
    """Outside of a repository there is nothing to compare; without the program, the log says so."""
    assert CaughtUp() == catch_up(an_emitter(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not catch_up(an_emitter(copy)).complete


def test_unusual_names(copy: Path) -> None:
    """Blanks, quotes, other scripts, a newline, a link and a folder: none of them breaks the look."""
    emitter = an_emitter(copy)
    catch_up(emitter)
    for name in ("with blank.py", 'quo"te.py', "größe.py", "new\nline.py"):
        (copy / name).write_text("x = 1\n")
    (copy / "link.py").symlink_to("nowhere")
    assert 4 == catch_up(emitter).edits

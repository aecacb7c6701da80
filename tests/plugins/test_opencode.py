"""OpenCode's plugin, really run: under Node, under Bun, and in OpenCode itself where that is installed.

`FIXLOOP_GOLDEN=write` writes the golden file anew; what has changed in it is then to be read.
"""

import json
import os
import re
import stat
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from fixloop_schemas.digest import Digester
from tests.architecture.project import program
from tests.plugins.opencode_host import (
    PLUGIN,
    Step,
    after,
    an_environment,
    before,
    created,
    edited,
    event,
    prompted,
    running,
    shell,
    used,
)
from tests.services.node_packages import run_in, workbench
from tests.services.polling import poll
from tests.unit.emit.git_repositories import a_repository, git
from tests.unit.emit.spooled import events_of, short_types

GOLDEN = Path(__file__).parents[1] / "data/opencode/session.json"
SHOP = "def price():\n    return 1\n\n\ndef name():\n    return 'tea'\n"
_VOLATILE = ("session_id", "seq", "run_id", "enduser_pseudo_id", "vcs_ref_head_revision", "change_digest")
FAILED = "F..\nFAILED test_shop.py::test_price - AssertionError: assert 2 == 3\n1 failed, 2 passed in 0.10s\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository."""
    return a_repository(tmp_path / "project", shop_py=SHOP, old_py="x = 1\n")


def a_hook(home: Path, *lines: str) -> tuple[str]:
    """A program in the hook's place: a shell's script, in the home."""
    path = home / "hook"
    path.write_text("\n".join(("#!/bin/sh", f"cd '{home}'", *lines, "")))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return (str(path),)


NOTES = ("echo begin >> got", "cat >> got", "echo >> got", "echo end >> got")
"""A hook that keeps what it is told."""


def got(home: Path) -> list[dict[str, Any]]:
    """What such a hook was told, one call after the other."""
    path = home / "got"
    lines = path.read_text().splitlines() if path.exists() else []
    if len(lines) % 3:
        return []
    assert all(("begin", "end") == (lines[at], lines[at + 2]) for at in range(0, len(lines), 3))
    return [json.loads(line) for line in lines[1::3]]


def calls(home: Path, count: int) -> list[dict[str, Any]]:
    """The same, once there are so many, or more."""
    poll(f"{count} calls", lambda: len(got(home)) >= count)
    return got(home)


def test_types_hold(tmp_path: Path) -> None:
    """Strict, against OpenCode's own types of plugins."""
    run_in(workbench(tmp_path, PLUGIN), "tsc")


def test_it_is_one_file_without_dependencies() -> None:
    """OpenCode loads a file of a folder, and calls whatever that exports."""
    text = (PLUGIN / "src/fixloop.js").read_text(encoding="utf-8")
    assert all(name.startswith("node:") for name in re.findall(r'from "([^"]+)"', text))
    assert ["Fixloop"] == re.findall(r"^export const (\w+)", text, re.MULTILINE)
    assert 1 == len(re.findall(r"^export ", text, re.MULTILINE))
    manifest = json.loads((PLUGIN / "package.json").read_text(encoding="utf-8"))
    assert not {"dependencies", "peerDependencies", "optionalDependencies"} & manifest.keys()


def test_the_lock_file_names_no_host() -> None:
    """Where packages come from is npm's setting, and not the project's."""
    lock = json.loads((PLUGIN / "package-lock.json").read_text(encoding="utf-8"))
    assert [] == [name for name, package in lock["packages"].items() if "resolved" in package]


@pytest.mark.parametrize("under", ["node", "bun"])
def test_a_session_as_events(project: Path, tmp_path: Path, under: str) -> None:
    """Each tool's call, sub-agents, models and ends: the golden file's events in its order, and one session with the shell's tests."""
    spool, file = tmp_path / "spool", str(project / "shop.py")
    two, tea = (
        SHOP.replace("return 1", "return 2"),
        SHOP.replace("return 1", "return 2").replace("tea", "Tea"),
    )
    with running(project, tmp_path, under=under) as host:
        host.do(created(), prompted("m1", "model-x"))
        replaced = {"filePath": file, "oldString": "return 1", "newString": "return 2"}
        host.do(*used("edit", "c1", replaced, files={project / "shop.py": two}))
        host.do(before("edit", "c2", {"filePath": file, "oldString": "nowhere", "newString": "x"}))
        host.do(created("ses_2", parentID="ses_1"), prompted("m2", "model-y", "ses_2"))
        many = {"filePath": file, "edits": [{"filePath": file, "oldString": "'tea'", "newString": "'Tea'"}]}
        host.do(*used("multiedit", "c3", many, "ses_2", {project / "shop.py": tea}))
        patch = (
            "*** Begin Patch\n*** Update File: old.py\n*** Move to: deep/new.py\n@@\n-x = 1\n+x = 2\n"
            "*** Add File: tax.py\n+RATE = 0.2\n*** End Patch"
        )
        moved = {
            project / "old.py": None,
            project / "deep/new.py": "x = 2\n",
            project / "tax.py": "RATE = 0.2\r\n",
        }
        host.do(*used("apply_patch", "c4", {"patchText": patch}, files=moved))
        (made,) = host.do(shell(project, "ses_2"))
        assert {"FIXLOOP_SESSION": "ses_1"} == made["env"]
        tests = {"command": "pytest -q", "description": "tests"}
        host.do(*used("bash", "c5", tests, output=FAILED, exit=1))
        poll("the run", lambda: "testsuiterun.finished" in short_types(spool))
        host.do(*used("bash", "c6", tests, output="3 passed in 0.10s\n", exit=0))
        poll("the run", lambda: 2 == short_types(spool).count("testsuiterun.finished"))
        host.do(*used("bash", "c7", tests, output="(no output)\n\n<shell_metadata>\n", exit=None))
        restore = {"command": "git checkout -- shop.py", "workdir": str(project)}
        host.do(*used("bash", "c8", restore, output="", exit=0, files={project / "shop.py": SHOP}))
        host.do(prompted("m3", "model-z"), event("session.compacted", sessionID="ses_1"))
        poll("the last", lambda: 2 == short_types(spool).count("session.started"))
    poll("the end", lambda: "session.ended" in short_types(spool))
    found = [_plain(one) for one in events_of(spool)]
    assert {"ses_1"} == {one.data.session_id for one in events_of(spool)}
    if os.environ.get("FIXLOOP_GOLDEN") == "write" and under == "node":
        GOLDEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    assert json.loads(GOLDEN.read_text(encoding="utf-8")) == found


def _plain(one: Any) -> dict[str, Any]:
    data = one.data.model_dump(mode="json", exclude_defaults=True)
    return {
        "type": one.type.removeprefix("dev.fixloop."),
        "data": {name: value for name, value in data.items() if name not in _VOLATILE},
    }


def test_edits_keep_their_order(project: Path, tmp_path: Path) -> None:
    """Two hundred as quick as they can be, one process at a time, each with the file as it was before and after it."""
    path = project / "shop.py"
    contents = [SHOP, *(f"x = {number}\n" for number in range(200))]
    with running(project, tmp_path, a_hook(tmp_path, *NOTES)) as host:
        host.do(created(), *(step for at in range(200) for step in edited(path, f"c{at}", contents[at + 1])))
        told = calls(tmp_path, 201)
    files = [call["files"] for call in told[1:]]
    assert [[{"path": str(path), "before": old, "after": new}] for old, new in pairwise(contents)] == files


def test_quick_edits_in_the_spool(project: Path, tmp_path: Path) -> None:
    """Through the real hook: each begins with the text that the one before it left."""
    path, spool = project / "shop.py", tmp_path / "spool"
    contents = [SHOP, *(f"x = {number}\n" for number in range(12))]
    with running(project, tmp_path) as host:
        host.do(created(), *(step for at in range(12) for step in edited(path, f"c{at}", contents[at + 1])))
        poll("the edits", lambda: 12 == short_types(spool).count("edit.applied") if spool.exists() else None)
    edits: list[Any] = [one.data for one in events_of(spool) if one.type.endswith("edit.applied.v1")]
    digests = [Digester(b"k").text(content) for content in contents]
    assert list(pairwise(digests)) == [(edit.file_digest_before, edit.file_digest_after) for edit in edits]


def test_what_install_puts_there(project: Path, tmp_path: Path) -> None:
    """The file that `fixloop install opencode` writes tells an edit, and is gone after `uninstall`."""
    spool, environment = tmp_path / "spool", an_environment(tmp_path)
    folder = tmp_path / ".config/opencode/plugins"

    def called(command: str) -> None:
        words = [program("fixloop"), command, "opencode", "--yes"]
        subprocess.run(words, env=environment, cwd=tmp_path, check=True, capture_output=True)

    called("install")
    (folder / "package.json").write_text('{"type": "module"}')  # OpenCode's own runtime needs no such word
    with running(project, tmp_path, installed=folder / "fixloop.js") as host:
        host.do(*edited(project / "shop.py", "c1", "x\n"))
        poll("the edit", lambda: spool.exists() and "edit.applied" in short_types(spool))
    called("uninstall")
    assert ["package.json"] == [path.name for path in folder.iterdir()]


@pytest.mark.parametrize(
    "lines",
    [None, ("exit 3",), ("exec <&-", "exit 0"), ("kill -9 $$",)],
    ids=["missing", "fails", "deaf", "dies"],
)
def test_a_hook_that_is_broken_is_not_the_hosts_trouble(
    project: Path, tmp_path: Path, lines: tuple[str, ...] | None
) -> None:
    """Large and small calls; no error anywhere, nothing printed, and the host goes on."""
    hook = ("/nowhere/fixloop-hook",) if lines is None else a_hook(tmp_path, "echo 1 >> calls", *lines)
    with running(project, tmp_path, hook) as host:
        for at in range(3):
            host.do(*edited(project / "shop.py", f"c{at}", f"{at}\n" * 400_000))
        if lines is not None:
            poll(
                "the calls",
                lambda: (tmp_path / "calls").exists() and len((tmp_path / "calls").read_text()) == 8,
            )
        host.do(*edited(project / "shop.py", "last", "x\n"))


def test_a_hook_that_hangs_holds_nobody_up(project: Path, tmp_path: Path) -> None:
    """More edits are done than can wait, and the first call stays unanswered: those that wait are told in order when it comes back.

    The next call says how many were not.
    """
    hook = a_hook(tmp_path, "while [ ! -e go ]; do sleep 0.02; done", *NOTES)
    with running(project, tmp_path, hook) as host:
        host.do(created())
        host.do(*(step for at in range(280) for step in edited(project / "shop.py", f"c{at}", f"{at}\n")))
        assert [] == got(tmp_path)
        (tmp_path / "go").touch()
        waited = calls(tmp_path, 256)
        host.do(*edited(project / "shop.py", "last", "last\n"))
        told = calls(tmp_path, len(waited) + 1)[: len(waited) + 1]
    assert 258 > len(waited)
    assert [f"{at}\n" for at in range(len(waited) - 1)] == [call["files"][0]["after"] for call in waited[1:]]
    assert {"last\n": 281 - len(waited)} == {
        call["files"][0]["after"]: call["lost"] for call in told if "lost" in call
    }


def test_off_is_off(project: Path, tmp_path: Path) -> None:
    """No hook is taken, and no process started."""
    for word in ("off", "0"):
        home = tmp_path / word
        home.mkdir()
        with running(project, home, a_hook(home, *NOTES), FIXLOOP=word) as host:
            assert [[]] == host.told(created(), *edited(project / "shop.py", "c1", "x\n"))["hooks"]
        assert not (home / "got").exists()


def test_installed_twice_tells_once(project: Path, tmp_path: Path) -> None:
    """For a person and for a project: OpenCode loads both."""
    with running(project, tmp_path, a_hook(tmp_path, *NOTES), copies=2) as host:
        host.do(created(), prompted("m1", "model-x"), *edited(project / "shop.py", "c1", "x\n"))
        told = calls(tmp_path, 3)
    poll("the end", lambda: "ended" == got(tmp_path)[-1]["kind"])
    assert ["started", "model", "edit", "ended"] == [call["kind"] for call in got(tmp_path)]
    assert "model-x" == told[-1]["model"]


def test_two_edits_of_one_file_side_by_side(project: Path, tmp_path: Path) -> None:
    """Both began before either was done: the second one's file before is the first one's file after."""
    path, given = project / "shop.py", {"filePath": "shop.py", "oldString": "a", "newString": "b"}
    steps: list[Step] = [before("edit", "c1", given), before("edit", "c2", given)]
    steps += [{"files": {str(path): "one\n"}}, after("edit", "c1", given)]
    steps += [{"files": {str(path): "two\n"}}, after("edit", "c2", given)]
    with running(project, tmp_path, a_hook(tmp_path, *NOTES)) as host:
        host.do(*steps)
        told = calls(tmp_path, 3)
    assert [(SHOP, "one\n"), ("one\n", "two\n")] == [
        (call["files"][0]["before"], call["files"][0]["after"]) for call in told[1:]
    ]


def test_files_that_are_not_told_whole(project: Path, tmp_path: Path) -> None:
    """Too large, or no UTF-8: then the hook reads what it can. What did not change, or was no file, is no edit."""
    large, odd = project / "large.txt", project / "odd.bin"
    odd.write_bytes(b"\xff\xfe")
    with running(project, tmp_path, a_hook(tmp_path, *NOTES)) as host:
        host.do(created(), *edited(large, "c1", "x" * 1_100_000))
        host.do(*used("write", "c2", {"filePath": "odd.bin", "content": "x"}))
        host.do(*used("write", "c3", {"filePath": "shop.py", "content": SHOP}))
        host.do(*used("write", "c4", {"filePath": "/dev/null", "content": "x"}))
        host.do(*used("read", "c5", {"filePath": "shop.py"}))
        host.do(*edited(project / "last", "c6", "x"))
        told = calls(tmp_path, 5)
    assert [
        [{"path": str(large), "before": None}],
        [{"path": str(odd)}],
        [{"path": "/dev/null"}],
        [{"path": str(project / "last"), "before": None, "after": "x"}],
    ] == [call["files"] for call in told[1:]]


def test_a_session_that_goes_on_and_one_that_is_deleted(project: Path, tmp_path: Path) -> None:
    """One that OpenCode knew before is resumed; a deleted one ends there."""
    with running(project, tmp_path, a_hook(tmp_path, *NOTES)) as host:
        host.do(event("session.updated", info={"id": "ses_8", "parentID": "ses_9"}))
        host.do(*edited(project / "shop.py", "c1", "x\n", "ses_8"), prompted("m", "model-x", "ses_9"))
        host.do(event("session.deleted", info={"id": "ses_9"}))
        told = calls(tmp_path, 4)
    assert [("started", "ses_9"), ("edit", "ses_9"), ("model", "ses_9"), ("ended", "ses_9")] == [
        (call["kind"], call["session"]) for call in told
    ]
    assert ("resume", "ses_8", "clear") == (told[0]["reason"], told[1]["sub_agent"], told[3]["reason"])


def test_the_shells_session(project: Path, tmp_path: Path) -> None:
    """Not where somebody named one, not without a session, not in a linked worktree, whose session only the hook can name."""
    git(project, "worktree", "add", "-q", str(tmp_path / "tree"))
    (tmp_path / "tree/deep").mkdir()
    asked = (
        shell(project),
        shell(tmp_path),
        shell(project, None),
        shell(project, FIXLOOP_SESSION="mine"),
        shell(tmp_path / "tree/deep"),
        shell(tmp_path / "nowhere"),
    )
    with running(project, tmp_path, a_hook(tmp_path)) as host:
        made = [output["env"].get("FIXLOOP_SESSION") for output in host.do(*asked)]
    assert ["ses_1", "ses_1", None, "mine", None, "ses_1"] == made
    (tmp_path / "other").mkdir()
    with running(project, tmp_path / "other", a_hook(tmp_path), FIXLOOP_SESSION="mine") as host:
        assert [{"env": {}}] == host.do(shell(project))


ODD: tuple[Any, ...] = (
    None,
    7,
    "x",
    [],
    {},
    {"args": None},
    {"args": {"filePath": 7}},
    {"args": {"patchText": []}},
)


def test_no_shape_is_too_odd(project: Path, tmp_path: Path) -> None:
    """Whatever OpenCode's hooks are called with, nothing fails, and what comes after it is told."""
    names = ("event", "chat.message", "tool.execute.before", "tool.execute.after", "shell.env")
    called = {"tool": "edit", "sessionID": "s", "callID": "c"}
    steps: list[Step] = [
        {"hook": name, "input": given, "output": output}
        for name in names
        for given in (
            *ODD,
            called,
            {**called, "tool": "apply_patch"},
            {**called, "tool": "bash", "args": {"command": "x"}},
        )
        for output in ODD
    ]
    steps += [
        event("session.created", info=None),
        event("session.created"),
        event("session.deleted", info={"id": 7}),
    ]
    with running(project, tmp_path, a_hook(tmp_path, *NOTES)) as host:
        host.do(*steps)
        host.do(*edited(project / "shop.py", "c9", "x\n"))
        poll("the edit", lambda: any(call["kind"] == "edit" for call in got(tmp_path)))

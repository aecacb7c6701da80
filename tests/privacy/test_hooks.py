"""Agents' hooks and looks at the working copy: nothing is written that the level does not let out."""

import io
import json
from pathlib import Path

import pytest

from fixloop.emit.agents import one_call
from fixloop.emit.agents.hook import HOSTS
from fixloop.emit.agents.one_call import listen, record
from fixloop.emit.emit_log import note
from fixloop.emit.emitter import Emitter
from fixloop.emit.git.hook import HOOKS
from fixloop_schemas.vocabulary import CaptureLevel
from tests.privacy.hook_payloads import PAYLOADS
from tests.privacy.machine import NEW, Machine, a_machine
from tests.privacy.marks import PATHS, Mark, found
from tests.unit.emit.git_repositories import git

every_level = pytest.mark.parametrize("level", CaptureLevel)


@pytest.fixture
def machine(tmp_path: Path, level: CaptureLevel) -> Machine:
    """A marked machine."""
    return a_machine(tmp_path, level)


@every_level
@pytest.mark.parametrize("host", HOSTS)
def test_hooks(machine: Machine, host: str) -> None:
    """Every call of every host that there is; what may be told is told, so that the marks were where they have to be."""
    assert host in PAYLOADS, "a host without marked calls: tests/privacy/hook_payloads.py"
    for call in PAYLOADS[host](machine):
        with machine.watched():
            record(HOSTS[host], io.BytesIO(json.dumps(call).encode()), machine.environment)
    assert set() == machine.leaks()
    assert set() == machine.undescribed()
    told = machine.told()
    assert {Mark.TEST_FILE, Mark.BRANCH} <= told
    assert machine.level.has_paths == (PATHS <= told)
    assert machine.level.has_texts == (Mark.MESSAGE in told)


@every_level
def test_unobserved_edits(machine: Machine) -> None:
    """What `catch_up` finds: edits, a new file, a restore, a commit, moves of the head and the stash."""

    def look() -> None:
        with machine.watched():
            emitter = Emitter.here(machine.environment, machine.root)
            assert emitter is not None
            emitter.catch_up()

    look()
    machine.file.write_text(NEW)
    (machine.file.parent / f"new_{Mark.FILE}.py").write_text(NEW)
    look()
    git(machine.root, "stash", "push", "-q", "-m", Mark.COMMIT)
    look()
    git(machine.root, "stash", "pop", "-q")
    git(machine.root, "commit", "-q", "-am", Mark.COMMIT)
    git(machine.root, "checkout", "-q", "-b", f"{Mark.BRANCH}/two")
    look()
    assert set() == machine.leaks()
    assert set() == machine.undescribed()
    assert machine.level.has_paths == (PATHS <= machine.told())


@every_level
def test_git_s_hooks(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them, with what it is called for and what git gives it."""
    monkeypatch.chdir(machine.root)
    before = git(machine.root, "rev-parse", "HEAD")
    with machine.watched():
        one_call.look(("post-checkout", before, before, "1"), machine.environment)
    for hook in HOOKS:
        machine.file.write_text(f"{machine.file.read_text()}{Mark.NEW_TEXT} = '{hook}'\n")
        git(machine.root, "commit", "-q", "-am", Mark.COMMIT)
        git(machine.root, "checkout", "-q", "-b", f"{Mark.BRANCH}/{hook}")
        with machine.watched():
            one_call.look((hook, before, "HEAD", "1", Mark.COMMAND), machine.environment)
    assert set() == machine.leaks()
    assert set() == machine.undescribed()
    assert machine.level.has_paths == (PATHS <= machine.told())


BROKEN = (
    f"{{{Mark.PROMPT}",
    f'["{Mark.PROMPT}"]',
    f'{{"session_id": {{"{Mark.PROMPT}": 1}}, "cwd": "/opt/{Mark.OUTSIDE}\\u0000", "hook_event_name": "PostToolUse"}}',
    f'{{"session_id": "{Mark.VARIABLE}", "cwd": "{Mark.PROMPT}"',
)
"""What is no call, or of another shape."""


@every_level
@pytest.mark.parametrize("host", HOSTS)
def test_what_goes_wrong_is_logged_without_its_text(
    machine: Machine, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken calls, and a spool whose files cannot be written: the log has kinds of errors and places in the code."""
    monkeypatch.setenv("TMPDIR", machine.environment["TMPDIR"])
    monkeypatch.delattr("os.fork")  # nothing is left to a child, of which nobody knows when it is done
    for call in BROKEN:
        with machine.watched():
            listen(host, HOSTS[host], io.BytesIO(call.encode()), machine.environment)
    (machine.spool / "sessions").mkdir()
    (machine.spool / "sessions" / "s-1").write_text("a file where a folder should be")
    for one in PAYLOADS[host](machine):
        with machine.watched():
            listen(host, HOSTS[host], io.BytesIO(json.dumps(one).encode()), machine.environment)
    assert "spool/emit.log" in machine.written
    assert set() == machine.leaks()
    assert set() == machine.undescribed()


@pytest.mark.parametrize(
    "error",
    [ValueError(Mark.MESSAGE), OSError(2, "No such file", f"/opt/{Mark.OUTSIDE}"), KeyError(Mark.LOCAL)],
)
def test_an_error_s_own_text_is_not_logged(tmp_path: Path, error: Exception) -> None:
    """It may quote what it was about; its type and place are enough to find it."""
    machine = a_machine(tmp_path, CaptureLevel.MASKED_TEXT)
    with machine.watched():
        note(machine.spool, "a hook", error)
    assert type(error).__name__.encode() in machine.written["spool/emit.log"]
    assert set() == found(machine.written["spool/emit.log"])

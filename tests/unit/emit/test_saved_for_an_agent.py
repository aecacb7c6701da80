"""An edit that an agent makes in an editor: the save and the agent's hook both see it, and the session has it once."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.agents.one_call import record
from fixloop.emit.emitter import Emitter
from fixloop.emit.events import EDIT_APPLIED, event_of
from fixloop.emit.git import told_edits
from fixloop.emit.spool import drop_box
from fixloop_schemas.codec import Event
from fixloop_schemas.digest import Digester
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1
from tests.unit.emit.hook_calls import edited
from tests.unit.emit.spooled import events_of

DIGESTER = Digester(b"k")
FILE = "price.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one file."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (folder / FILE).write_text("a = 1\n")
    return folder


def environment(project: Path) -> dict[str, str]:
    """What hooks run with."""
    return {
        "FIXLOOP_SPOOL": str(project.parent / "spool"),
        "FIXLOOP_DIGEST_KEY": "k",
        "HOME": str(project.parent),
    }


def saved(project: Path, text: str) -> Emitter:
    """Leave what an editor says in the drop box when somebody saves the file so."""
    emitter = Emitter.here(environment(project), project, agent="claude-code", told="claude-session")
    assert emitter is not None
    data = {
        "path": DIGESTER.path(FILE),
        "path_role": "product",
        "change": "modified",
        "origin": "person",
        "file_digest_after": DIGESTER.text(text),
    }
    drop_box.leave(emitter.folder, event_of(emitter.draft(EDIT_APPLIED, "/editor/vscode", data)))
    return emitter


def hooked(project: Path, one: dict[str, Any]) -> list[Event]:
    """The session's edits after the agent's hook was called."""
    record("claude_code", io.BytesIO(json.dumps(one).encode()), environment(project))
    return [event for event in events_of(project.parent / "spool") if isinstance(event.data, EditAppliedV1)]


def test_the_save_was_first(project: Path) -> None:
    """The hook adds nothing to it."""
    call = edited(project / FILE, "1", "2")
    saved(project, "a = 2\n")
    assert [event.source for event in hooked(project, call)] == ["/editor/vscode"]


def test_the_same_text_again_after_another_one(project: Path) -> None:
    """What lies between makes it an edit of its own."""
    saved(project, "a = 2\n")
    saved(project, "a = 1\n")
    assert len(hooked(project, edited(project / FILE, "1", "2"))) == 3


def test_the_same_text_of_the_same_agent(project: Path) -> None:
    """One that speaks twice means two edits."""
    edit = edited(project / FILE, "1", "2")
    hooked(project, edit)
    assert len(hooked(project, edit)) == 2


def test_a_save_a_minute_before(project: Path) -> None:
    """What nobody saw may lie between."""
    emitter = saved(project, "a = 2\n")
    emitter.memory()
    told = emitter.folder / told_edits.NAME
    entry = json.loads(told.read_text())
    told.write_text(json.dumps({**entry, "t": entry["t"] - 60}) + "\n")
    assert len(hooked(project, edited(project / FILE, "1", "2"))) == 2

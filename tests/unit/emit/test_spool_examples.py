"""The examples of docs/spool.md are what the spool does: an emitter in another language is compared with them."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.spool.session_file import folder_name
from fixloop.emit.spool.spool import Spool
from fixloop_schemas import codec
from fixloop_schemas.limits import MAX_EVENT_BYTES
from tests.unit.emit.spooled import lines_of

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = DOCS / "spool"
PAGE = (DOCS / "spool.md").read_text(encoding="utf-8")
SESSION = "session-1"


def without_chance(line: bytes) -> dict[str, Any]:
    """An event; what the spool says itself without its id and time."""
    event: dict[str, Any] = json.loads(line)
    return {**event, "id": "", "time": ""} if event["source"] == "/fixloop/spool" else event


def test_what_lies_in_the_box_becomes_the_segment(tmp_path: Path) -> None:
    """Byte for byte, but for the ids and times of what the spool says itself."""
    folder = tmp_path / "sessions" / SESSION
    shutil.copytree(EXAMPLES / "inbox", folder / "inbox")
    Spool(tmp_path).take_in(folder)
    expected = (EXAMPLES / "segment.jsonl").read_bytes().splitlines()
    assert [without_chance(line) for line in expected] == [
        without_chance(line) for line in lines_of(tmp_path)
    ]
    assert [] == list((folder / "inbox").iterdir())


def test_every_line_of_the_segment_is_an_event() -> None:
    """As the schemas judge."""
    for line in (EXAMPLES / "segment.jsonl").read_bytes().splitlines():
        assert SESSION == codec.from_json_line(line).data.session_id


def test_names_of_files_in_the_box_are_as_the_page_says() -> None:
    """Twenty digits, the process, six digits."""
    for path in (EXAMPLES / "inbox").iterdir():
        assert re.fullmatch(r"\d{20}-\d+-\d{6}\.jsonl", path.name)


FOLDERS: list[list[str]] = json.loads((EXAMPLES / "folders.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("session", "folder"), FOLDERS, ids=[folder for _, folder in FOLDERS])
def test_folders_are_named_as_in_the_examples(session: str, folder: str) -> None:
    """The id where it is a plain name, else a digest of it."""
    assert folder == folder_name(session)
    assert folder in (session, "~" + hashlib.sha256(session.encode()).hexdigest()[:40])


def test_the_page_states_the_bounds_that_there_are() -> None:
    """Of an event."""
    assert f"{MAX_EVENT_BYTES // 1024} KiB" in PAGE

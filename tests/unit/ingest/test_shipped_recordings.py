import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixloop.ingest.event_files import read_events
from fixloop.ingest.recordings import shipped_paths
from fixloop.ingest.recordings.reader import read_lines
from fixloop.ingest.recordings.shipping import FOLDER, SHIPPED, shipped_lines, write_shipped
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.registry import MODELS

MAX_SHIPPED_BYTES = 300 * 1024


def shipped_events() -> list[codec.Event]:
    """Every shipped event."""
    items = [item for _, item in read_events(shipped_paths())]
    assert [] == [item for item in items if isinstance(item, Rejected)]
    return [item for item in items if not isinstance(item, Rejected)]


def test_all_that_is_meant_to_ship_is_there_and_small() -> None:
    """Files and sessions are those that are written down, and a wheel stays small."""
    assert sorted(SHIPPED) == [path.name for path in shipped_paths()]
    names = {session for sessions in SHIPPED.values() for session in sessions}
    assert names == {event.data.session_id.rpartition("/")[2] for event in shipped_events()}
    assert sum(path.stat().st_size for path in shipped_paths()) < MAX_SHIPPED_BYTES


def test_a_file_does_not_say_when_it_was_made() -> None:
    """The time in the header of a compressed file is 0, so that making it again changes nothing."""
    assert {bytes(4)} == {path.read_bytes()[4:8] for path in shipped_paths()}


def fields_of(value: Any, path: str = "") -> Iterator[str]:
    """Every field name in a document, with the names above it."""
    for name, below in value.items() if isinstance(value, dict) else ():
        yield f"{path}{name}"
        yield from fields_of(below, f"{path}{name}.")
    for below in value if isinstance(value, list | tuple) else ():
        yield from fields_of(below, path)


def test_only_facts_ship() -> None:
    """Every field is one that the models know, and no branch is among them: branches carry people's names."""
    for event in shipped_events():
        written = codec.to_dict(event)["data"]
        known = set(
            fields_of(MODELS[event.type].model_validate_json(json.dumps(written)).model_dump(mode="json"))
        )
        assert event.data.model_extra == {}
        assert set(fields_of(written)) <= known
        assert "vcs_ref_head_name" not in written


def test_every_shipped_source_is_named_with_its_licence() -> None:
    """Somebody who takes the files knows where they come from."""
    sources = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    for name in SHIPPED:
        (row,) = [row for row in sources.splitlines() if row.startswith(f"| `{name}`")]
        assert "https://github.com/" in row
        assert row.endswith("| MIT |")


def test_making_them_again_changes_nothing(recordings: Path, tmp_path: Path) -> None:
    """The shipped files are what the reader makes of the whole recordings, to the byte."""
    for path in write_shipped(recordings, tmp_path):
        assert gzip.decompress((FOLDER / path.name).read_bytes()) == gzip.decompress(path.read_bytes())
        assert gzip.decompress(path.read_bytes()) == b"".join(shipped_lines(recordings / path.name))


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_no_recorded_text_leaves(recordings: Path, name: str) -> None:
    """No failure's message and no command of a whole recording is in the events that the reader makes of it."""
    lines = gzip.decompress((recordings / name).read_bytes()).splitlines()
    documents = [json.loads(line) for line in lines]
    allowed = {test["name"] for one in documents for test in one.get("tests", ())}
    texts = {
        test["msg"] for one in documents for test in one.get("tests", ()) if len(test.get("msg", "")) > 12
    }
    texts |= {one["command"] for one in documents if " " in one.get("command", "")}
    written = set[str]()
    for _, item in read_lines((name, line) for line in lines):
        assert not isinstance(item, Rejected)
        written |= set(words_of(codec.to_dict(item)["data"]))
    everything = "\n".join(sorted(written - allowed))
    leaked = [text for text in texts if text in everything and text not in allowed]
    assert [] == [text for text in leaked if text not in ERROR_TYPES]


ERROR_TYPES = frozenset({"NotImplementedError", "AssertionError"})
"""Messages that are nothing but the error's type, which may leave."""


def words_of(value: Any) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(value, str):
        yield value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from words_of(below)

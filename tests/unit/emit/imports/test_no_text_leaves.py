"""Nothing of a transcript's texts is in an event, whatever the format."""

import json
from pathlib import Path

import pytest

from tests.property.test_fuzzed_transcripts import FORMATS
from tests.unit.emit.imports.reading import imported

_TEXTS = (
    "return 0",
    "return sum",
    "prices",
    "assert",
    "shop.py",
    "/home/",
    "/workspace",
    "sed -i",
    "git stash",
    "Begin Patch",
    "pytest -q",
)
"""Source, failures, paths and commands of the transcripts that are made up here."""


@pytest.mark.parametrize("name", FORMATS)
def test_no_text_leaves(tmp_path: Path, name: str) -> None:
    """The texts are in what is read, and in nothing that comes out; the names of tests are, and are told."""
    file, make = FORMATS[name]
    document = make()
    lines = document if file.endswith(".jsonl") else [document]
    path = tmp_path / file
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    events, _ = imported(name, path)
    told = json.dumps(events)
    assert "tests/test_shop.py::test_total" in told
    told = told.replace("test_shop.py", "")
    assert any(text in path.read_text() for text in _TEXTS)
    assert [] == [text for text in _TEXTS if text in told]

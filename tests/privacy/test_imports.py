"""Imports of every format, into the spool and into a file: what was never told live is not told afterwards either."""

from pathlib import Path

import pytest

from fixloop import cli
from fixloop.emit.imported.formats import FORMATS
from fixloop_schemas.vocabulary import CaptureLevel
from tests.privacy.documents import DOCUMENTS, TRANSCRIPTS
from tests.privacy.machine import Machine, a_machine
from tests.privacy.marks import Mark

every_level = pytest.mark.parametrize("level", CaptureLevel)


@pytest.fixture
def machine(tmp_path: Path, level: CaptureLevel, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A marked machine, which is this one."""
    machine = a_machine(tmp_path, level)
    for name, value in machine.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(machine.root)
    return machine


@every_level
@pytest.mark.parametrize("form", FORMATS)
def test_imports(machine: Machine, form: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Every format that there is; names of tests come through, so that the marks were where they have to be."""
    assert form in DOCUMENTS, "a format without a marked document: tests/privacy/documents.py"
    (machine.base / "input").mkdir()
    path = DOCUMENTS[form](machine, machine.base / "input")
    with machine.watched():
        assert 0 == cli.main(["import", form, str(path), "--spool"])
        assert 0 == cli.main(["import", form, str(path), "--session", "s2"])
    machine.written["standard output.jsonl"], said = capsysbinary.readouterr()
    assert b"left out" not in said
    assert set() == machine.leaks()
    assert set() == machine.undescribed()
    told = machine.told()
    assert Mark.TEST in told
    assert machine.level.has_texts == (Mark.MESSAGE in told)
    assert (machine.level.has_paths and form in TRANSCRIPTS) == (Mark.FILE in told)

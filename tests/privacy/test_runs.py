"""Test runs as plugins, wrapped commands and printed outputs tell them: no word of a failure leaves but at the level of masked texts."""

import sys
from pathlib import Path

import pytest

from fixloop_schemas.vocabulary import CaptureLevel
from tests.privacy.machine import Machine, a_machine
from tests.privacy.marks import Mark
from tests.privacy.runs import JUNIT, PYTEST_PROJECT

every_level = pytest.mark.parametrize("level", CaptureLevel)


@pytest.fixture
def machine(tmp_path: Path, level: CaptureLevel) -> Machine:
    """A marked machine."""
    return a_machine(tmp_path, level)


@every_level
def test_pytest(machine: Machine) -> None:
    """Names and classes are told; messages, values, locals, docstrings, output and the machine's own names are not."""
    machine.test_file.write_text(PYTEST_PROJECT)
    arguments = ("-k", f"test or {Mark.KEYWORD}", "-o", f"cache_dir=/opt/{Mark.OUTSIDE}", "--showlocals")
    outside = (
        f"--ignore=/opt/{Mark.OUTSIDE}",
        f"--ignore-glob=../{Mark.OUTSIDE}",
        f"--deselect=~/{Mark.HOME}",
    )
    ended = machine.python("-m", "pytest", "-p", "no:cacheprovider", *arguments, *outside, FIXLOOP="1")
    assert (1, True) == (ended.returncode, Mark.PRINTED in ended.stdout), ended.stdout + ended.stderr
    assert set() == machine.leaks()
    assert set() == machine.undescribed()
    told = machine.told()
    assert {Mark.TEST, Mark.TEST_FILE, Mark.PARAMETER, Mark.CLASS, Mark.KEYWORD, Mark.BRANCH} <= told
    assert machine.level.has_texts == (Mark.MESSAGE in told) == (Mark.VALUE in told)


@every_level
def test_a_file_that_cannot_be_collected(machine: Machine) -> None:
    """The lines of source that Python shows around a mistake stay."""
    machine.test_file.write_text(f"{Mark.OLD_TEXT} = 1\n{Mark.NEW_TEXT} = {Mark.LOCAL} + (\n")
    ended = machine.python("-m", "pytest", "-p", "no:cacheprovider", FIXLOOP="1")
    assert 2 == ended.returncode
    assert {Mark.TEST_FILE} <= machine.told()
    shown = {Mark.NEW_TEXT, Mark.LOCAL} if machine.level.has_texts else set[str]()
    assert {word for _, word in machine.leaks()} <= shown


@every_level
def test_a_wrapped_command(machine: Machine) -> None:
    """`fixloop run` reads the report and leaves all else of the command."""
    (machine.base / "report.xml").write_text(JUNIT)
    script = f"import shutil; print('{Mark.PRINTED}'); shutil.copy('../../report.xml', 'r.xml')"
    fixloop = str(Path(sys.executable).with_name("fixloop"))
    command = (fixloop, "run", "--report", "junit:r.xml", "--")
    ended = machine.run(*command, sys.executable, "-c", script, f"--{Mark.COMMAND}")
    assert 0 == ended.returncode, ended.stderr
    del machine.written[f"{Mark.HOME}/shop/r.xml"]
    assert set() == machine.leaks()
    assert set() == machine.undescribed()
    assert Mark.TEST in machine.told()
    assert machine.level.has_texts == (Mark.MESSAGE in machine.told())

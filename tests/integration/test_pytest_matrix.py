"""Every way in which a run of pytest goes, as events: real pytest, real plugins, one golden file each.

`FIXLOOP_GOLDEN=write` writes the files anew; what has changed in them is then to be read. Ids, times and durations are left out, and so
is what the machine says of itself.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.unit.emit.pytest_runs import run_pytest
from tests.unit.emit.spooled import lines_of

GOLDEN = Path(__file__).parents[1] / "data/pytest"
_PREFIX, _SUFFIX = "dev.fixloop.", ".v1"
_VOLATILE = ("session_id", "run_id", "duration", "seq", "enduser_pseudo_id", "vcs_repository_name", "digest")

EVERY_OUTCOME = """
import unittest
import pytest

@pytest.fixture
def broken(): raise RuntimeError("broken")
@pytest.fixture
def breaks(): yield; raise RuntimeError("breaks")

def test_pass(): pass
def test_fail(): assert 1 == 2
def test_setup(broken): pass
def test_teardown(breaks): pass
def test_skip(): pytest.skip("not here")
@pytest.mark.skipif(True, reason="never")
def test_skipped(): pass
@pytest.mark.xfail
def test_expected(): assert 0
@pytest.mark.xfail
def test_unexpected(): pass
@pytest.mark.xfail(strict=True)
def test_strict(): pass
@pytest.mark.parametrize("x", ["a b", "a/b::c", "[", "ü", "\\n"])
def test_each(x): assert x != "["
class TestOld(unittest.TestCase):
    def test_green(self): pass
    def test_parts(self):
        for n in range(3):
            with self.subTest(n=n): self.assertNotEqual(n, 1)
    @unittest.expectedFailure
    def test_known(self): self.fail()
    @unittest.skip("no")
    def test_left_out(self): pass
"""
FLAKY = """
import pathlib
import pytest
def test_second_time(tmp_path_factory):
    seen = pathlib.Path(__file__).with_name("seen"); first = not seen.exists(); seen.touch(); assert not first
def test_never(): assert 0
def test_always(): pass
@pytest.fixture
def broken(): raise RuntimeError("broken")
def test_never_set_up(broken): pass
"""
THREE_RED = "def test_1(): assert 0\ndef test_2(): assert 0\ndef test_3(): assert 0\ndef test_4(): pass\n"
STOPPED = "def test_1(): pass\ndef test_2(): raise KeyboardInterrupt\ndef test_3(): pass\n"
LEFT = "import pytest\ndef test_1(): pass\ndef test_2(): pytest.exit('enough', returncode=7)\ndef test_3(): pass\n"
DIES = "import os\ndef test_1(): pass\ndef test_2(): os._exit(9)\ndef test_3(): pass\n"
HANGS = "import time\ndef test_1(): pass\ndef test_2(): time.sleep(60)\ndef test_3(): pass\n"
GREEN = "def test_one(): pass\ndef test_two(): pass\n"
SUBTESTS = """
def test_parts(subtests):
    for n in range(3):
        with subtests.test(n=n): assert n != 1
def test_green_parts(subtests):
    with subtests.test("one"): pass
"""
BREAKS_PYTEST = "def pytest_runtest_protocol(item):\n    if item.name == 'test_two': raise RuntimeError('a plugin broke')\n"


@dataclass(frozen=True)
class Case:
    """One way in which a run goes."""

    files: Mapping[str, str]
    arguments: tuple[str, ...] = ()
    exit_code: int = 1
    before: tuple[str, ...] | None = None
    """An earlier run, unwatched."""
    compared: bool = True
    """Whether an unwatched run says the same in the same words."""


CASES = {
    "plain": Case({"test_a.py": EVERY_OUTCOME}),
    "xdist": Case({"test_a.py": EVERY_OUTCOME}, ("-n", "2"), compared=False),
    "reruns": Case({"test_a.py": FLAKY}, ("--reruns", "2")),
    "reruns_xdist": Case({"test_a.py": FLAKY}, ("--reruns", "2", "-n", "1"), compared=False),
    "crash": Case({"test_a.py": DIES}, ("-n", "1"), compared=False),
    "dies": Case({"test_a.py": DIES}, exit_code=9),
    "stop_at_first": Case({"test_a.py": THREE_RED}, ("-x",)),
    "stop_at_second": Case({"test_a.py": THREE_RED}, ("--maxfail", "2")),
    "interrupt": Case({"test_a.py": STOPPED}, exit_code=2),
    "exit": Case({"test_a.py": LEFT}, exit_code=7),
    "collection_error": Case({"test_a.py": GREEN, "test_b.py": "import nowhere_to_be_found\n"}, exit_code=2),
    "collection_error_goes_on": Case(
        {"test_a.py": GREEN, "test_b.py": "def test_x(:\n"}, ("--continue-on-collection-errors",)
    ),
    "internal_error": Case({"test_a.py": GREEN, "conftest.py": BREAKS_PYTEST}, exit_code=3),
    "no_terminal": Case({"test_a.py": THREE_RED}, ("-p", "no:terminal")),
    "timeout_signal": Case(
        {"test_a.py": HANGS}, ("--timeout", "1", "--timeout-method", "signal"), compared=False
    ),
    "timeout_thread": Case(
        {"test_a.py": HANGS}, ("--timeout", "1", "--timeout-method", "thread"), compared=False
    ),
    "last_failed": Case(
        {"test_a.py": THREE_RED}, ("-p", "cacheprovider", "--lf"), before=("-p", "cacheprovider")
    ),
    "keyword": Case({"test_a.py": GREEN}, ("-k", "two"), exit_code=0),
    "one_test": Case({"test_a.py": GREEN}, ("test_a.py::test_two",), exit_code=0),
    "nothing_left": Case({"test_a.py": GREEN}, ("-k", "three"), exit_code=5),
    "subtests": Case({"test_a.py": SUBTESTS}),
}


def _normal(spool: Path) -> list[dict[str, Any]]:
    """What the events say of the run, without what differs from run to run; results in the order of their names.

    A run that takes its time writes its results in several parts: here they are one. What a run that never ended had written by then
    depends on how fast it was, and is left out.
    """
    events: list[dict[str, Any]] = []
    for line in lines_of(spool):
        event = json.loads(line)
        data = {name: value for name, value in event["data"].items() if name not in _VOLATILE}
        data.get("command", {}).pop("digest", None)
        for result in data.get("results", ()):
            result.pop("duration", None)
        if data.get("part"):
            data["results"] += events.pop()["results"]
            data["part"] = 0
        if "results" in data:
            data["results"].sort(key=lambda result: result["test_case_name"])
        if "parts" in data:
            data["parts"] = min(1, data["parts"])
        events.append({"type": event["type"].removeprefix(_PREFIX).removesuffix(_SUFFIX), **data})
    ended = any(event["type"] == "testsuiterun.finished" for event in events)
    return [event for event in events if ended or "results" not in event]


def _said(output: str) -> list[str]:
    """What pytest printed, without how long it took."""
    return [re.sub(r"in \d+\.\d+s|0x[0-9a-f]+|\d+\.\d+ seconds", "", line) for line in output.splitlines()]


def _project(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", CASES)
def test_a_run_as_events(tmp_path: Path, name: str) -> None:
    """It says what its golden file says, ends as it ends without fixloop, and prints the same."""
    case = CASES[name]
    project = _project(tmp_path / "watched/project", case.files)
    if case.before is not None:
        run_pytest(project, *case.before, on=False)
    done = run_pytest(project, *case.arguments)
    assert case.exit_code == done.returncode, done.stdout + done.stderr
    found = _normal(tmp_path / "watched/spool")
    path = GOLDEN / f"{name}.json"
    if os.environ.get("FIXLOOP_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8")) == found
    if case.compared:
        alone = _project(tmp_path / "alone/project", case.files)
        if case.before is not None:
            run_pytest(alone, *case.before, on=False)
        plain = run_pytest(alone, *case.arguments, on=False)
        expected = [line.replace("/alone/", "/watched/") for line in _said(plain.stdout + plain.stderr)]
        assert (plain.returncode, expected) == (done.returncode, _said(done.stdout + done.stderr))

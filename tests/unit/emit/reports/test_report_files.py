"""Reports, read: each beside what is to be read in it (`tests/data/reports/NAME` and `NAME.told`).

Those of pytest, rerunfailures, Surefire, jest-junit, Vitest, Node and `go test` were written by them for small programs of ours; the others
are written to the documented form.
"""

import importlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from fixloop.emit.imported.facts import Unread
from fixloop.emit.imported.formats import FORMATS
from fixloop.emit.parsed_run import ParsedRun
from tests.unit.emit.told_run import told

REPORTS = Path(__file__).parents[3] / "data" / "reports"
_OTHERS = {
    "ctrf.json": "ctrf",
    "go-json.jsonl": "go-json",
    "nextest-libtest.jsonl": "nextest",
    "nextest.xml": "nextest",
    "results.trx": "trx",
}
NAMES = sorted(path.name for path in REPORTS.iterdir() if path.suffix != ".told")


def report_format(name: str) -> str:
    """The format that a file of these is imported as."""
    return _OTHERS.get(name, "junit")


def runs_of(form: str, paths: Sequence[Path]) -> tuple[list[ParsedRun], list[Unread]]:
    """The runs in reports, and what could not be read."""
    module = importlib.import_module(FORMATS[form].module)
    found = [one for unit in FORMATS[form].units(paths) for one in module.runs(unit)]
    return (
        [one.run for one in found if not isinstance(one, Unread)],
        [one for one in found if isinstance(one, Unread)],
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_read_as_it_was_checked(name: str) -> None:
    """Outcomes, failures, attempts and counts are those that a person found in the report."""
    runs, unread = runs_of(report_format(name), [REPORTS / name])
    assert [] == unread
    assert (REPORTS / f"{name}.told").read_text(encoding="utf-8") == "".join(told(run) for run in runs)


def test_an_attempt_of_rerunfailures_is_no_pass() -> None:
    """Its XML shows each attempt as a test that passed: read as they stand, `test_fail` would have passed twice and failed once."""
    (run,), _ = runs_of("junit", [REPORTS / "pytest-rerunfailures.xml"])
    assert [
        ("test_r.py::test_ok", "pass", []),
        ("test_r.py::test_fail", "fail", ["fail", "fail", "fail"]),
        ("test_r.py::test_flaky", "pass", ["fail", "fail", "pass"]),
    ] == [(one.name, one.outcome.value, [attempt.value for attempt in one.attempts]) for one in run.results]
    assert run.totals is not None
    assert (2, 1) == (run.totals.passed, run.totals.failed)


def test_both_forms_of_nextest_say_the_same() -> None:
    """Outcomes and attempts do not depend on which report was asked for."""
    (xml,), _ = runs_of("nextest", [REPORTS / "nextest.xml"])
    (lines,), _ = runs_of("nextest", [REPORTS / "nextest-libtest.jsonl"])
    assert [(one.name, one.outcome) for one in xml.results] == [
        (one.name, one.outcome) for one in lines.results
    ]


def test_a_folder_is_one_run(tmp_path: Path) -> None:
    """Maven and Gradle write a file for each class."""
    for name in ("one", "two"):
        report = (REPORTS / "gradle-every-attempt.xml").read_text(encoding="utf-8")
        (tmp_path / f"TEST-{name}.xml").write_text(report.replace("CartTest", name), encoding="utf-8")
    runs, unread = runs_of("junit", [tmp_path])
    assert ([6], []) == ([len(run.results) for run in runs], unread)

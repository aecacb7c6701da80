"""A parsed run as events: whole on the wire, in parts that fit, and without what has to stay."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.events import Draft
from fixloop.emit.parsed_run import ParsedRun, Result, Totals
from fixloop.emit.run_events import run_events
from fixloop.emit.spool import Spool
from fixloop_schemas.digest import Digester
from fixloop_schemas.failures import Failure
from fixloop_schemas.limits import MAX_EVENT_BYTES, MAX_RESULTS_PER_PART
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus, Scope
from tests.unit.emit.spooled import events_of, lines_of, short_types

_DIGESTER = Digester(b"key")


def _data(run: ParsedRun, **told: Any) -> list[Mapping[str, Any]]:
    return [data for _, data in run_events(run, "run-1", _DIGESTER, **told)]


def _spooled(run: ParsedRun, spool: Path) -> None:
    for type_, data in run_events(run, "run-1", _DIGESTER):
        Spool(spool).emit(Draft("s", type_, "/runner/test", data))


def test_every_field_comes_through_the_spool_as_the_models_read_it(tmp_path: Path) -> None:
    """A run with one of everything is valid, whole and in order."""
    run = ParsedRun(
        framework="pytest",
        results=(
            Result("a.py::b", Outcome.PASS, duration=0.25, attempts=(Outcome.FAIL, Outcome.PASS)),
            Result("a.py::c", Outcome.FAIL, failure=Failure("ValueError", "no", "a.py::c")),
            Result("a.py", Outcome.ERROR, Level.GROUP),
            Result("a.py::d", Outcome.PASS, inferred=True),
        ),
        status=RunStatus.FAILURE,
        totals=Totals(2, 1, 1, 0),
        runner="pytest",
        scope=Scope.SELECTION,
        selectors=("a.py",),
        exit_code=1,
        exit_code_reliable=True,
        results_complete=True,
        duration=1.5,
    )
    _spooled(run, tmp_path)
    _, started, results, finished = (
        event.data.model_dump(exclude_unset=True) for event in events_of(tmp_path)
    )
    assert ("pytest", Scope.SELECTION, ("a.py",)) == (
        started["framework"],
        started["scope"],
        started["command"]["selectors"],
    )
    assert [
        ("a.py::b", Outcome.PASS, (Outcome.FAIL, Outcome.PASS), None),
        ("a.py::c", Outcome.FAIL, (), True),
        ("a.py", Outcome.ERROR, (), False),
        ("a.py::d", Outcome.PASS, (), None),
    ] == [
        (
            one["test_case_name"],
            one["outcome"],
            one.get("attempts", ()),
            one.get("signature", {}).get("complete"),
        )
        for one in results["results"]
    ]
    assert (1, RunStatus.FAILURE, 1, True, 1.5) == tuple(
        finished[name] for name in ("parts", "status", "exit_code", "results_complete", "duration")
    )


@pytest.mark.parametrize("name", ["t", "x" * 1_000, "\N{SNOWMAN}" * 900])
def test_parts_fit_into_their_events(tmp_path: Path, name: str) -> None:
    """However long the names are, nothing is too large, and nothing is lost."""
    results = tuple(Result(f"{number}{name}", Outcome.PASS) for number in range(5_000))
    _spooled(ParsedRun("pytest", results), tmp_path)
    assert all(len(line) <= MAX_EVENT_BYTES for line in lines_of(tmp_path))
    assert "events.dropped" not in short_types(tmp_path)
    parts = [data for data in _data(ParsedRun("pytest", results)) if "results" in data]
    assert 5_000 == sum(len(data["results"]) for data in parts)
    assert all(len(data["results"]) <= MAX_RESULTS_PER_PART for data in parts)
    assert list(range(len(parts))) == [data["part"] for data in parts]


def test_what_the_wire_cannot_hold_is_made_to_fit(tmp_path: Path) -> None:
    """Names without end, halves of characters, durations that are none."""
    results = (
        Result("x" * 5_000, Outcome.FAIL, failure=Failure("E" * 500, "m" * 100_000)),
        Result("\ud800", Outcome.PASS, duration=float("nan")),
        Result("t", Outcome.PASS, duration=-1.0, attempts=(Outcome.FAIL,) * 500),
    )
    _spooled(ParsedRun("f" * 500, results, runner="\ud800", selectors=("s" * 5_000,) * 500), tmp_path)
    assert 4 == len(events_of(tmp_path))


@pytest.mark.parametrize(
    ("selector", "told"),
    [
        ("tests/test_a.py::test_b", "tests/test_a.py::test_b"),
        ("./...", "./..."),
        ("/home/ada/shop/tests/test_a.py::test_b", "tests/test_a.py::test_b"),
        ("/home/ada/shop", "."),
        ("../tests/test_a.py", "tests/test_a.py"),
        ("/home/ada/other/test_a.py::test_b", f"{_DIGESTER.path('/home/ada/other/test_a.py')}::test_b"),
        ("../../other", _DIGESTER.path("/home/ada/other")),
    ],
)
def test_a_selector_outside_of_the_checkout_is_a_digest(selector: str, told: str) -> None:
    """Where a machine keeps other things stays on it."""
    run = ParsedRun("pytest", selectors=(selector,))
    started, _ = _data(run, folder=Path("/home/ada/shop/src"), root=Path("/home/ada/shop"))
    assert [told] == started["command"]["selectors"]


def test_of_texts_only_digests_go_on() -> None:
    """Neither the command nor a failure's message nor its frame is in the events."""
    failure = Failure("ValueError", "a secret message", "secret.py::secret_function")
    run = ParsedRun("pytest", (Result("t", Outcome.FAIL, failure=failure),))
    assert "secret" not in str(_data(run, command="pytest --token=secret"))

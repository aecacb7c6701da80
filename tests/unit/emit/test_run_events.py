"""A parsed run as events: whole on the wire, in parts that fit, and without what has to stay."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.capture import Capture
from fixloop.emit.events import Draft
from fixloop.emit.parsed_run import ParsedRun, Result, Totals
from fixloop.emit.run_events import run_events
from fixloop.emit.spool.spool import Spool
from fixloop.emit.told_names import told_names
from fixloop_schemas.events.suite_run_v1 import SuiteRunResultsV1
from fixloop_schemas.failures import Failure
from fixloop_schemas.limits import MAX_EVENT_BYTES, MAX_RESULTS_PER_PART
from fixloop_schemas.signature import MAX_MASKED
from fixloop_schemas.vocabulary import CaptureLevel, Level, Outcome, RunStatus, Scope
from tests.unit.emit.spooled import events_of, lines_of, short_types

_DIGESTER = Capture(b"key")


def _data(run: ParsedRun, **told: Any) -> list[Mapping[str, Any]]:
    return [data for _, data in run_events(run, "run-1", _DIGESTER, **told)]


def _spooled(run: ParsedRun, spool: Path, digester: Capture = _DIGESTER) -> None:
    for type_, data in run_events(run, "run-1", digester):
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


def test_messages_of_any_length_fit(tmp_path: Path) -> None:
    """At the level that lets them out, parts hold fewer results and no event is given up; each message is cut and can be encoded."""
    said = ("\ud800" + '"\n\x01\U0001f642' * 800, "x" * 10_000, "\x00" * 5_000)
    results = tuple(
        Result(f"a.py::{number}", Outcome.FAIL, failure=Failure("ValueError", said[number % 3], "a.py::b"))
        for number in range(300)
    )
    run = ParsedRun(framework="pytest", results=results)
    _spooled(run, tmp_path, Capture(b"key", CaptureLevel.MASKED_TEXT))
    assert all(len(line) <= MAX_EVENT_BYTES for line in lines_of(tmp_path))
    assert "events.dropped" not in short_types(tmp_path)
    parts = [event.data for event in events_of(tmp_path) if isinstance(event.data, SuiteRunResultsV1)]
    told = [result.signature for part in parts for result in part.results]
    assert 300 == len(told)
    assert all(one and one.masked_message and len(one.masked_message) <= MAX_MASKED for one in told)
    _spooled(run, tmp_path / "digests")
    assert len(parts) > 1 == short_types(tmp_path / "digests").count("testsuiterun.results")


@pytest.mark.parametrize(
    "selector",
    [
        "PASSWORD=swordfish",
        '{"password": "swordfish"}',
        "https://ada:swordfish@example.org/x",
        "file:///srv/swordfish",
        "C:/data/swordfish",
        "C:\\Users\\swordfish",
        "@/srv/swordfish",
        "$(cat swordfish)",
        "${SWORDFISH}",
        "`swordfish`",
        "--config=/srv/swordfish/x",
        "tests:~/swordfish",
        "../../swordfish",
        "~swordfish/x",
        "\\\\swordfish\\x",
    ],
)
def test_what_is_no_selector_of_the_project_is_told_as_a_digest(selector: str) -> None:
    """Values of options that nobody knows stand among the arguments, too."""
    run = ParsedRun(framework="make", selectors=(selector, "cart"))
    told = _data(run, root=Path("/srv/shop"), folder=Path("/srv/shop"))[0]["command"]["selectors"]
    assert "swordfish" not in str(told).lower()
    assert [32, 4] == [len(one) for one in told]


@pytest.mark.parametrize(
    "selector",
    [
        "tests/a.py::b[x=1]",
        "./...",
        "@acme/web",
        "^adds$",
        "src/**/a.test.ts",
        "adds and not slow",
        "a.rb:10",
    ],
)
def test_what_the_project_calls_its_tests_is_told(selector: str) -> None:
    """Names, patterns and places within."""
    assert [selector] == _data(ParsedRun(framework="x", selectors=(selector,)))[0]["command"]["selectors"]


def test_names_are_told_once_as_they_are_told_twice() -> None:
    """Files elsewhere by their digest, whatever is before a test's name; names that only look like paths stay."""
    names = {
        "../../secret/a.py::b": "?::b",
        "../tests/a.py::c": "tests/a.py::c",
        "/srv/shop/tests/a.py::b": "tests/a.py::b",
        "/opt/secret/a.py::b": "?::b",
        "/opt/secret/a.test.js > b": "? > b",
        "C:\\secret\\a.cs::b": "?::b",
        "~/secret/a.py::b": "?::b",
        "/users answers": "/users answers",
        "/users > answers": "/users > answers",
        "..tests/a.py::b": "..tests/a.py::b",
        "tests/a.py::b[/opt/x]": "tests/a.py::b[/opt/x]",
    }
    place = (Path("/srv/shop/web"), Path("/srv/shop"), _DIGESTER)
    run = ParsedRun(framework="x", results=tuple(Result(name, Outcome.PASS) for name in names))
    run = replace(run, selectors=("swordfish", "cart"), doubtful=frozenset({"swordfish"}))
    told = told_names(run, *place)
    assert list(names.values()) == [re.sub("[0-9a-f]{32}", "?", result.name) for result in told.results]
    assert (_DIGESTER.text("swordfish"), "cart") == told.selectors
    assert told == told_names(told, *place)

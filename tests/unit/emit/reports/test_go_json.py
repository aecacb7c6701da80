"""`go test -json`: caches, repetitions, crashes, builds and several packages."""

import json
from collections.abc import Iterable, Mapping

from fixloop.emit.parsed_run import ParsedRun
from fixloop.emit.reports.go_json import read_lines
from fixloop_schemas.vocabulary import RunStatus

_PACKAGE = "a.b/c"


def _event(action: str, test: str = "", **more: object) -> Mapping[str, object]:
    named = {"Test": test} if test else {}
    return {"Action": action, "Package": _PACKAGE, **named, **more}


def _read(events: Iterable[Mapping[str, object]]) -> ParsedRun:
    run = read_lines(json.dumps(event).encode() for event in events)
    assert run is not None
    return run


def _told(run: ParsedRun) -> list[tuple[str, str, list[str]]]:
    return [
        (one.name, one.outcome.value, [attempt.value for attempt in one.attempts])
        for one in run.results
        if one.level.value == "case"
    ]


def test_what_comes_from_the_cache_did_not_run() -> None:
    """Go repeats the output of an earlier run, events and all."""
    run = _read(
        [
            _event("run", "TestA"),
            _event("pass", "TestA"),
            _event("output", Output="ok  \ta.b/c\t(cached)\n"),
            _event("pass", Elapsed=0),
        ]
    )
    assert (RunStatus.SUCCESS, ()) == (run.status, run.results)


def test_repeated_on_purpose_one_failure_is_the_word() -> None:
    """`-count=3` asks for three runs; there is no retry among them."""
    run = _read(
        [
            _event("run", "TestA"),
            *(_event(word, "TestA") for word in ("pass", "fail", "pass")),
            _event("fail"),
        ]
    )
    assert [("a.b/c::TestA", "fail", [])] == _told(run)


def test_a_package_that_runs_again_makes_attempts_of_what_it_did() -> None:
    """A tool ran what had failed once more: the last time has the word, and what was not run again keeps its own."""
    run = _read(
        [
            _event("start"),
            *(_event("run", test) for test in ("TestA", "TestB", "TestC")),
            _event("pass", "TestA"),
            _event("fail", "TestB"),
            _event("fail", "TestC"),
            _event("fail"),
            _event("start"),
            _event("run", "TestB"),
            _event("pass", "TestB"),
            _event("run", "TestC"),
            _event("fail", "TestC"),
            _event("fail"),
        ]
    )
    assert [
        ("a.b/c::TestA", "pass", []),
        ("a.b/c::TestB", "pass", ["fail", "pass"]),
        ("a.b/c::TestC", "fail", ["fail", "fail"]),
    ] == _told(run)


def test_a_program_that_died_takes_its_test_along_and_no_other() -> None:
    """The test in which it died has no event of its end; one that waited has no outcome."""
    run = _read(
        [
            _event("run", "TestA"),
            _event("output", "TestA", Output="=== RUN   TestA\n"),
            _event("pause", "TestA"),
            _event("run", "TestB"),
            _event("output", "TestB", Output="panic: boom\n\ngoroutine 7 [running]:\n"),
            _event("output", Output="FAIL\ta.b/c\t0.01s\n"),
            _event("fail"),
        ]
    )
    assert [("a.b/c::TestB", "error", [])] == _told(run)
    (failed,) = [one for one in run.results if one.name == "a.b/c::TestB"]
    assert failed.failure is not None
    assert ("panic", "boom") == (failed.failure.error_type, failed.failure.message)


def test_a_stream_that_breaks_off_is_an_aborted_run() -> None:
    """What began has no outcome, and absence proves nothing."""
    run = _read([_event("run", "TestA"), _event("pass", "TestA"), _event("run", "TestB")])
    assert (RunStatus.ABORTED, False) == (run.status, run.results_complete)
    assert [("a.b/c::TestA", "pass", [])] == _told(run)


def test_a_package_that_does_not_build_is_a_group() -> None:
    """None of its tests has an outcome, in the form of Go 1.24 and in the older one."""
    new = _read(
        [
            {
                "ImportPath": "a.b/c [a.b/c.test]",
                "Action": "build-output",
                "Output": "./c_test.go:3:1: undefined: x\n",
            },
            {"ImportPath": "a.b/c [a.b/c.test]", "Action": "build-fail"},
            _event("output", Output="FAIL\ta.b/c [build failed]\n"),
            _event("fail", FailedBuild="a.b/c [a.b/c.test]"),
        ]
    )
    old = _read([_event("output", Output="FAIL\ta.b/c [build failed]\n"), _event("fail")])
    for run in (new, old):
        assert [("pkg:a.b/c", "group", "error")] == [
            (one.name, one.level.value, one.outcome.value) for one in run.results
        ]
        assert not run.results_complete
    assert new.results[0].failure is not None
    assert ("build failed", "undefined: x") == (
        new.results[0].failure.error_type,
        new.results[0].failure.message,
    )


def test_lines_between_the_events_are_passed_over() -> None:
    """Downloads and compilers print among them."""
    lines = [
        b"go: downloading a.b/d v1.0.0",
        b"{broken",
        json.dumps(_event("pass", "TestA")).encode(),
        b"[]",
        b"{}",
    ]
    run = read_lines(lines)
    assert run is not None
    assert [("a.b/c::TestA", "pass", [])] == _told(run)

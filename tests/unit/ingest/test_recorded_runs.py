from typing import Any

import pytest

from fixloop.ingest.recordings import results
from fixloop.ingest.recordings.reader import DIGESTER
from fixloop.ingest.recordings.results import in_parts
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import dump
from fixloop_schemas.events.suite_run_v1 import (
    CaseResult,
    SuiteRunFinishedV1,
    SuiteRunResultsV1,
    SuiteRunStartedV1,
    Totals,
)
from fixloop_schemas.limits import MAX_EVENT_BYTES, MAX_RESULTS_PER_PART
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus, Scope
from tests.unit.ingest.recorded import data, events, rejections, run

PASSED = {"name": "tests/test_cart.py::test_add", "status": "pass"}


def test_a_run_is_started_results_and_finished() -> None:
    """Its events have readable ids, count on within the session, and share the run's id."""
    found = events(run(7, PASSED))
    assert ["s1:started", "s1:7:started", "s1:7:results-0", "s1:7:finished", "s1:7:ended"] == [
        event.id for event in found
    ]
    assert [0, 1, 2, 3, 4] == [event.data.model_dump()["seq"] for event in found]
    assert ["run-7"] * 3 == [event.data.model_dump()["run_id"] for event in found[1:4]]


def test_a_command_leaves_as_runner_selectors_and_digest() -> None:
    """Its text stays."""
    started = data(SuiteRunStartedV1, run(0, command="pytest tests/test_cart.py --secret=x", background=True))
    assert ("pytest", ("tests/test_cart.py",)) == (started.command.runner, started.command.selectors)
    assert DIGESTER.text("pytest tests/test_cart.py --secret=x") == started.command.digest
    assert (Scope.SELECTION, True, "pytest") == (started.scope, started.background, started.framework)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("pass", RunStatus.SUCCESS),
        ("fail", RunStatus.FAILURE),
        ("timeout", RunStatus.TIMED_OUT),
        ("something else", RunStatus.UNKNOWN),
        (None, RunStatus.UNKNOWN),
    ],
)
def test_a_status_that_nobody_knows_is_unknown(status: str | None, expected: RunStatus) -> None:
    """The run stays, with what else is known of it."""
    assert expected == data(SuiteRunFinishedV1, run(0, status=status)).status


def test_a_run_without_results_has_no_parts() -> None:
    """Nothing is named, so nothing is claimed."""
    finished = data(SuiteRunFinishedV1, run(0, exit_code=None, totals={"build_failed": 1}))
    assert (0, None, False) == (finished.parts, finished.exit_code, finished.exit_code_reliable)
    assert (None, False) == (finished.totals, finished.results_complete)


COUNTED = {"passed": 1, "failed": 0, "errors": 0, "skipped": 0}


@pytest.mark.parametrize(
    ("fields", "complete"),
    [
        ({}, True),
        ({"totals": {**COUNTED, "passed": 2}}, False),
        ({"totals": {**COUNTED, "panic": 1}}, False),
        ({"totals": {}}, False),
        ({"output_truncated": True}, False),
        ({"passing_names_trimmed": 3}, False),
        ({"command": "pytest | tail -5"}, False),
        ({"framework": "go"}, False),
        ({"tests": [{**PASSED, "inferred": True}]}, False),
        ({"tests": [{**PASSED, "level": "group"}]}, False),
    ],
)
def test_results_are_complete_only_when_proven(fields: dict[str, Any], complete: bool) -> None:
    """The runner's own count equals the reported names, and nothing was cut or hidden."""
    assert (
        complete == data(SuiteRunFinishedV1, run(0, PASSED, **{"totals": COUNTED, **fields})).results_complete
    )


def test_totals_keep_the_runners_count() -> None:
    """Expected failures are skips, as they are among the results."""
    recorded = {"passed": 3, "failed": 1, "error": 2, "skipped": 1, "xfailed": 1, "total": 8}
    assert (
        Totals(passed=3, failed=1, errors=2, skipped=2)
        == data(SuiteRunFinishedV1, run(0, totals=recorded)).totals
    )


def results_of(*tests: dict[str, Any], **fields: Any) -> tuple[CaseResult, ...]:
    """The results in the one part of a run."""
    return data(SuiteRunResultsV1, run(0, *tests, **fields)).results


@pytest.mark.parametrize(
    ("recorded", "outcome"),
    [
        ({"status": "pass"}, Outcome.PASS),
        ({"status": "XPASS"}, Outcome.PASS),
        ({"status": "fail"}, Outcome.FAIL),
        ({"status": "fail", "error": 1}, Outcome.ERROR),
        ({"status": "error"}, Outcome.ERROR),
        ({"status": "skip"}, Outcome.SKIP),
        ({"status": "xfail"}, Outcome.SKIP),
    ],
)
def test_outcomes_are_mapped(recorded: dict[str, Any], outcome: Outcome) -> None:
    """An expected failure is no failure and no pass."""
    assert [outcome] == [result.outcome for result in results_of({"name": "t", **recorded})]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (None, Level.CASE),
        ("group", Level.GROUP),
        ("script", Level.SCRIPT),
        ("a level nobody knows", Level.GROUP),
        (["no level"], Level.CASE),
    ],
)
def test_levels_are_kept(level: object, expected: Level) -> None:
    """What is not known to name one test never alerts."""
    assert [expected] == [result.level for result in results_of({**PASSED, "level": level})]


def test_partial_knowledge_stays_partial() -> None:
    """An inferred pass is marked, and a failure without a message has a signature that is not complete."""
    inferred, failed = results_of({**PASSED, "inferred": True}, {"name": "t", "status": "fail"})
    assert inferred.inferred
    assert failed.signature
    assert (None, False) == (failed.signature.digest, failed.signature.complete)


def test_a_name_that_a_filter_took_out_stays() -> None:
    """`REDACTED` is a name like others."""
    assert ["REDACTED"] == [result.test_case_name for result in results_of({**PASSED, "name": "REDACTED"})]


def test_one_name_has_one_result() -> None:
    """Several results of one name become the worst, with all of them as attempts."""
    (result,) = results_of({"name": "t", "status": "fail"}, {"name": "t", "status": "pass"})
    assert (Outcome.FAIL, (Outcome.FAIL, Outcome.PASS)) == (result.outcome, result.attempts)


def test_a_result_that_cannot_be_one_is_rejected_and_the_run_stays() -> None:
    """The others count, and the loss is said."""
    recorded = run(0, PASSED, {"name": "t", "status": "purple"}, {"status": "pass"})
    assert ["invalid_data: 2 results of the run have no name or a status that is none"] == rejections(
        recorded
    )


def test_a_group_that_says_only_how_long_it_took_has_a_duration() -> None:
    """`go test` writes a package's seconds where a message could stand."""
    (result,) = results_of(
        {"name": "pkg", "status": "fail", "level": "group", "msg": "1.25s"}, framework="go"
    )
    assert result.signature
    assert (1.25, None) == (result.duration, result.signature.digest)


def test_many_results_are_parted() -> None:
    """Each part fits into an event, by number and by size, and together they are all there are."""
    many = tuple(
        CaseResult(test_case_name=f"test_{n}", outcome=Outcome.PASS) for n in range(MAX_RESULTS_PER_PART + 1)
    )
    long = tuple(CaseResult(test_case_name=f"{n:03}" + "é" * 1_000, outcome=Outcome.PASS) for n in range(400))
    assert [MAX_RESULTS_PER_PART, 1] == [len(part) for part in in_parts(many)]
    parts = list(in_parts(long))
    assert long == tuple(result for part in parts for result in part)
    sizes = [len(dump([result.model_dump(mode="json") for result in part])) for part in parts]
    assert max(sizes) <= MAX_EVENT_BYTES - results.ENVELOPE_BYTES + 50 * len(parts[0])


def test_a_large_run_fits_on_the_wire() -> None:
    """Every event of a run of any size can be sent."""
    tests = [{"name": f"{n:04}" + "x" * 900, "status": "fail", "msg": "boom"} for n in range(1_500)]
    found = events(run(0, *tests))
    assert len(found) > 6
    assert max(len(codec.to_kafka(event).value) for event in found) <= MAX_EVENT_BYTES


def test_of_a_command_that_the_recording_cut_the_exit_code_says_nothing() -> None:
    """Recordings keep 300 characters; a pipe may stand behind them."""
    long = data(SuiteRunFinishedV1, run(0, PASSED, command="pytest -k " + "x" * 290, exit_code=0))
    short = data(SuiteRunFinishedV1, run(0, PASSED, command="pytest -k x", exit_code=0))
    assert (False, True) == (long.exit_code_reliable, short.exit_code_reliable)

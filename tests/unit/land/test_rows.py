from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from fixloop.land.columns import COLUMNS
from fixloop.land.rows import Rows, combined, dead_letter_rows, rows_of
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.events.suite_run_v1 import CaseResult, SuiteRunResultsV1
from fixloop_schemas.vocabulary import DeadReason, Outcome
from tests.builders import DIGESTER, START, Session
from tests.integration.opened_store import cycle, detections_of


def named(rows: Rows, table: str) -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS[table], row, strict=True)) for row in rows[table]]


def test_every_event_of_a_session_is_an_event_row() -> None:
    """Also those that no other table speaks of."""
    session = Session().started().commit().restore().dropped(2).ended()
    rows = combined(map(rows_of, session.events))
    assert {"event_rows"} == set(rows)
    assert [event.id for event in session.events] == [row["event_id"] for row in named(rows, "event_rows")]


def test_an_edit_keeps_what_is_not_known_apart_from_nothing() -> None:
    """An unknown digest is NULL."""
    (row,) = named(rows_of(Session("s", enduser_pseudo_id="0" * 16).edit(after="x").events[0]), "edit_rows")
    assert (None, DIGESTER.text("x")) == (row["file_digest_before"], row["file_digest_after"])
    assert ("s", "claude-code", "0" * 16) == (
        row["session_id"],
        row["gen_ai_agent_name"],
        row["enduser_pseudo_id"],
    )
    assert START == row["time"]


def test_a_run_has_a_row_for_each_thing_said_of_it() -> None:
    """Started, each part of the results, and finished."""
    rows = combined(map(rows_of, Session().run(a="fail", b="pass").events))
    runs, results = named(rows, "test_run_rows"), named(rows, "test_result_rows")
    assert ["started", "results", "finished"] == [row["phase"] for row in runs]
    assert (1, 1) == (runs[2]["passed"], runs[2]["failed"])
    assert [("a", "fail", "AssertionError"), ("b", "pass", None)] == [
        (row["test_case_name"], row["outcome"], row["error_type"]) for row in results
    ]


def test_what_a_level_lets_out_has_its_columns() -> None:
    """A path in plain and a masked message; NULL where the level did not let them out."""
    session = Session().edit(code_file_path="src/core.py").edit().run(a="fail", b="pass")
    events = list(session.events)
    part = next(event.data for event in events if isinstance(event.data, SuiteRunResultsV1))
    failed = part.results[0]
    assert failed.signature is not None
    told = failed.signature.model_copy(update={"masked_message": "assert 1 == 2"})
    result = failed.model_copy(update={"signature": told})
    part = part.model_copy(update={"results": (result, *part.results[1:])})
    rows = combined(map(rows_of, [*events[:2], codec.new_event("e", "/tests", None, part)]))
    assert ["src/core.py", None] == [row["code_file_path"] for row in named(rows, "edit_rows")]
    assert ["assert 1 == 2", None] == [row["masked_message"] for row in named(rows, "test_result_rows")]


def test_the_later_word_on_a_test_stands() -> None:
    """One row a session, run and test."""
    results = tuple(
        CaseResult(test_case_name="a", outcome=outcome) for outcome in (Outcome.PASS, Outcome.FAIL)
    )
    data = SuiteRunResultsV1(session_id="s", seq=1, run_id="r", part=0, results=results)
    rows = rows_of(codec.new_event("e", "/tests", None, data))
    assert ["fail"] == [row["outcome"] for row in named(rows, "test_result_rows")]


def test_a_detection_names_its_evidence() -> None:
    """Edits and runs each once, in the order of the returns."""
    rows = combined(map(rows_of, detections_of(cycle().events)))
    assert {"detection_rows"} == set(rows)
    row = next(one for one in reversed(named(rows, "detection_rows")) if one["kind"] == "coupled_cycle")
    assert ("a", "b") == row["test_case_names"]
    assert row["alerting"] is True
    assert len(set(row["runs"])) == len(row["runs"])
    assert set(row["fixing_edits"]) | set(row["breaking_edits"]) <= {event.id for event in cycle().events}
    assert len(row["reasons"]) == len(row["reason_texts"]) == len(row["reason_weights"])


def test_a_row_is_the_same_before_and_after_the_wire() -> None:
    """Embedded rows come from events that were never encoded, the worker's from decoded ones."""
    events = [*cycle().events, *detections_of(cycle().events)]
    decoded = [codec.from_json_line(codec.to_json_line(event)) for event in events]
    assert combined(map(rows_of, events)) == combined(map(rows_of, decoded))


@pytest.mark.parametrize("year", [1, 1969, 2262, 9999])
def test_a_time_that_the_store_cannot_hold_is_not_known(year: int) -> None:
    """A clock that is centuries off loses the time and not the event."""
    assert [None] == [
        row["time"] for row in named(rows_of(at(datetime(year, 1, 2, tzinfo=UTC))), "event_rows")
    ]


def test_times_are_utc() -> None:
    """Whatever zone an emitter writes."""
    zone = timezone(timedelta(hours=2))
    (row,) = named(rows_of(at(datetime(2026, 1, 1, 2, tzinfo=zone))), "event_rows")
    assert "2026-01-01T00:00:00+00:00" == row["time"].isoformat()


def test_a_dead_letter_is_named_by_place_and_message() -> None:
    """The same message from the same place again is the same letter; from another place it is another."""
    rejected = Rejected(DeadReason.NOT_JSON, "not JSON")
    first, again = (dead_letter_rows("f:1", rejected, b"\xff{") for _ in range(2))
    assert first == again
    other = {
        dead_letter_rows(*of)["dead_letter_rows"][0][0]
        for of in (("f:2", rejected, b"\xff{"), ("f:1", rejected, b"{"))
    }
    assert 3 == len(other | {first["dead_letter_rows"][0][0]})


def test_a_large_dead_letter_is_cut() -> None:
    """Its size is kept."""
    (row,) = named(
        dead_letter_rows("f:1", Rejected(DeadReason.TOO_LARGE, "large"), b"x" * 1_000_000), "dead_letter_rows"
    )
    assert (256 * 1024, 1_000_000) == (len(row["raw"]), row["raw_bytes"])


def test_a_source_that_is_no_text_is_written_as_one() -> None:
    """A path may hold bytes that no encoding knows."""
    (row,) = named(dead_letter_rows("a\udcff:1", Rejected(DeadReason.EMPTY, "x")), "dead_letter_rows")
    assert "a?:1" == row["source"]


def at(time: datetime) -> Event:
    event = Session().commit().events[0]
    return codec.new_event(event.id, event.source, time, event.data)

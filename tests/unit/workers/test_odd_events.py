"""What looks hostile and is an event is taken like any other: decoded, folded, landed, written again."""

import pytest

from fixloop.workers.folded import fold_records
from fixloop.workers.foldings import SESSIONS
from fixloop.workers.lander import landing
from fixloop.workers.records import Record
from fixloop_schemas import codec
from fixloop_schemas.topics import EVENTS
from tests.malformed import EVENT, GOOD
from tests.odd import ODD, STRUCTURED, OddCase, later


@pytest.mark.parametrize("case", ODD, ids=lambda case: case.name)
def test_odd_events_are_events(case: OddCase) -> None:
    """Nothing is refused on the way from the topic to the rows, and what is written again is the same event."""
    record = Record(EVENTS, 0, 0, case.key, case.value, case.headers, -1)
    folded = fold_records(SESSIONS, [record], lambda *_: None)
    assert ([], [EVENT["id"]]) == (folded.refused, [event.id for event in folded.events])
    assert [GOOD.key] == list(folded.after)
    state = folded.after[GOOD.key].state
    assert state == SESSIONS.restore(SESSIONS.snapshot(state))
    rows, refused = landing([record])
    assert (1, []) == (len(rows), refused)
    (event,) = folded.events
    message = codec.to_kafka(event)
    again = codec.from_kafka(message.key, message.value, message.headers)
    assert message == codec.to_kafka(again)


@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_of_a_field_that_occurs_twice_the_last_counts(mode: str) -> None:
    """Both ways of sending an event are read alike, as most JSON readers do."""
    value, headers = GOOD.value.replace(b'"seq":0', b'"seq":7,"seq":9'), GOOD.headers
    if mode == "structured":
        whole = codec.to_json_line(codec.from_kafka(GOOD.key, GOOD.value, GOOD.headers))
        value, headers = whole.replace(b'"seq":0', b'"seq":7,"seq":9'), STRUCTURED
    (event,) = fold_records(
        SESSIONS, [Record(EVENTS, 0, 0, GOOD.key, value, headers, -1)], lambda *_: None
    ).events
    assert 9 == event.data.model_dump()["seq"]


def test_a_number_beyond_all_floats_becomes_null() -> None:
    """In a field that nobody here knows it is taken, as most JSON readers do; to look for it in each event would cost too much."""
    case = later("beyond", b"1e400")
    event = codec.from_kafka(case.key, case.value, case.headers)
    assert codec.to_kafka(event).value == GOOD.value[:-1] + b',"later":null}'

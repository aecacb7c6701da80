"""What looks hostile and is an event is taken like any other: decoded, folded, landed, written again."""

from datetime import datetime

import pytest

from fixloop.workers.folded import fold_records
from fixloop.workers.foldings import SESSIONS
from fixloop.workers.lander import landing
from fixloop.workers.records import Record
from fixloop_schemas import codec
from fixloop_schemas.topics import DETECTIONS, EVENTS
from tests.builders import Session
from tests.malformed import EVENT, GOOD
from tests.odd import ODD, STRUCTURED, OddCase, later
from tests.unit.workers.kafka_records import records

FIRST, LAST = "1970-01-01T00:00:00Z", "2199-12-31T23:59:59.999999Z"


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


@pytest.mark.parametrize("times", [(FIRST, LAST), (LAST, FIRST)], ids=["forwards", "backwards"])
def test_a_session_may_last_for_all_time(times: tuple[str, str]) -> None:
    """Anybody says when an event happened: that it began with the oldest time and ended with the newest, or the other way round."""
    start, *_, end = Session("s1").started().commit().ended().events
    events = [
        event.model_copy(update={"time": datetime.fromisoformat(time)})
        for event, time in zip(
            (start, end.model_copy(update={"data": end.data.model_copy(update={"seq": 1})})),
            times,
            strict=True,
        )
    ]
    folded = fold_records(SESSIONS, records(events), lambda *_: None)
    assert ([], 2) == (folded.refused, len(folded.events))
    assert [] == landing(records([event for event, _ in folded.following], DETECTIONS))[1]

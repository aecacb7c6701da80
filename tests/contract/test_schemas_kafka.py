"""The Kafka binding: what is a message of ours, and that nothing but a verdict comes of what is none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fixloop_schemas import cloudevents, codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.events.wire import Attribution
from fixloop_schemas.limits import MAX_EVENT_BYTES
from fixloop_schemas.registry import MODELS
from fixloop_schemas.vocabulary import DeadReason
from tests.malformed import EVENT, GOOD, MALFORMED, SESSION, MalformedCase, with_header

STRUCTURED = (("content-type", b"application/cloudevents+json"),)


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case.name)
def test_each_malformed_message_is_refused_for_its_reason(case: MalformedCase) -> None:
    """The dead letters say what is wrong, in a sentence that can be printed."""
    with pytest.raises(Rejected) as refused:
        codec.from_kafka(case.key, case.value, case.headers)
    assert case.reason == refused.value.reason
    assert 0 < len(refused.value.detail.encode()) < 1_000


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.__name__)
def test_a_sequence_is_read_up_to_its_first_wrong_item(model: type[Attribution]) -> None:
    """Ten thousand wrong items are refused in the time of one: each would be an error of its own, and make a batch take minutes."""
    sequences = [name for name, field in model.model_fields.items() if "tuple" in str(field.annotation)]
    for name in sequences:
        with pytest.raises(ValidationError) as refused:
            model.model_validate_json(json.dumps({name: [False] * 10_000}))
        assert refused.value.error_count() < 100


def test_every_reason_has_a_malformed_message() -> None:
    """No reason is dead code (`processing_error` is given by whoever folds, not by the codec)."""
    assert set(DeadReason) - {DeadReason.PROCESSING_ERROR} == {case.reason for case in MALFORMED}
    assert len(MALFORMED) == len({case.name for case in MALFORMED})


def test_the_message_that_all_are_made_from_is_good() -> None:
    """The malformed ones are refused for their change and nothing else."""
    event = codec.from_kafka(GOOD.key, GOOD.value, GOOD.headers)
    assert EVENT == {name: value for name, value in to_plain(event).items() if name in EVENT}


def test_the_key_is_the_session() -> None:
    """All events of a session lie in one partition, in order."""
    assert GOOD.key == SESSION.encode()


def test_attributes_are_headers() -> None:
    """The headers are those of the CloudEvents binding, so that other tools can read them."""
    expected = {
        "content-type": b"application/json",
        "ce_specversion": b"1.0",
        "ce_id": b"malformed-1",
        "ce_source": b"/tests",
        "ce_type": b"dev.fixloop.commit.created.v1",
        "ce_time": b"2026-01-02T03:04:05Z",
        "ce_partitionkey": SESSION.encode(),
    }
    assert expected == dict(GOOD.headers)
    assert EVENT["data"] == json.loads(GOOD.value)


def test_structured_mode_is_read_too() -> None:
    """A writer that sends the whole event as JSON is understood."""
    value = json.dumps(EVENT, indent=2).encode()
    structured = codec.from_kafka(GOOD.key, value, STRUCTURED)
    assert codec.from_kafka(GOOD.key, GOOD.value, GOOD.headers) == structured


@pytest.mark.parametrize(
    "content_type", [None, b"", b"application/json; charset=utf-8", b"Application/JSON"], ids=repr
)
def test_content_types_that_mean_json(content_type: bytes | None) -> None:
    """A content type may be absent, have parameters, or be written large."""
    event = codec.from_kafka(GOOD.key, GOOD.value, with_header("content-type", content_type))
    assert EVENT["id"] == event.id


def test_a_message_without_a_key_is_taken() -> None:
    """A producer that sets no key loses the order, not the event."""
    assert SESSION == codec.from_kafka(None, GOOD.value, GOOD.headers).partitionkey


def test_the_same_header_twice_is_one() -> None:
    """A proxy that repeats a header changes nothing."""
    event = codec.from_kafka(GOOD.key, GOOD.value, (*GOOD.headers, *GOOD.headers))
    assert EVENT["id"] == event.id


def test_a_header_without_a_value_is_absent() -> None:
    """Kafka's null header is no attribute."""
    event = codec.from_kafka(GOOD.key, GOOD.value, (*GOOD.headers, ("ce_subject", None), ("x", None)))
    assert event.subject is None


def test_foreign_headers_are_passed_over() -> None:
    """What is no attribute need not even be text."""
    event = codec.from_kafka(GOOD.key, GOOD.value, (("trace", b"\xff"), *GOOD.headers, ("trace", b"\xfe")))
    assert EVENT["id"] == event.id


def test_the_largest_event_is_taken_and_one_byte_more_is_not() -> None:
    """The limit is the same for the writer of a message, its reader, and the reader of a file."""
    room = MAX_EVENT_BYTES - len(cloudevents.dump({**EVENT["data"], "later": ""}))
    largest = {**EVENT, "data": {**EVENT["data"], "later": "x" * room}}
    message = cloudevents.to_kafka(largest)
    assert MAX_EVENT_BYTES == len(message.value)
    assert EVENT["id"] == codec.from_kafka(message.key, message.value, message.headers).id
    assert EVENT["id"] == codec.from_json_line(cloudevents.dump(largest)).id
    larger = {**EVENT, "data": {**EVENT["data"], "later": "x" * (room + 1)}}
    for refuse in (cloudevents.to_kafka, lambda event: codec.from_json_line(cloudevents.dump(event))):
        with pytest.raises(Rejected) as refused:
            refuse(larger)
        assert DeadReason.TOO_LARGE == refused.value.reason


@pytest.mark.parametrize("lacking", ["data", "partitionkey"])
def test_what_is_no_event_is_not_written(lacking: str) -> None:
    """A writer learns of its mistake before a reader does."""
    with pytest.raises(Rejected) as refused:
        cloudevents.to_kafka({name: value for name, value in EVENT.items() if name != lacking})
    assert DeadReason.NOT_CLOUDEVENTS == refused.value.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from([name for name, _ in GOOD.headers]) | st.sampled_from(
    ["ce_", "ce_data", "ce_cls", "x"]
)
WORDS = st.sampled_from([value for _, value in GOOD.headers]) | st.sampled_from(
    [name.encode() for name in MODELS]
)
HEADERS = st.lists(st.tuples(NAMES | st.text(), WORDS | st.binary(max_size=30) | st.none()), max_size=12)
VALUES = (
    st.binary(max_size=100)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(st.sampled_from([*EVENT, "later"]), JSON).map(
        lambda changes: json.dumps({**EVENT, **changes}).encode()
    )
    | JSON.map(lambda value: json.dumps({**EVENT["data"], "later": value}).encode())
    | st.dictionaries(st.sampled_from(["session_id", "seq", "revision", "parents", "later"]), JSON).map(
        lambda changes: json.dumps({**EVENT["data"], **changes}).encode()
    )
)


def to_plain(event: codec.Event) -> dict[str, Any]:
    """The event as a dictionary, after it went through bytes; a second time changes nothing."""
    message = codec.to_kafka(event)
    again = codec.from_kafka(message.key, message.value, message.headers)
    line = codec.to_json_line(again)
    assert line == codec.to_json_line(codec.from_json_line(line))
    plain: dict[str, Any] = json.loads(line)
    return plain


@given(st.binary(max_size=20) | st.just(GOOD.key) | st.none(), VALUES | st.none(), HEADERS, st.booleans())
def test_nothing_but_rejected_comes_of_any_message(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]], good_too: bool
) -> None:
    """Whatever lies in the topic, the worker goes on; and what is taken can be written again."""
    try:
        event = codec.from_kafka(key, value, [*GOOD.headers, *headers] if good_too else headers)
    except Rejected:
        return
    to_plain(event)


@given(VALUES)
def test_nothing_but_rejected_comes_of_any_line(line: bytes) -> None:
    """Whatever lies in an event file, the reader goes on; and what is taken can be written again."""
    try:
        event = codec.from_json_line(line)
    except Rejected:
        return
    to_plain(event)


@given(
    st.sampled_from(
        [b"", b"{", b"[", b'"', b"-", b"1" * 5000, b"1e999", b"-1e999", b"[" * 300, b'{"a":' * 300]
    ),
    VALUES,
)
def test_nothing_but_rejected_comes_of_broken_json(start: bytes, rest: bytes) -> None:
    """Numbers of thousands of digits and hundreds of levels are refused as calmly as the rest."""
    for value in (
        start + rest,
        b'{"session_id":"%s","seq":0,"revision":"r","later":%s}' % (GOOD.key, start + rest),
    ):
        try:
            event = codec.from_kafka(GOOD.key, value, GOOD.headers)
        except Rejected:
            continue
        to_plain(event)

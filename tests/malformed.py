"""Malformed Kafka messages, one of each sort or more, with the reason that each has to be refused for.

Each is made by one change to the same good message, so that nothing but the change can be the reason. `PROCESSING_ERROR` is not among
them: it is for messages that can be read and cannot be folded.
"""

import json
from dataclasses import dataclass
from typing import Any

from fixloop_schemas import cloudevents
from fixloop_schemas.limits import MAX_EVENT_BYTES
from fixloop_schemas.vocabulary import DeadReason

SESSION = "malformed-session"

EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "malformed-1",
    "source": "/tests",
    "type": "dev.fixloop.commit.created.v1",
    "time": "2026-01-02T03:04:05Z",
    "partitionkey": SESSION,
    "data": {"session_id": SESSION, "seq": 0, "revision": "c0ffee", "parents": []},
}

GOOD = cloudevents.to_kafka(EVENT)
"""The message that all others are made from."""


@dataclass(frozen=True, slots=True)
class MalformedCase:
    """One message that is no event, and why."""

    name: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    reason: DeadReason


def with_header(name: str, value: bytes | None) -> tuple[tuple[str, bytes | None], ...]:
    """The good message's headers with one of them set otherwise, or left out."""
    others = tuple(header for header in GOOD.headers if header[0] != name)
    return others if value is None else (*others, (name, value))


def _headers(name: str, reason: DeadReason, header: str, value: bytes | None) -> MalformedCase:
    return MalformedCase(name, GOOD.key, GOOD.value, with_header(header, value), reason)


def _value(name: str, reason: DeadReason, value: bytes | None) -> MalformedCase:
    return MalformedCase(name, GOOD.key, value, GOOD.headers, reason)


def _data(name: str, reason: DeadReason, **changes: Any) -> MalformedCase:
    return _value(name, reason, json.dumps({**EVENT["data"], **changes}).encode())


def _structured(name: str, reason: DeadReason, value: bytes) -> MalformedCase:
    content_type = (("content-type", b"application/cloudevents+json; charset=utf-8"),)
    return MalformedCase(name, GOOD.key, value, content_type, reason)


def _structured_event(name: str, reason: DeadReason, **changes: Any) -> MalformedCase:
    return _structured(name, reason, json.dumps({**EVENT, **changes}).encode())


_DEEP = 100_000

MALFORMED: tuple[MalformedCase, ...] = (
    _value("tombstone", DeadReason.EMPTY, None),
    _value("empty value", DeadReason.EMPTY, b""),
    _value("too large", DeadReason.TOO_LARGE, b"{" + b" " * MAX_EVENT_BYTES),
    _structured("structured and too large", DeadReason.TOO_LARGE, b" " * (MAX_EVENT_BYTES + 1)),
    MalformedCase("no headers", GOOD.key, GOOD.value, (), DeadReason.NOT_CLOUDEVENTS),
    MalformedCase(
        "foreign headers", GOOD.key, GOOD.value, (("traceparent", b"00-1"),), DeadReason.NOT_CLOUDEVENTS
    ),
    _headers("no id", DeadReason.NOT_CLOUDEVENTS, "ce_id", None),
    _headers("empty id", DeadReason.NOT_CLOUDEVENTS, "ce_id", b""),
    _headers("no type", DeadReason.NOT_CLOUDEVENTS, "ce_type", None),
    _headers("no source", DeadReason.NOT_CLOUDEVENTS, "ce_source", None),
    _structured("structured list", DeadReason.NOT_CLOUDEVENTS, b"[]"),
    _structured("structured without data", DeadReason.NOT_CLOUDEVENTS, b'{"specversion":"1.0"}'),
    _headers("old specversion", DeadReason.UNSUPPORTED_SPECVERSION, "ce_specversion", b"0.3"),
    _structured_event("structured, later specversion", DeadReason.UNSUPPORTED_SPECVERSION, specversion="2.0"),
    _headers("avro", DeadReason.UNSUPPORTED_CONTENT_TYPE, "content-type", b"application/avro"),
    _headers(
        "batch", DeadReason.UNSUPPORTED_CONTENT_TYPE, "content-type", b"application/cloudevents-batch+json"
    ),
    _headers("content type not UTF-8", DeadReason.INVALID_ATTRIBUTE, "content-type", b"\xff\xfe"),
    _headers("source not UTF-8", DeadReason.INVALID_ATTRIBUTE, "ce_source", b"/caf\xe9"),
    _headers("time without zone", DeadReason.INVALID_ATTRIBUTE, "ce_time", b"2026-01-02T03:04:05"),
    _headers("time as a number", DeadReason.INVALID_ATTRIBUTE, "ce_time", b"1767323045"),
    _headers("no partition key", DeadReason.WRONG_KEY, "ce_partitionkey", None),
    _headers("attribute called data", DeadReason.INVALID_ATTRIBUTE, "ce_data", b"{}"),
    _headers("attribute with an underscore", DeadReason.INVALID_ATTRIBUTE, "ce__fields_set", b"id"),
    _headers("attribute without a name", DeadReason.INVALID_ATTRIBUTE, "ce_", b"x"),
    _headers("attribute too long", DeadReason.INVALID_ATTRIBUTE, "ce_baggage", b"x" * 1025),
    MalformedCase(
        "two ids", GOOD.key, GOOD.value, (*GOOD.headers, ("ce_id", b"other")), DeadReason.INVALID_ATTRIBUTE
    ),
    _structured_event("structured, id as a number", DeadReason.INVALID_ATTRIBUTE, id=7),
    _headers(
        "another's type", DeadReason.UNKNOWN_TYPE, "ce_type", b"dev.cdevents.testcaserun.finished.0.3.0"
    ),
    _headers("type not UTF-8", DeadReason.INVALID_ATTRIBUTE, "ce_type", b"dev.\xc3\x28"),
    _headers("later version", DeadReason.UNKNOWN_VERSION, "ce_type", b"dev.fixloop.commit.created.v2"),
    _value("cut off", DeadReason.NOT_JSON, GOOD.value[:-1]),
    _value("binary", DeadReason.NOT_JSON, bytes(range(256))),
    _value("not UTF-8", DeadReason.NOT_JSON, GOOD.value.replace(b"c0ffee", b"caf\xe9")),
    _value("NaN", DeadReason.NOT_JSON, GOOD.value.replace(b'"c0ffee"', b'"c0ffee","later":NaN')),
    _value("half a character", DeadReason.NOT_JSON, GOOD.value.replace(b"c0ffee", b"\\ud800")),
    _value("nested too deep", DeadReason.NOT_JSON, b"[" * _DEEP + b"]" * _DEEP),
    _structured("structured, nested too deep", DeadReason.NOT_JSON, b'{"data":' * (_DEEP // 4)),
    _structured_event("structured, half a character", DeadReason.NOT_JSON, subject="\ud800"),
    _structured("structured, UTF-16", DeadReason.NOT_JSON, json.dumps(EVENT).encode("utf-16")),
    _value("data is a list", DeadReason.INVALID_DATA, b"[]"),
    _value("data is null", DeadReason.INVALID_DATA, b"null"),
    _data("negative seq", DeadReason.INVALID_DATA, seq=-1),
    _data("seq as a text", DeadReason.INVALID_DATA, seq="0"),
    _data("no revision", DeadReason.INVALID_DATA, revision=None),
    _data("seq beyond all integers", DeadReason.INVALID_DATA, seq=10**30),
    _data("another session", DeadReason.WRONG_KEY, session_id="another"),
    MalformedCase("another key", b"another", GOOD.value, GOOD.headers, DeadReason.WRONG_KEY),
    MalformedCase("empty key", b"", GOOD.value, GOOD.headers, DeadReason.WRONG_KEY),
    MalformedCase("key not UTF-8", b"\xff", GOOD.value, GOOD.headers, DeadReason.WRONG_KEY),
)

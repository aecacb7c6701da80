"""Malformed Kafka messages, one of each sort or more, with the reason that each has to be refused for.

Each is made by one change to the same good message, so that nothing but the change can be the reason. `PROCESSING_ERROR` is not among
them: it is for messages that can be read and cannot be folded.
"""

import gzip
import json
from dataclasses import dataclass
from typing import Any

from fixloop_schemas import cloudevents
from fixloop_schemas.limits import MAX_EVENT_BYTES
from fixloop_schemas.vocabulary import DeadReason

SESSION = "malformed-session"

Headers = tuple[tuple[str, bytes | None], ...]

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
    headers: Headers
    reason: DeadReason


def with_header(name: str, value: bytes | None) -> Headers:
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
"""Levels: what nests so deep ends a reader that calls itself for each level."""

MALFORMED: tuple[MalformedCase, ...] = (
    _value("tombstone", DeadReason.EMPTY, None),
    _value("empty value", DeadReason.EMPTY, b""),
    _value("too large", DeadReason.TOO_LARGE, b"{" + b" " * MAX_EVENT_BYTES),
    _value(
        "one byte too large",
        DeadReason.TOO_LARGE,
        GOOD.value + b" " * (MAX_EVENT_BYTES + 1 - len(GOOD.value)),
    ),
    _structured("structured and too large", DeadReason.TOO_LARGE, b" " * (MAX_EVENT_BYTES + 1)),
    MalformedCase("no headers", GOOD.key, GOOD.value, (), DeadReason.NOT_CLOUDEVENTS),
    MalformedCase(
        "foreign headers", GOOD.key, GOOD.value, (("traceparent", b"00-1"),), DeadReason.NOT_CLOUDEVENTS
    ),
    _headers("no id", DeadReason.NOT_CLOUDEVENTS, "ce_id", None),
    _headers("empty id", DeadReason.NOT_CLOUDEVENTS, "ce_id", b""),
    MalformedCase(
        "id without a value",
        GOOD.key,
        GOOD.value,
        (*with_header("ce_id", None), ("ce_id", None)),
        DeadReason.NOT_CLOUDEVENTS,
    ),
    MalformedCase(
        "headers without values",
        GOOD.key,
        GOOD.value,
        tuple((name, None) for name, _ in GOOD.headers),
        DeadReason.NOT_CLOUDEVENTS,
    ),
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
    _headers("time before 1970", DeadReason.INVALID_ATTRIBUTE, "ce_time", b"1969-12-31T23:59:59Z"),
    _headers("time of the year 1", DeadReason.INVALID_ATTRIBUTE, "ce_time", b"0001-01-01T00:00:00Z"),
    _headers("time after 2199", DeadReason.INVALID_ATTRIBUTE, "ce_time", b"2200-01-01T00:00:00Z"),
    _headers(
        "time of the year 9999", DeadReason.INVALID_ATTRIBUTE, "ce_time", b"9999-12-31T23:59:59.999999Z"
    ),
    _headers("time of the year 10000", DeadReason.INVALID_ATTRIBUTE, "ce_time", b"10000-01-01T00:00:00Z"),
    _headers(
        "before 1970 by its zone", DeadReason.INVALID_ATTRIBUTE, "ce_time", b"1970-01-01T00:00:00+00:01"
    ),
    _headers("after 2199 by its zone", DeadReason.INVALID_ATTRIBUTE, "ce_time", b"2199-12-31T23:59:59-00:01"),
    _headers("time that no day has", DeadReason.INVALID_ATTRIBUTE, "ce_time", b"2026-02-30T00:00:00Z"),
    _headers("time with a null byte", DeadReason.INVALID_ATTRIBUTE, "ce_time", b"2026-01-02T03:04:05Z\0"),
    _headers("empty time", DeadReason.INVALID_ATTRIBUTE, "ce_time", b""),
    _headers("no partition key", DeadReason.WRONG_KEY, "ce_partitionkey", None),
    _headers("attribute called data", DeadReason.INVALID_ATTRIBUTE, "ce_data", b"{}"),
    _headers("attribute with an underscore", DeadReason.INVALID_ATTRIBUTE, "ce__fields_set", b"id"),
    _headers("attribute without a name", DeadReason.INVALID_ATTRIBUTE, "ce_", b"x"),
    _headers("attribute with control characters", DeadReason.INVALID_ATTRIBUTE, "ce_\x1b[2J\0", b"x"),
    _headers("attribute too long", DeadReason.INVALID_ATTRIBUTE, "ce_baggage", b"x" * 1025),
    MalformedCase(
        "two ids", GOOD.key, GOOD.value, (*GOOD.headers, ("ce_id", b"other")), DeadReason.INVALID_ATTRIBUTE
    ),
    _structured_event("structured, id as a number", DeadReason.INVALID_ATTRIBUTE, id=7),
    _headers(
        "another's type", DeadReason.UNKNOWN_TYPE, "ce_type", b"dev.cdevents.testcaserun.finished.0.3.0"
    ),
    _headers("type with control characters", DeadReason.UNKNOWN_TYPE, "ce_type", b"\x1b[2J\0"),
    _headers("type in UTF-16", DeadReason.INVALID_ATTRIBUTE, "ce_type", EVENT["type"].encode("utf-16")),
    _headers("type not UTF-8", DeadReason.INVALID_ATTRIBUTE, "ce_type", b"dev.\xc3\x28"),
    _headers("later version", DeadReason.UNKNOWN_VERSION, "ce_type", b"dev.fixloop.commit.created.v2"),
    _headers("earlier version", DeadReason.UNKNOWN_VERSION, "ce_type", b"dev.fixloop.commit.created.v0"),
    _headers("no version", DeadReason.UNKNOWN_VERSION, "ce_type", b"dev.fixloop.commit.created"),
    _headers(
        "a version of many digits",
        DeadReason.UNKNOWN_VERSION,
        "ce_type",
        b"dev.fixloop.commit.created.v" + b"9" * 5_000,
    ),
    _value("cut off", DeadReason.NOT_JSON, GOOD.value[:-1]),
    _value("binary", DeadReason.NOT_JSON, bytes(range(256))),
    _value("not UTF-8", DeadReason.NOT_JSON, GOOD.value.replace(b"c0ffee", b"caf\xe9")),
    _value(
        "cut off inside of a character",
        DeadReason.NOT_JSON,
        GOOD.value.replace(b'c0ffee"', "caf\N{LATIN SMALL LETTER E WITH ACUTE}".encode())[:-1],
    ),
    _value("two values", DeadReason.NOT_JSON, GOOD.value * 2),
    _value("more behind its end", DeadReason.NOT_JSON, GOOD.value + b"\0"),
    _value("UTF-8 with a byte order mark", DeadReason.NOT_JSON, b"\xef\xbb\xbf" + GOOD.value),
    _value("UTF-16", DeadReason.NOT_JSON, GOOD.value.decode().encode("utf-16")),
    _value("UTF-16 without a byte order mark", DeadReason.NOT_JSON, GOOD.value.decode().encode("utf-16-le")),
    _value("UTF-32", DeadReason.NOT_JSON, GOOD.value.decode().encode("utf-32")),
    _value("EBCDIC", DeadReason.NOT_JSON, GOOD.value.decode().encode("cp500")),
    _value("compressed", DeadReason.NOT_JSON, gzip.compress(GOOD.value, mtime=0)),
    _value("null bytes", DeadReason.NOT_JSON, bytes(1_000)),
    _value("a null byte in a text", DeadReason.NOT_JSON, GOOD.value.replace(b"c0ffee", b"c0f\0fee")),
    _value("a control character in a text", DeadReason.NOT_JSON, GOOD.value.replace(b"c0ffee", b"\x1b[2J")),
    _value("a text without an end", DeadReason.NOT_JSON, b'"' + b"a" * 200_000),
    _value("half a character in a name", DeadReason.NOT_JSON, GOOD.value.replace(b'"parents"', b'"\\udfff"')),
    _value("Infinity", DeadReason.NOT_JSON, GOOD.value.replace(b"[]", b"-Infinity")),
    _value("seq of 5,000 digits", DeadReason.NOT_JSON, GOOD.value.replace(b":0", b":1" + b"0" * 5_000)),
    _value("seq of 200,000 digits", DeadReason.NOT_JSON, GOOD.value.replace(b":0", b":1" + b"0" * 200_000)),
    _value("seq of 4,000 digits", DeadReason.INVALID_DATA, GOOD.value.replace(b":0", b":1" + b"0" * 4_000)),
    _value("seq beyond all floats", DeadReason.INVALID_DATA, GOOD.value.replace(b":0", b":1e400")),
    _value(
        "seq of a huge exponent", DeadReason.INVALID_DATA, GOOD.value.replace(b":0", b":1e" + b"9" * 200_000)
    ),
    _value("seq below all floats", DeadReason.INVALID_DATA, GOOD.value.replace(b":0", b":-1e400")),
    _value("NaN", DeadReason.NOT_JSON, GOOD.value.replace(b'"c0ffee"', b'"c0ffee","later":NaN')),
    _value("half a character", DeadReason.NOT_JSON, GOOD.value.replace(b"c0ffee", b"\\ud800")),
    _value("nested too deep", DeadReason.NOT_JSON, b"[" * _DEEP + b"]" * _DEEP),
    _value("objects nested too deep", DeadReason.NOT_JSON, b'{"later":' * (_DEEP // 4)),
    _structured("structured, cut off", DeadReason.NOT_JSON, json.dumps(EVENT).encode()[:-1]),
    _structured(
        "structured, with a byte order mark", DeadReason.NOT_JSON, json.dumps(EVENT).encode("utf-8-sig")
    ),
    _structured(
        "structured, a number beyond all floats",
        DeadReason.NOT_JSON,
        json.dumps(EVENT).encode().replace(b": 0", b": 1e400"),
    ),
    _structured(
        "structured, a number of 5,000 digits",
        DeadReason.NOT_JSON,
        json.dumps(EVENT).encode().replace(b": 0", b": 1" + b"0" * 5_000),
    ),
    _structured("structured, nested too deep", DeadReason.NOT_JSON, b'{"data":' * (_DEEP // 4)),
    _structured_event("structured, half a character", DeadReason.NOT_JSON, subject="\ud800"),
    _structured("structured, UTF-16", DeadReason.NOT_JSON, json.dumps(EVENT).encode("utf-16")),
    _value("data is a list", DeadReason.INVALID_DATA, b"[]"),
    _value("data is null", DeadReason.INVALID_DATA, b"null"),
    _data("negative seq", DeadReason.INVALID_DATA, seq=-1),
    _data("seq as a truth", DeadReason.INVALID_DATA, seq=True),
    _data("seq as a part of one", DeadReason.INVALID_DATA, seq=0.5),
    _data("seq as a list", DeadReason.INVALID_DATA, seq=[0]),
    _data("a text as an object", DeadReason.INVALID_DATA, revision={"\x1b[2J": "\0"}),
    _data("a list as a text", DeadReason.INVALID_DATA, parents="c0ffee"),
    _data("many wrong items", DeadReason.INVALID_DATA, parents=[1] * 60_000),
    _data("too many items", DeadReason.INVALID_DATA, parents=["c0ffee"] * 20_000),
    _data("seq as a text", DeadReason.INVALID_DATA, seq="0"),
    _data("no revision", DeadReason.INVALID_DATA, revision=None),
    _data("seq beyond all integers", DeadReason.INVALID_DATA, seq=10**30),
    _data("another session", DeadReason.WRONG_KEY, session_id="another"),
    MalformedCase("another key", b"another", GOOD.value, GOOD.headers, DeadReason.WRONG_KEY),
    MalformedCase("empty key", b"", GOOD.value, GOOD.headers, DeadReason.WRONG_KEY),
    MalformedCase("key not UTF-8", b"\xff", GOOD.value, GOOD.headers, DeadReason.WRONG_KEY),
)

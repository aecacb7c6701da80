"""Messages that look hostile and are events all the same, one of each sort: they have to be taken as calmly as the rest is refused.

Each is made by one change to the good message of `tests.malformed`.
"""

from dataclasses import dataclass

from tests.malformed import GOOD, Headers, with_header

_DEEP = 190
"""Levels of nesting that JSON readers still take."""

STRUCTURED: Headers = (("content-type", b"application/cloudevents+json"),)


@dataclass(frozen=True, slots=True)
class OddCase:
    """One message that is an event."""

    name: str
    value: bytes
    headers: Headers = GOOD.headers
    key: bytes = GOOD.key


def _revision(name: str, encoded: bytes) -> OddCase:
    return OddCase(name, GOOD.value.replace(b"c0ffee", encoded))


def later(name: str, encoded: bytes) -> OddCase:
    """With a field that only a newer reader knows."""
    return OddCase(name, GOOD.value[:-1] + b',"later":' + encoded + b"}")


def _time(name: str, time: bytes) -> OddCase:
    return OddCase(name, GOOD.value, with_header("ce_time", time))


ODD: tuple[OddCase, ...] = (
    _revision("null bytes", b"\\u0000" * 40),
    _revision("control characters", b"\\u001b[2J\\u0007\\r\\n\\u009b"),
    _revision("a byte order mark in a text", b"\xef\xbb\xbfc0ffee"),
    _revision("beyond the first plane, as an escape", b"\\ud83d\\ude00"),
    _revision("not a character", "\uffff\ufdd0".encode()),
    _revision("from right to left", "\u202ec0ffee".encode()),
    later("nested deeply", b"[" * _DEEP + b"]" * _DEEP),
    later("a number of 4,000 digits", b"1" * 4_000),
    later("a number of 200,000 digits after the point", b"0." + b"1" * 200_000),
    later("many fields", b"{" + b",".join(b'"%d":0' % number for number in range(20_000)) + b"}"),
    later("a text of null bytes", b'"' + b"\\u0000" * 30_000 + b'"'),
    later("an empty name", b'{"":{"":""}}'),
    later("a field of another's model", b'0,"__pydantic_extra__":{},"model_config":0,"__class__":0'),
    OddCase("a field twice: the last one counts", GOOD.value.replace(b'"seq":', b'"seq":"none","seq":')),
    OddCase("blanks around", b" " * 100_000 + GOOD.value + b"\r\n\t "),
    OddCase("a whole number as a float", GOOD.value.replace(b":0", b":0.0e5")),
    OddCase("less than nothing", GOOD.value.replace(b":0", b":-0")),
    OddCase("an attribute with control characters", GOOD.value, with_header("ce_subject", b"\x00\x1b[2J\n")),
    OddCase("an attribute that is empty", GOOD.value, with_header("ce_later", b"")),
    OddCase("an attribute without a value", GOOD.value, (*GOOD.headers, ("ce_subject", None))),
    OddCase(
        "ten thousand headers",
        GOOD.value,
        (*GOOD.headers, *((f"h{n % 7}", b"\xff") for n in range(10_000))),
    ),
    OddCase(
        "ten thousand attributes", GOOD.value, (*GOOD.headers, *((f"ce_x{n}", b"") for n in range(10_000)))
    ),
    _time("the first time", b"1970-01-01T00:00:00Z"),
    _time("the last time", b"2199-12-31T23:59:59.999999999Z"),
    _time("a zone far in the east", b"1970-01-02T00:00:00+23:59"),
    _time("a zone far in the west", b"2199-12-30T23:59:59-23:59"),
    OddCase("no time", GOOD.value, with_header("ce_time", None)),
)

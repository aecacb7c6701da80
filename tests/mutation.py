"""Messages that are nearly events, and some that are: golden examples, sessions, odd and malformed messages, with some things changed.

Everything comes from the `Random` that is given: the same one gives the same messages, and Hypothesis can hand in one that it shrinks.
"""

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from fixloop_schemas import cloudevents, codec
from tests.builders import Session
from tests.contract.examples import ALL
from tests.malformed import MALFORMED, Headers
from tests.odd import ODD, STRUCTURED

_SMALL: Final = 4_000
"""Bytes: the large ones of the collections are sent by tests of their own."""
_TESTS: Final = ("tests/test_a.py::test_a", "tests/test_b.py::test_b")


@dataclass(frozen=True, slots=True)
class Message:
    """What lies in a topic."""

    key: bytes | None
    value: bytes | None
    headers: Headers


def _cycles(number: int) -> list[dict[str, Any]]:
    session = Session(f"fuzzed-{number}").started()
    for outcomes in (("fail", "pass"), ("pass", "fail"), ("fail", "pass"), ("pass", "pass")):
        session.edit().run(dict(zip(_TESTS, outcomes, strict=True)))
    return [codec.to_dict(event) for event in session.commit().ended().events]


EVENTS: Final[tuple[dict[str, Any], ...]] = (
    *(example.event for example in ALL if isinstance(example.event, dict) and "data" in example.event),
    *(event for number in range(60) for event in _cycles(number)),
)
"""CloudEvents dictionaries; some of the golden examples are no events."""

COLLECTED: Final = tuple(
    one
    for one in (
        *(Message(case.key, case.value, case.headers) for case in MALFORMED),
        *(Message(case.key, case.value, case.headers) for case in ODD),
    )
    if len(one.value or b"") < _SMALL and len(one.headers) < 20
)

SCALARS: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 2**64, -(2**63), 10**400, 0.5, -0.0, 1e308, 5e-324),
    *(
        "",
        " ",
        "0",
        "null",
        "\0",
        "\x1b[2J",
        "\ud800",
        "\uffff",
        "\u202e",
        "e\u0301",
        "😀",
        "x" * 300,
        "x" * 1_100,
    ),
    *(
        "deadbeefdeadbeef",
        "pass",
        "fail",
        "1970-01-01T00:00:00Z",
        "2199-12-31T23:59:59.999999999Z",
        "9999-12-31",
    ),
    *([], {}, [[]], [None], {"": None}, {"x": [{}]}),
)
PIECES: Final = (
    *(
        b"",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"{",
        b"}",
        b"[" * 300,
        b"]",
        b'"',
        b"\\",
        b"\\ud800",
        b"NaN",
        b"-Infinity",
    ),
    *(
        b"1e400",
        b"-1e400",
        b"9" * 5_000,
        b"1" * 4_000,
        b',"seq":0',
        b"null",
        b"\x1b]0;x\x07",
        b" " * 50,
        b"\n",
    ),
)


def message(chance: random.Random) -> Message:
    """One message; about every third is an event."""
    sort = chance.random()
    if sort < 0.05:
        return Message(_bytes(chance, 12), _bytes(chance, 200), _headers(chance))
    made = chance.choice(COLLECTED) if sort < 0.15 else _event(chance)
    for _ in range(chance.choice((0, 0, 0, 0, 1, 1, 2))):
        made = chance.choice(_CHANGES)(chance, made)
    return made


def _event(chance: random.Random) -> Message:
    event = copy.deepcopy(chance.choice(EVENTS))
    for _ in range(chance.choice((0, 0, 0, 0, 1, 1, 2, 3))):
        _change_inside(chance, event if chance.random() < 0.2 else event.get("data"))
    data = json.dumps(event.get("data"), ensure_ascii=chance.random() < 0.9, separators=(",", ":"))
    key = str(event.get("partitionkey")).encode("utf-8", "replace")
    if chance.random() < 0.2:
        return Message(key, _encoded(json.dumps(event)), STRUCTURED)
    attributes = {name: value for name, value in event.items() if name != "data" and value is not None}
    headers = tuple((f"ce_{name}", _encoded(str(value))) for name, value in attributes.items())
    return Message(key, _encoded(data), (("content-type", cloudevents.JSON_CONTENT.encode()), *headers))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _change_inside(chance: random.Random, value: Any) -> None:
    """Change one thing somewhere inside of a list or an object, in place."""
    while isinstance(value, dict | list) and value:
        place = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
        inner = value[place]
        if isinstance(inner, dict | list) and inner and chance.random() < 0.6:
            value = inner
            continue
        match chance.randrange(6):
            case 0:
                del value[place]
            case 1:
                value[place] = [inner]
            case 2 if isinstance(value, dict):
                value[chance.choice((f"{place}x", "", "\0", "later", "__class__"))] = value.pop(place)
            case 3 if isinstance(value, list):
                value *= chance.randint(2, 5)
            case 4 if isinstance(inner, int):
                value[place] = inner + chance.choice((-1, 1, 7, 10**10))
            case _:
                value[place] = copy.deepcopy(chance.choice(SCALARS))
        return


def _key(chance: random.Random, made: Message) -> Message:
    return replace(made, key=chance.choice((None, b"", b"another", b"\xff", _bytes(chance, 8))))


def _no_value(chance: random.Random, made: Message) -> Message:
    return replace(made, value=chance.choice((None, b"", b" ", b"null", b"{}", b"[]", b"0")))


def _cut(chance: random.Random, made: Message) -> Message:
    value = made.value or b""
    start = chance.randint(0, len(value))
    return replace(made, value=value[:start] + value[chance.randint(start, len(value)) :])


def _put_in(chance: random.Random, made: Message) -> Message:
    value = made.value or b""
    place = chance.randint(0, len(value))
    return replace(made, value=value[:place] + chance.choice((*PIECES, _bytes(chance, 4))) + value[place:])


def _flip(chance: random.Random, made: Message) -> Message:
    value = bytearray(made.value or b"\0")
    value[chance.randrange(len(value))] ^= 1 << chance.randrange(8)
    return replace(made, value=bytes(value))


def _encode(chance: random.Random, made: Message) -> Message:
    text = (made.value or b"").decode("utf-8", "replace")
    return replace(
        made, value=text.encode(chance.choice(("utf-16", "utf-16-le", "latin-1", "utf-8-sig")), "replace")
    )


def _header(chance: random.Random, made: Message) -> Message:
    headers = list(made.headers)
    place = chance.randint(0, len(headers))
    if place == len(headers):
        return replace(made, headers=(*headers, *_headers(chance)))
    name, value = headers[place]
    match chance.randrange(5):
        case 0:
            del headers[place]
        case 1:
            headers[place] = name, None
        case 2:
            headers.append((name, value))
        case 3:
            headers.append((name, _bytes(chance, 8)))
        case _:
            headers[place] = name, _encoded(str(chance.choice(SCALARS)))
    return replace(made, headers=tuple(headers))


_CHANGES: Final[tuple[Callable[[random.Random, Message], Message], ...]] = (
    *(_key, _no_value, _cut, _put_in, _flip, _encode),
    *(_header, _header, _header),
)


def _headers(chance: random.Random) -> Headers:
    names = (
        "ce_id",
        "ce_type",
        "ce_",
        "ce_data",
        "ce_Later",
        "ce_later",
        "content-type",
        "x",
        "",
        "fixloop_reason",
        "é\0",
    )
    values = (None, b"", b"1.0", b"\xff", b"application/cloudevents+json", b"x" * 2_000, _bytes(chance, 8))
    return tuple((chance.choice(names), chance.choice(values)) for _ in range(chance.randint(0, 4)))


def _bytes(chance: random.Random, most: int) -> bytes:
    return bytes(chance.randrange(256) for _ in range(chance.randint(0, most)))

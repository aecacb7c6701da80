"""Signatures: the same bug has one, two bugs have two, and no text takes long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixloop_schemas.digest import Digester
from fixloop_schemas.signature import MAX_MASKED, MAX_READ, VERSION, mask, signature

DIGESTER = Digester(b"tests")

SAME = {
    "object address": (
        "<Cart object at 0x7f3a5c0b8d90> is empty",
        "<Cart object at 0x7f11111118d0> is empty",
    ),
    "uuid": (
        "no order 550e8400-e29b-41d4-a716-446655440000",
        "no order 6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    ),
    "commit": (
        "bad object 3f9c2d7b1a0e3f9c2d7b1a0e3f9c2d7b1a0e3f9c",
        "bad object 0123456789abcdef0123456789abcdef01234567",
    ),
    "temporary folder": (
        "no such file: '/tmp/pytest-of-ada/pytest-12/x0/cart.json'",
        "no such file: '/tmp/pytest-of-bob/pytest-7/x0/cart.json'",
    ),
    "hexadecimal folder": ("no /tmp/0123456789abcdef/a/cart.json", "no /var/tmp/cart.json"),
    "fraction in a folder": ("no /tmp/x-1.25/cart.json", "no /tmp/x-2.5/cart.json"),
    "port of the loopback": ("refused: [::1]:80", "refused: [::1]:443"),
    "home": ("cannot open /home/ada/shop/cart.json", "cannot open /Users/bob/work/shop/cart.json"),
    "windows path": (r"cannot open C:\Users\ada\cart.json", r"cannot open D:\work\cart.json"),
    "line": ("money.py:12: AssertionError", "money.py:48: AssertionError"),
    "line and column": ("app.ts:12:5 - error", "app.ts:9:31 - error"),
    "line in words": ('File "money.py", line 12, in total', 'File "money.py", line 7, in total'),
    "time": ("expired at 2026-01-02T03:04:05.123Z", "expired at 2027-11-12 13:14:15+02:00"),
    "date": ("no rate for 2026-01-02", "no rate for 2025/12/31"),
    "time of day": ("at 03:04:05 nothing", "at 13:14:15.999 nothing"),
    "duration": ("timed out after 1.25s", "timed out after 30 seconds"),
    "milliseconds": ("took 12ms", "took 480 ms"),
    "port": ("refused: localhost:8080", "refused: localhost:54321"),
    "url": ("GET http://127.0.0.1:8080/cart?id=1 failed", "GET https://shop.example/cart failed"),
    "large number": ("process 12345 died", "process 998877 died"),
    "fraction": ("0.30000000000000004 is not close", "0.1 is not close"),
    "exponent": ("residual 1e-09 too large", "residual 3.5e-7 too large"),
    "colours": ("\x1b[31mexpected\x1b[0m 1, got 2", "expected 1, got 2"),
    "temporary file": ("no '/tmp/tmpx_cart.json'", "no '/var/tmp/tmpab_y.json'"),
    "path with blanks": ("no '/home/ada/my shop/cart.json'", "no '/srv/shop/cart.json'"),
    "path in brackets": ("from 'x' (/home/ada/my shop/cart.py)", "from 'x' (/srv/cart.py)"),
    "position in brackets": ("unexpected token (3:40)", "unexpected token (12:4)"),
    "line in a file's name": ("at cart.js:3:40: no", "at cart.js:12: no"),
    "identity": ("com.shop.Cart@1b2c3d4 is empty", "com.shop.Cart@77a567e1 is empty"),
    "order of a set": ("{'a', 'b', 'c'} is not {'x'}", "{'c', 'a', 'b'} is not {'x'}"),
    "order of a map": ('left: {"a": 1, "b": 22}', 'left: {"b": 22, "a": 1}'),
    "order within blanks": ("Set{ 'a', 'b' }", "Set{ 'b', 'a' }"),
    "thread": ("Thread-1 (work) died", "Thread-22 (work) died"),
    "thread of a pool": ("pool-2-thread-1 died", "pool-11-thread-3 died"),
    "goroutine": ("goroutine 7 died", "goroutine 18 died"),
    "process": ("process 77 died", "process 4711 died"),
    "hours": ("after 2 hours", "after 1.5 hours"),
    "blanks": ("expected 1,\n    got 2", "expected 1, got  2\n"),
}

DIFFERENT = {
    "small number": ("expected 1, got 2", "expected 1, got 3"),
    "status code": ("assert 404 == 200", "assert 500 == 200"),
    "small hexadecimal": ("expected 0x10, got 0x11", "expected 0x10, got 0x12"),
    "word": ("cart is empty", "cart is full"),
    "case": ("Cart is empty", "cart is empty"),
    "sign": ("expected 1", "expected -1"),
    "relative path": ("cannot open src/cart.json", "cannot open src/money.json"),
    "file's name": ("cannot open /home/ada/cart.json", "cannot open /home/ada/money.json"),
    "value of a map": ("map[apple:1 pear:2]", "map[apple:1 pear:3]"),
    "member of a set": ("{'a', 'b'} is not {'x'}", "{'a', 'c'} is not {'x'}"),
    "order of a list": ("['a', 'b']", "['b', 'a']"),
    "field": ("KeyError: 'price'", "KeyError: 'total'"),
    "short hexadecimal word": ("no bee", "no fee"),
    "version": ("needs version 3", "needs version 4"),
}


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_the_same_bug_has_the_same_signature(pair: tuple[str, str]) -> None:
    """What differs between two runs of one bug is masked."""
    one, other = pair
    assert one != other
    assert mask(one) == mask(other)
    assert signature(DIGESTER, "E", one) == signature(DIGESTER, "E", other)


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT)
def test_two_bugs_have_two_signatures(pair: tuple[str, str]) -> None:
    """What tells bugs apart is kept."""
    one, other = pair
    assert signature(DIGESTER, "E", one).digest != signature(DIGESTER, "E", other).digest


def test_error_type_and_frame_tell_bugs_apart() -> None:
    """The same words from elsewhere, or as another error, are another bug."""
    digests = {
        signature(DIGESTER, "ValueError", "empty", "src/cart.py::total").digest,
        signature(DIGESTER, "KeyError", "empty", "src/cart.py::total").digest,
        signature(DIGESTER, "ValueError", "empty", "src/money.py::total").digest,
        signature(DIGESTER, "ValueError", "empty").digest,
        signature(DIGESTER, None, "empty").digest,
    }
    assert 5 == len(digests)


def test_nothing_of_the_message_is_in_the_signature() -> None:
    """What leaves the machine is digests, the error's type and the version."""
    found = signature(DIGESTER, "ValueError", "secret recipe", "src/secret.py::mix")
    assert "secret" not in repr(found)
    assert (VERSION, True, "ValueError") == (found.version, found.complete, found.error_type)


@pytest.mark.parametrize(
    ("said", "frame", "told"),
    [
        ("ValueError", None, True),
        ("shop.errors.ValueError", None, True),
        ("RSpec::Mocks::MockExpectationError", None, True),
        ("App\\Exceptions\\Broken", "a.php", True),
        ("Boom", "a.py::b", True),
        ("Boom", None, False),
        ("E0308", None, True),
        ("ERR_ASSERTION", None, True),
        ("build failed", None, True),
        ("error", None, True),
        ("swordfish", "a.py::b", False),
        ("the password is Swordfish", "a.py::b", False),
        ("Swordfish!", "a.py::b", False),
        ("X" * 250 + "EveryError", "a.py::b", False),
    ],
)
def test_what_is_not_written_like_a_type_is_not_told_as_one(said: str, frame: str | None, told: bool) -> None:
    """A runner may put words of the message in a type's place; they are digested all the same."""
    found = signature(DIGESTER, said, "m", frame)
    assert (said if told else None) == found.error_type
    assert signature(DIGESTER, None, "m", frame).digest != found.digest


def test_nothing_known_has_no_digest() -> None:
    """Two failures of which nothing is known are not said to be equal."""
    found = signature(DIGESTER, None, None)
    assert (None, False) == (found.digest, found.complete)


@pytest.mark.parametrize(
    ("message", "complete"), [("boom", False), (None, True), ("  \n", True), ("\x1b[0m", True)]
)
def test_what_is_cut_or_empty_is_not_complete(message: str | None, complete: bool) -> None:
    """A signature is complete only when the whole of a message is in it."""
    found = signature(DIGESTER, "ValueError", message, complete=complete)
    assert found.digest is not None
    assert not found.complete


def test_long_messages_are_cut_alike() -> None:
    """What follows the first 2,000 masked characters makes no difference."""
    start = "word " * 500
    assert len(mask(start)) <= MAX_MASKED
    assert mask(start) == mask(start + "other end")


PIECES = st.sampled_from(
    [
        *(
            word
            for pair in (*SAME.values(), *DIFFERENT.values())
            for text in pair
            for word in text.split(" ")
        ),
        *(
            *("{", "}", "{a, ", "b, ", "(", ")", "'", "'/", "@", "thread-", "(1:"),
            "\x1b",
            "\x1b[",
            "[0m",
            "0",
            "12",
            "123",
            "/",
            "/a",
            "\\",
            ":",
            "line ",
            "<",
            ">",
            "<n>",
            ".",
            "e",
            "x",
            "0x",
            "-",
            " ",
            "\n",
            "s",
        ),
    ]
)


@given(st.text() | st.lists(PIECES, max_size=30).map(" ".join))
def test_masking_twice_is_masking_once(message: str) -> None:
    """A masked text that is masked again, by a reader that does not know, stays what it is."""
    once = mask(message)
    assert once == mask(once)


HOSTILE = [
    *(
        "a",
        "0",
        "/",
        "/a",
        "\\a",
        ":",
        "1:",
        "a:1 ",
        "0.",
        "0x",
        "a-",
        "f" * 12 + "g",
        "1e",
        "http://",
        "a://",
        "\x1b[",
        "\x1b[0;",
    ),
    *("{", "{a, ", "}", "{}", "'/a", "(/a/", "('/a/b", "thread-1", "a@1", "(1:2", ".py:1", ".py:1:"),
    *("line ", "1 s", "0-0", "2026-01-02", " ", "\n", "[::1]:", "<", "~/", "é", "٣", "a" * 9 + "0 "),
]


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_hostile_messages_are_answered(piece: str) -> None:
    """No rule runs away: what took the square of its length would not end within the test's limit."""
    message = piece * (MAX_READ // len(piece))
    for text in (message, message + "!", "x" + message, message * 20):
        assert len(mask(text)) <= MAX_MASKED

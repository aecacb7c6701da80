"""Failures are read from what runners print, whole or in part, and no text takes long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixloop_schemas.failures import EXTRACTORS, Failure, extract
from fixloop_schemas.failures.text import MAX_READ
from tests.signatures.labelled import RUNNERS, read

CASES = {
    "pytest, a message alone": (
        "pytest",
        "assert 404 == 200",
        Failure("AssertionError", "assert 404 == 200", complete=False),
    ),
    "pytest, a missing fixture": (
        "pytest",
        "file /srv/shop/tests/test_cart.py, line 3\n  def test_a(basket):\nE       fixture 'basket' not found\n>       available",
        Failure("FixtureLookupError", "fixture 'basket' not found"),
    ),
    "pytest, code that does not parse": (
        "pytest",
        "E     File \"/srv/shop/cart.py\", line 9\nE       def total()\nE                  ^\nE   SyntaxError: expected ':'",
        Failure("SyntaxError", "expected ':'", "cart.py"),
    ),
    "pytest, the author's words and ours": (
        "pytest",
        (
            "    def test_a():\n>       assert a() == 4, 'lost'\nE       AssertionError: lost\nE       assert 3 == 4\n"
            "E        +  where 3 = a()\n\ntests/test_cart.py:12: AssertionError"
        ),
        Failure("AssertionError", "lost\nassert 3 == 4", "test_cart.py::test_a"),
    ),
    "unittest, a line alone": (
        "unittest",
        "shop.errors.CartError: empty",
        Failure("CartError", "empty", complete=False),
    ),
    "unittest, no error's name": (
        "unittest",
        "Secret: hunter2",
        Failure(None, "Secret: hunter2", complete=False),
    ),
    "go, a panic in a method": (
        "go",
        (
            "panic: boom [recovered]\n\tpanic: boom\n\ngoroutine 7 [running]:\npanic({0x1, 0x2})\n\t/opt/go/src/runtime/panic.go:1\n"
            "example.com/shop.(*Cart).Total.func1(0x1)\n\t/srv/shop/cart.go:12 +0x1\n"
        ),
        Failure("panic", "boom", "cart.go::(*Cart).Total"),
    ),
    "go, a package that does not build": (
        "go",
        "# example.com/shop\n./cart.go:5:2: undefined: tax\nFAIL\texample.com/shop [build failed]\n",
        Failure("build failed", "undefined: tax", "cart.go"),
    ),
    "go, output alone": ("go", "--- FAIL: TestA (0.00s)\nhello\n", Failure(None, "hello", complete=False)),
    "jest, a matcher without its values": (
        "jest",
        "error: expect(received).toBe(expected)",
        Failure("AssertionError", "expect(received).toBe(expected)", complete=False),
    ),
    "bun, an error": ("bun", "error: TypeError: x is no function", Failure("TypeError", "x is no function")),
    "rust, a panic as it was before 1.73": (
        "rust",
        "thread 'tests::a' panicked at 'boom', src/lib.rs:3:5\nnote: run with `RUST_BACKTRACE=1`",
        Failure("panic", "boom", "lib.rs"),
    ),
    "rust, a test that should have panicked": (
        "rust",
        "note: test did not panic as expected at src/lib.rs:3:8",
        Failure("panic", "test did not panic as expected", "lib.rs"),
    ),
    "junit, a cause": (
        "junit",
        (
            "shop.CartError: no\n\tat shop.Cart.lambda$load$0(Cart.java:3)\n\tat java.base/java.lang.Thread.run(Thread.java:1)\n"
            "Caused by: java.io.IOException: closed\n\tat shop.File.read(File.java:9)\n\t... 4 more\n"
        ),
        Failure("CartError", "no\n<- IOException: closed", "Cart.java::load"),
    ),
    "junit, most of the stack left out": (
        "junit",
        "shop.CartError: no\n\tat shop.CartTest.load(CartTest.java:3)\n",
        Failure("CartError", "no", "CartTest.java::load", complete=False),
    ),
    "junit, no error's name": ("junit", "Secret: hunter2", Failure(None, "Secret: hunter2", complete=False)),
    "an unknown runner": ("prove", " not ok 1 ", Failure(None, "not ok 1")),
}


@pytest.mark.parametrize(("framework", "text", "expected"), CASES.values(), ids=CASES)
def test_a_failure_is_read(framework: str, text: str, expected: Failure) -> None:
    """Error type, message and frame are what the runner said."""
    assert expected == extract(framework, text)


@pytest.mark.parametrize("runner", RUNNERS)
def test_colours_and_line_ends_make_no_difference(runner: str) -> None:
    """A terminal's text is read as a file's."""
    framework = runner.partition("-")[0]
    for observation in read(runner)[::20]:
        dressed = "\r\n".join(f"\x1b[31m{line}\x1b[0m" for line in observation.text.split("\n"))
        assert extract(framework, observation.text) == extract(framework, dressed)


PIECES = st.sampled_from(
    [
        *(
            "E   ",
            "E  assert ",
            "assert a == b",
            "panic: ",
            "goroutine 1 [",
            "\tat ",
            "at a (",
            ".js:1:2)",
            ".go:1",
            "Error: ",
            "Caused by: ",
        ),
        *(
            "thread 'a' panicked at ",
            ":1:2:",
            "note: ",
            '  File "',
            '", line 1, in f',
            "\n",
            "\n\n",
            "{",
            "- ",
            "+ ",
            "\u276f ",
            "|",
            "1 |",
            "\x1b[",
        ),
        *(
            "error[E1]: a\n --> ",
            "Differing items:\n",
            "AssertionError: ",
            "[build failed]",
            "Items in the first set but not the second:\n",
        ),
    ]
)


@given(st.sampled_from(sorted(EXTRACTORS)), st.text() | st.lists(PIECES, max_size=30).map("".join))
def test_any_text_is_read(framework: str, text: str) -> None:
    """What a program prints is never a reason to fail; and a message has something in it."""
    found = extract(framework, text)
    assert found.message is None or found.message.strip()


HOSTILE = [
    *(
        "a",
        " ",
        "\n",
        "\t",
        "(",
        ")",
        ": ",
        "'",
        "/",
        ".",
        "1",
        "a:1: ",
        "E ",
        "E  \n",
        "{",
        "\u276f ",
        "\u276f a ",
        " 1 |",
        "\x1b[",
        "\x1b]8;",
    ),
    *(
        "at (",
        "at a (",
        "\tat a.b(",
        " at a.js",
        "panic: ",
        "panic: a\n",
        "\ngoroutine ",
        "thread 'a' panicked at ",
        "' panicked at '",
    ),
    *(
        "thread 'a' panicked at '",
        "\nthread 'a' panicked at '",
        "\nthread '",
        "[ERROR] a.java",
        ".java:[1,2] ",
        "error: a\n",
        "error: a\n --> ",
    ),
    *(
        '  File "',
        '  File "a", line 1',
        "\nTraceback (most recent call last)",
        "\n./a.go:1:1",
        "a.go",
        "- a\n",
        "+ a\n",
        "assert ",
        ".func1",
        "\nError: ",
    ),
    *(
        "SyntaxError: a.js",
        "SyntaxError: a.js: ",
        "Caused by: ",
        "<[",
        "<[a, ",
        "Cause:",
        "E   assert a == b\n",
        "Differing items:\n",
    ),
]


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_hostile_texts_are_answered(piece: str) -> None:
    """No runner's text runs away: what took the square of its length would not end within the test's limit."""
    for framework in {function: name for name, function in EXTRACTORS.items()}.values():
        for text in (piece * (MAX_READ // len(piece)), "E   a\nX: " + piece * (MAX_READ // len(piece)) + "!"):
            extract(framework, text)

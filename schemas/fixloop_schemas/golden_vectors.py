"""Writes the golden vectors of what emitters in other languages port: `python -m fixloop_schemas.golden_vectors`.

Each file in `vectors/` is a list of cases, what goes in and what comes out. Some are chosen, the rest is put together from pieces on which
languages differ: what a blank, a digit or a letter is, where a word ends, how texts are ordered and cut. Standard library only.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, Final

from fixloop_schemas.digest import Digester
from fixloop_schemas.failures import extract
from fixloop_schemas.names import MAX_NAME, bounded, encodable
from fixloop_schemas.path_role import path_role
from fixloop_schemas.signature import mask, signature

FOLDER: Final = Path(__file__).parent / "vectors"
KEY: Final = "key"
CASES: Final = 300
"""Of each kind, beside the chosen ones."""

_CHOSEN: Final = (
    "",
    " ",
    "expected 1, got 2",
    "\x1b[31mred\x1b[39m text",
    "{b, a, 10, 9}",
    "{ 'z': 1, 'a': 2 }",
    "{\U0001f642, \uff21, a}",
    "open '/home/ada/my shop/cart.py' failed",
    "at /tmp/pytest-of-ada/x_1/cart.py:12:3",
    "C:\\Users\\ada\\shop\\cart.js:3",
    "x" * 2_100,
)
_LONG: Final = ("a " * 33_000 + "{b, a}", "\U0001f642" * 2_100)
"""Longer than what is read, and than what is kept."""
_BETWEEN: Final = "¦"
_PIECES: Final = (
    "a¦Z¦é¦ß¦日本¦\U0001f642¦_¦-¦.¦,¦:¦;¦'¦\"¦`¦(¦)¦[¦]¦ ¦  ¦\t¦\n¦\r\n¦\x1c¦\x85¦\xa0¦\u2028¦\u3000¦\ufeff¦\x1b¦"
    "\x1b[1m¦0¦7¦42¦404¦1234¦12.5¦1e9¦3E-4¦0x1f¦0xdeadbeef¦deadbeefcafe1¦²¦٣¦١٢٣٤¦½¦/¦\\¦/tmp¦/tmp/x¦"
    "/home/ada/cart.py¦C:\\x\\y_z.js¦src/cart.py:12¦cart.js:3:4¦(/a b/c.py)¦http://example.org/a?b¦"
    "localhost:8080¦127.0.0.1:9¦[::1]:80¦user@1a2b3c¦<¦>¦$1¦$&¦2026-01-02¦2026-01-02T03:04:05.678Z¦"
    "12:34:56¦5 ms¦2s¦3 minutes¦1.5 µs¦line 7¦(3:4)¦Thread-12¦worker 3¦pid=77¦goroutine 9¦{¦}¦{b, a}¦"
    "{ 2, 1 }¦{x: 1,y: 0}¦Error: ¦\ud800¦123e4567-e89b-12d3-a456-426614174000"
).split(_BETWEEN)
_LINES: Final = (
    "¦  ¦Error: no¦RangeError: amount must not be negative¦AssertionError [ERR_ASSERTION]: x¦TypeError¦"
    "plain¦expect(received).toBe(expected) // Object.is equality¦Error: expect(received).toBe(expected)¦"
    "error: expect(x)¦Expected: 3¦Received: 2¦- Expected  - 1¦+ Received  + 1¦  -   b: 3¦  +   a: 2¦"
    "@@ -1,3 +1,3 @@¦- 2¦+ 1¦    at Object.add (/home/ada/shop/src/cart.js:49:24)¦"
    "    at /home/ada/shop/tests/cart.test.js:9:8¦  at async x (<anonymous>)¦"
    "    at new Promise (<anonymous>)¦    at run (/x/node_modules/jest/a.js:1:2)¦"
    "    at Module.f [as g] (src\\a.ts:1:2)¦    at async Module.load (file:///x/src/b.mjs:3:4)¦"
    "    at native:1:2¦ \u276f add src/cart.ts:3:4¦ \u276f tests/a b.test.ts:1:2¦    > 4 |   expect(1)¦      |  ^¦"
    "   12| const x¦Cause: TypeError: under¦[cause]: Error: y¦Caused by:¦    Cause:¦  ● cart \u203a adds¦"
    " FAIL  a.test.ts > adds¦SyntaxError: /x/a.js: Unexpected token (3:4)¦Error: Failed to load url ./x¦"
    "If this is a long-running test, pass a timeout¦\x1b[31mRangeError\x1b[39m: red¦"
    "\x1b]8;;u\x07link\x1b]8;;\x07¦größe 12:34:56"
).split(_BETWEEN)
_SEGMENTS: Final = (
    "src¦test¦tests¦docs¦lib¦app¦Tests¦__tests__¦spec¦fixtures¦testdata¦main¦packages¦django¦tmp¦scratch¦"
    "..¦.¦¦größe¦repro-1¦templates¦changelog¦e2e¦.github¦testing¦a\nb"
).split(_BETWEEN)
_FILES: Final = (
    "cart.py¦test_cart.py¦cart_test.go¦Cart.spec.ts¦CartTest.java¦Latest.java¦conftest.py¦setup.py¦README¦"
    "notes.txt¦a.md¦package.json¦Makefile¦Dockerfile.dev¦x.py.orig¦fix_it.py¦check_x.js¦tests.py¦a.snap¦"
    "UPPER.TS¦İ.py¦Test٣.cs¦a.patch2¦core.js~¦jest.setup.ts¦schema.sql¦data.bin¦x.html¦.env¦a.py\n"
).split(_BETWEEN)


def documents() -> Mapping[str, str]:
    """Every file by name, as it has to be."""
    return {
        f"{name}.json": "[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n"
        for name, cases in (
            ("digests", _digests()),
            ("masks", [[text, mask(text)] for text in (*_LONG, *texts(1, CASES))]),
            ("names", [[text, bounded(encodable(text))] for text in _names()]),
            ("failures", [[text, *failure(text)] for text in reports(2, CASES)]),
            ("path_roles", [[path, path_role(path).value] for path in paths(3, CASES)]),
        )
    }


def texts(seed: int, count: int) -> Iterator[str]:
    """Messages."""
    random = Random(seed)  # noqa: S311 -- the same cases each time
    yield from _CHOSEN
    for _ in range(count):
        yield "".join(random.choices(_PIECES, k=random.randint(1, 12)))


def reports(seed: int, count: int) -> Iterator[str]:
    """Failures as they are printed."""
    random = Random(seed)  # noqa: S311 -- the same cases each time
    yield from ("", "\n\n", "  ● only a heading")
    for _ in range(count):
        yield "\n".join(random.choices(_LINES, k=random.randint(1, 9)))


def paths(seed: int, count: int) -> Iterator[str]:
    """Paths relative to a repository, and some that are not."""
    random = Random(seed)  # noqa: S311 -- the same cases each time
    yield from ("", "/", "C:\\x\\y.py", "~/x.py", "x/" * 3_000 + "a.py")
    for _ in range(count):
        folders = random.choices(_SEGMENTS, k=random.randint(0, 3))
        yield random.choice("//////\\").join([*folders, random.choice(_FILES)])


def _names() -> Iterator[str]:
    yield from ("x" * MAX_NAME, "x" * (MAX_NAME + 1), "\U0001f642" * MAX_NAME, "é" * 300, "a\ud800b" * 100)
    yield from texts(4, 20)


def _digests() -> Iterator[Mapping[str, Any]]:
    digester = Digester(KEY.encode())
    for text in texts(5, 40):
        yield {
            "in": text,
            "text": digester.text(text),
            "path": digester.path(text),
            "person": digester.person(text),
            "lines": digester.lines(text.split("\n")),
        }


def failure(text: str) -> list[Any]:
    """What the text says, and the signature that it has."""
    found = extract("jest", text)
    made = signature(
        Digester(KEY.encode()), found.error_type, found.message, found.frame, complete=found.complete
    )
    return [
        [found.error_type, found.message, found.frame, found.complete],
        [made.digest, made.version, made.complete, made.error_type, made.frame],
    ]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in documents().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{FOLDER / name}\n")

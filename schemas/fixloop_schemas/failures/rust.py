"""A failure as `cargo test` prints it: a panic, an error that a test returned, or what does not compile.

A function is named only when `RUST_BACKTRACE` is set, so the frame is the file alone. The thread is the test, whose name is no part of
a signature.
"""

import re
from typing import Final

from fixloop_schemas.failures.failure import Failure
from fixloop_schemas.failures.text import first_lines, frame, is_foreign

_PANIC: Final = re.compile(
    r"^thread '[^'\n]*' (?:\(\d+\) )?panicked at ([^'\n][^\n]*?):\d+(?::\d+)?:?$", re.MULTILINE
)
_OLD: Final = re.compile(
    r"^thread '[^'\n]*' panicked at '(.{,4000}?)', ([^\n:]+):\d+(?::\d+)?$", re.MULTILINE | re.DOTALL
)
MAX_OLD: Final = 16_384
"""Characters in which a panic in the form of Rust before 1.73 is looked for."""
_END: Final = re.compile(r"^(?:stack backtrace:|note: |thread '|\s*$)", re.MULTILINE)
_SHOULD: Final = re.compile(
    r"^note: (panic did not contain expected string|test did not panic as expected)(?: at (\S+?):\d+)?",
    re.MULTILINE,
)
_RETURNED: Final = re.compile(r"^Error: (.*)", re.MULTILINE | re.DOTALL)
_UNBUILT: Final = re.compile(r"^error(?:\[(E\d+)\])?: (.+)\n\s*--> (.+?):\d+:\d+", re.MULTILINE)
_PLAIN: Final = re.compile(r"^error(?:\[(E\d+)\])?: (.+)", re.MULTILINE)


def extract(text: str) -> Failure:
    """The failure in a test's output, or in the compiler's."""
    should = _SHOULD.search(text)
    notes = [should[1]] if should else []
    if panic := _PANIC.search(text):
        return Failure("panic", first_lines([*_said(text, panic), *notes]), _own(panic[1]))
    if panic := _OLD.search(text[:MAX_OLD]):
        return Failure("panic", first_lines([*panic[1].split("\n"), *notes]), _own(panic[2]))
    if should:
        return Failure("panic", should[1], _own(should[2]) if should[2] else None)
    if returned := _RETURNED.search(text):
        return Failure("Error", first_lines(returned[1].split("\n")))
    if unbuilt := _UNBUILT.search(text):
        return Failure(unbuilt[1] or "error", unbuilt[2], frame(unbuilt[3]))
    if unbuilt := _PLAIN.search(text):
        return Failure(unbuilt[1] or "error", unbuilt[2])
    return Failure(message=first_lines(text.split("\n")), complete=False)


def _said(text: str, panic: re.Match[str]) -> list[str]:
    """The panic's message: the lines until the backtrace, a note, or the next panic."""
    rest = text[panic.end() :].lstrip("\n")
    end = _END.search(rest)
    return rest[: end.start() if end else None].split("\n")


def _own(path: str) -> str | None:
    return None if is_foreign(path) else frame(path)

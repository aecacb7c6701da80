"""The one test that was asked for, where the output counts and does not name: `pytest tests/test_a.py::test_b` prints `1 passed`."""

import re
from typing import Final

from fixloop.emit.parsed_run import Result
from fixloop.emit.shell_output.reading import Reading
from fixloop_schemas.commands import Called
from fixloop_schemas.vocabulary import Level, Outcome

_EXACTLY: Final = re.compile(r"\^(?P<test>Test\w*)\$(?:/.*)?")
_DOTTED: Final = re.compile(r"(?:\w+\.)+test\w*")


def the_one_asked_for(call: Called, reading: Reading) -> tuple[Result, ...]:
    """The tests that were asked for by their full names, when as many were counted and all passed. Deduced, so at lower confidence."""
    totals = reading.totals
    if totals is None or totals.passed != totals.all:
        return ()
    names = _named(reading.framework, call.selectors)
    if len(names) != totals.passed or len(names) != len(call.selectors):
        return ()
    return tuple(Result(name, Outcome.PASS, inferred=True) for name in names)


def the_go_test_asked_for(selectors: tuple[str, ...], packages: list[str]) -> tuple[Result, ...]:
    """The same for `go test -run '^TestX$' ./pkg`, which counts packages."""
    tests = [match["test"] for selector in selectors if (match := _EXACTLY.fullmatch(selector))]
    if len(tests) != 1 or len(packages) != 1:
        return ()
    return (Result(f"{packages[0]}::{tests[0]}", Outcome.PASS, Level.CASE, inferred=True),)


def _named(framework: str, selectors: tuple[str, ...]) -> tuple[str, ...]:
    if framework == "pytest":
        found = [selector for selector in selectors if "::" in selector]
    elif framework in ("unittest", "django"):
        found = [selector for selector in selectors if _DOTTED.fullmatch(selector)]
    else:
        found = []
    return tuple(dict.fromkeys(found))

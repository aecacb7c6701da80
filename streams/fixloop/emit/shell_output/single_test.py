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
    if any(result.level is Level.CASE for result in reading.results):
        return ()
    if reading.framework == "go":
        names = _of_go(call.selectors, reading.results)
    else:
        totals = reading.totals
        names = _named(reading.framework, call.selectors)
        if totals is None or not len(names) == totals.passed == totals.all == len(call.selectors):
            return ()
    return tuple(Result(name, Outcome.PASS, inferred=True) for name in names)


def _of_go(selectors: tuple[str, ...], packages: tuple[Result, ...]) -> tuple[str, ...]:
    """`go test -run '^TestX$' ./pkg` names the package alone."""
    tests = [match["test"] for selector in selectors if (match := _EXACTLY.fullmatch(selector))]
    if len(tests) != 1 or len(packages) != 1 or packages[0].outcome is not Outcome.PASS:
        return ()
    return (f"{packages[0].name.removeprefix('pkg:')}::{tests[0]}",)


def _named(framework: str, selectors: tuple[str, ...]) -> tuple[str, ...]:
    if framework == "pytest":
        found = [selector for selector in selectors if "::" in selector]
    elif framework in ("unittest", "django"):
        found = [selector for selector in selectors if _DOTTED.fullmatch(selector)]
    else:
        found = []
    return tuple(dict.fromkeys(found))

"""What SymPy's own runner (`bin/test`, `sympy.test()`) prints: a line a file, the failures below their tests' names, and the counts."""

import re
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.failures import Failure
from fixloop_schemas.vocabulary import Level, Outcome

_HEADING: Final = re.compile(r"_+ (?P<file>[^\s:]+\.py):(?P<test>\w+) _+")
_FILE: Final = re.compile(r"(?P<file>[^\s\[\]]+\.py)\[(?:\d+|\?)\] .*?\[(?P<word>OK|FAIL)\]")
_END: Final = re.compile(
    r"=* ?tests finished: (?P<counts>[a-z ,\d]+), in (?P<seconds>[\d.]+) seconds ?=*(?:\s.*)?"
)
_COUNT: Final = re.compile(r"(\d+) ([a-z ]+)")


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when SymPy's runner did not print them."""
    end = next((found for line in reversed(lines) if (found := _END.fullmatch(line.strip()))), None)
    named = Named()
    failures: dict[str, Failure] = {}
    headings = [(at, found) for at, line in enumerate(lines) if (found := _HEADING.fullmatch(line.strip()))]
    for number, (at, found) in enumerate(headings):
        below = headings[number + 1][0] if number + 1 < len(headings) else len(lines)
        block = [line for line in lines[at + 1 : below] if not _END.fullmatch(line.strip())]
        name = f"{found['file']}::{found['test']}"
        failures[name] = failure_in("unittest", _up_to_rule(block))
        red = Outcome.FAIL if failures[name].error_type == "AssertionError" else Outcome.ERROR
        named.say(name, red)
    for line in lines:
        if (found := _FILE.match(line.strip())) and found["word"] == "OK":
            named.say(found["file"], Outcome.PASS, level=Level.GROUP)
    named.explain(failures)
    if end is None:
        return Reading("sympy", named.results()) if failures else None
    return Reading("sympy", named.results(), _totals(end["counts"]), None, seconds(end["seconds"]))


def _up_to_rule(block: list[str]) -> list[str]:
    """The lines up to the rule that ends a failure."""
    end = next((at for at, line in enumerate(block) if line and not line.strip("_")), len(block))
    return block[:end]


def _totals(said: str) -> Totals:
    known = {word.strip(): int(number) for number, word in _COUNT.findall(said)}
    skipped = known.get("skipped", 0) + known.get("expected to fail", 0)
    passed = known.get("passed", 0) + known.get("expected to fail but passed", 0)
    return Totals(passed, known.get("failed", 0), known.get("exceptions", 0), skipped)

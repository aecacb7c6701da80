"""What PHPUnit prints: numbered blocks of errors and failures, and the counts."""

import re
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.reading import Named, Reading
from fixloop_schemas.failures import Failure
from fixloop_schemas.failures.text import first_lines, frame, is_foreign
from fixloop_schemas.vocabulary import Outcome

_OK: Final = re.compile(r"OK \((?P<tests>\d+) tests?, \d+ assertions?\)")
_COUNTS: Final = re.compile(r"Tests: (?P<tests>\d+), Assertions: \d+(?P<rest>(?:, [A-Z][A-Za-z ]+: \d+)*)\.?")
_COUNT: Final = re.compile(r"([A-Z][A-Za-z ]+): (\d+)")
_SECTION: Final = re.compile(
    r"There (?:was|were) \d+ (?P<what>error|failure|skipped test|incomplete test|risky test|warning)s?:"
)
_BLOCK: Final = re.compile(r"\d+\) (?P<name>[\w\\]+::\S.*)")
_AT: Final = re.compile(r"(?P<path>/?\S.*\.php):\d+")
_TYPE: Final = re.compile(r"(?P<type>[A-Z][\w\\]*(?:Error|Exception|Failure)): (?P<rest>.*)")


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when PHPUnit did not print them."""
    totals = next((found for line in reversed(lines) if (found := _totals(line)) is not None), None)
    if totals is None:
        return None
    named = Named()
    what, name, block = "", "", list[str]()
    for line in [*lines, "--"]:
        section, heading = _SECTION.fullmatch(line), _BLOCK.fullmatch(line)
        if section or heading or line == "--" or line.startswith(("FAILURES!", "ERRORS!")):
            _say(named, what, name, block)
            name, block = heading["name"] if heading else "", []
            what = section["what"] if section else what
        elif name:
            block.append(line)
    return Reading("phpunit", named.results(), totals)


def _say(named: Named, what: str, name: str, block: list[str]) -> None:
    if not name or what not in ("error", "failure", "skipped test", "incomplete test"):
        return
    if what in ("error", "failure"):
        named.say(name, Outcome.ERROR if what == "error" else Outcome.FAIL, failure_of(block))
    else:
        named.say(name, Outcome.SKIP)


def failure_of(block: list[str]) -> Failure:
    """What one block says: the type, the message, and the places below."""
    places = [found["path"] for line in block if (found := _AT.fullmatch(line))]
    said = [line for line in block if not _AT.fullmatch(line)]
    kind = _TYPE.fullmatch(said[0]) if said else None
    if kind:
        said = [kind["rest"], *said[1:]]
    own = next((place for place in places if not is_foreign(place)), None)
    return Failure(
        kind["type"].rpartition("\\")[2] if kind else "AssertionFailedError",
        first_lines(said),
        frame(own) if own else None,
        complete=bool(places),
    )


def _totals(line: str) -> Totals | None:
    if ok := _OK.fullmatch(line):
        return Totals(passed=int(ok["tests"]))
    counts = _COUNTS.fullmatch(line)
    if counts is None:
        return None
    known = {word: int(number) for word, number in _COUNT.findall(counts["rest"])}
    failed, errors = known.get("Failures", 0), known.get("Errors", 0)
    skipped = known.get("Skipped", 0) + known.get("Incomplete", 0)
    return Totals(max(int(counts["tests"]) - failed - errors - skipped, 0), failed, errors, skipped)

"""What RSpec prints: numbered blocks of failures, the counts, and one line for each failed example with its place."""

import re
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.reading import Named, Reading, seconds
from fixloop_schemas.failures import Failure
from fixloop_schemas.failures.text import first_lines, frame
from fixloop_schemas.vocabulary import Level, Outcome

_COUNTS: Final = re.compile(
    r"(?P<all>\d+) examples?, (?P<failed>\d+) failures?(?:, (?P<pending>\d+) pending)?"
    r"(?:, (?P<errors>\d+) errors? occurred outside of examples)?"
)
_TOOK: Final = re.compile(r"Finished in (?:(?P<minutes>\d+) minutes? )?(?P<seconds>[\d.]+) seconds? .*")
_FAILED: Final = re.compile(r"rspec (?P<place>\S+?:\d+|\S+\[[\d:]+\]) # (?P<name>\S.*)")
_BLOCK: Final = re.compile(r"  \d+\) (?P<name>\S.*)")
_AT: Final = re.compile(r"\s+# (?P<path>\.?/?\S+\.rb):\d+(?::in .*)?")
_SAID: Final = re.compile(r"     (?:Failure/Error: .*|(?P<type>[A-Z]\w*(?:::\w+)*(?:Error|Exception)):)")


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when RSpec did not print them."""
    counts = next((found for line in reversed(lines) if (found := _COUNTS.fullmatch(line))), None)
    if counts is None:
        return None
    named = Named()
    for line in lines:
        if failed := _FAILED.fullmatch(line):
            named.say(failed["name"], Outcome.FAIL)
    name, block = "", list[str]()
    for line in lines:
        if (heading := _BLOCK.fullmatch(line)) or line.startswith("Finished in "):
            named.explain({name: _failure(block)})
            name, block = heading["name"] if heading else "", []
        else:
            block.append(line)
    failed_count, pending = int(counts["failed"]), int(counts["pending"] or 0)
    errors = int(counts["errors"] or 0)
    if errors:
        named.say("outside of examples", Outcome.ERROR, level=Level.GROUP)
    totals = Totals(max(int(counts["all"]) - failed_count - pending, 0), failed_count, errors, pending)
    took = next((found for line in lines if (found := _TOOK.fullmatch(line))), None)
    duration = (seconds(took["seconds"]) or 0) + 60 * int(took["minutes"] or 0) if took else None
    return Reading("rspec", named.results(), totals, duration=duration)


def _failure(block: list[str]) -> Failure:
    """Behind the line of source that failed: the error's type, what it says, and the places from the nearest on."""
    kind, said, place = None, list[str](), None
    for line in block[:400]:
        if at := _AT.fullmatch(line):
            place = place or frame(at["path"])
        elif found := _SAID.fullmatch(line):
            kind = kind or found["type"]
        elif place is None and line.strip() and line.startswith("       " if kind else "     "):
            said.append(line)
    return Failure(kind or "ExpectationNotMetError", first_lines(said), place, complete=bool(said and place))

"""What Mocha's `spec` and `dot` reporters print: a tree, the counts, and numbered blocks of failures."""

import re
from collections.abc import Iterator
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.javascript import joined, leaves, without_codes
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.vocabulary import Level, Outcome

_PASSING: Final = re.compile(r"  (?P<count>\d+) passing \((?P<number>[\d.]+)(?P<unit>ms|s|m)\)")
_COUNT: Final = re.compile(r"  (?P<count>\d+) (?P<word>pending|failing)")
_BLOCK: Final = re.compile(r"  \d+\) (?P<title>\S.*)")
_HOOK: Final = re.compile(r'"(?:before|after)(?: each| all)?" hook\b')


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when Mocha did not print them."""
    at = next((number for number, line in enumerate(lines) if _PASSING.fullmatch(line)), None)
    if at is None or (passing := _PASSING.fullmatch(lines[at])) is None:
        return None
    named = Named()
    for leaf in leaves(line for line in lines[:at] if line.startswith("  ")):
        if leaf.outcome is not Outcome.FAIL:  # what failed is named below, in full
            named.say(joined(None, leaf.titles), leaf.outcome, duration=leaf.duration)
    counts = {
        found["word"]: int(found["count"]) for line in lines[at : at + 4] if (found := _COUNT.fullmatch(line))
    }
    for titles, block in _blocks(lines[at:]):
        hook = _HOOK.search(titles[-1]) is not None
        level, outcome = (Level.GROUP, Outcome.ERROR) if hook else (Level.CASE, Outcome.FAIL)
        named.say(joined(None, titles), outcome, failure_in("jest", without_codes(block)), level=level)
    totals = Totals(int(passing["count"]), counts.get("failing", 0), 0, counts.get("pending", 0))
    return Reading("mocha", named.results(), totals, duration=seconds(passing["number"], passing["unit"]))


def _blocks(lines: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The titles of each failure, the last of which ends with a colon, and what it said."""
    titles: list[str] = []
    block: list[str] = []
    open_title = False
    for line in lines:
        if heading := _BLOCK.fullmatch(line):
            if titles and not open_title:
                yield titles, block
            titles, block = [heading["title"]], []
            open_title = not titles[-1].endswith(":")
            titles[-1] = titles[-1].removesuffix(":")
        elif open_title and line.strip() and len(titles) < 100:
            open_title = not line.endswith(":")
            titles.append(line.strip().removesuffix(":"))
        elif titles:
            block.append(line)
    if titles and not open_title:
        yield titles, block

"""What `cargo nextest run` prints: a line for each attempt of each test, what failing ones said, and the summary."""

import re
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.failures import Failure
from fixloop_schemas.vocabulary import Level, Outcome

_OUTCOMES: Final = {
    "PASS": Outcome.PASS,
    "LEAK": Outcome.PASS,
    "FAIL": Outcome.FAIL,
    "SKIP": Outcome.SKIP,
    "TIMEOUT": Outcome.ERROR,
    "ABORT": Outcome.ERROR,
    "XFAIL": Outcome.FAIL,
}
_LINE: Final = re.compile(
    r"\s*(?:TRY (?P<attempt>\d+) )?(?P<word>PASS|FAIL|SKIP|LEAK|TIMEOUT|ABORT|SIG[A-Z]+|TMT|LEAK-FAIL|FLKY-FL)"
    r" \[\s*(?:>?(?P<seconds>[\d.]+)s)?\s*\] (?:\([^()]*\) )?(?P<binary>\S+) (?P<name>\S.*)"
)
_SUMMARY: Final = re.compile(
    r"\s*Summary \[\s*(?P<seconds>[\d.]+)s\] \d+(?:/\d+)? tests? run: (?P<counts>.*)"
)
_COUNT: Final = re.compile(r"(\d+) (passed|failed|skipped|timed out|exec failed)")
_FIELDS: Final = {
    "passed": "passed",
    "failed": "failed",
    "skipped": "skipped",
    "timed out": "errors",
    "exec failed": "errors",
}


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when nextest did not print them."""
    named = Named()
    totals: Totals | None = None
    duration: float | None = None
    current: str | None = None
    blocks: dict[str, list[str]] = {}
    summed = False
    for line in lines:
        if summed:
            break  # what failed is listed once more
        if found := _LINE.fullmatch(line):
            current = found["name"]
            _say(named, current, found)
        elif summary := _SUMMARY.fullmatch(line):
            duration, summed, current = seconds(summary["seconds"]), True, None
            totals = _totals(summary["counts"])
        elif current is not None:
            blocks.setdefault(current, []).append(line.strip(" ─"))
    if totals is None and not named.found:
        return None
    failures: dict[str, Failure] = {
        result.name: failure_in("rust", blocks[result.name])
        for result in named.results()
        if result.outcome.red and result.name in blocks
    }
    named.explain(failures)
    return Reading("nextest", named.results(), totals, duration=duration)


def _say(named: Named, name: str, found: re.Match[str]) -> None:
    outcome = _OUTCOMES.get(found["word"], Outcome.ERROR)
    before = named.found.pop((name, Level.CASE), None)
    if found["attempt"] and before is not None:
        named.attempt(name, before.outcome)
    elif before is not None and before.outcome.red:
        outcome = before.outcome  # the same name in another binary
    named.say(name, outcome, duration=seconds(found["seconds"]) if found["seconds"] else None)


def _totals(counts: str) -> Totals:
    known: dict[str, int] = {}
    for number, word in _COUNT.findall(counts):
        known[_FIELDS[word]] = known.get(_FIELDS[word], 0) + int(number)
    return Totals(**known)

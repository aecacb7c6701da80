"""What `bun test` prints: the file, what a failing test said, then the test's own line; and the counts."""

import re
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.javascript import joined, without_duration
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.vocabulary import Level, Outcome

_WORDS: Final = {
    "(pass)": Outcome.PASS,
    "(fail)": Outcome.FAIL,
    "(skip)": Outcome.SKIP,
    "(todo)": Outcome.SKIP,
    "✓": Outcome.PASS,
    "✗": Outcome.FAIL,
    "»": Outcome.SKIP,
    "✎": Outcome.SKIP,
}
_FILE: Final = re.compile(r"(?P<file>\S[^:]*\.(?:test|spec|_test|_spec)?\.?[cm]?[jt]sx?):")
_COUNT: Final = re.compile(r"\s*(?P<count>\d+) (?P<word>pass|fail|skip|todo|error)s?")
_RAN: Final = re.compile(r"Ran \d+ tests? across \d+ files?\. ?\[(?P<number>[\d.]+)(?P<unit>ms|s)\]")
_BANNER: Final = re.compile(r"bun test v\d.*")
_ERROR: Final = re.compile(r"(?:error|\w*Error): ")
_FIELDS: Final = {"pass": "passed", "fail": "failed", "skip": "skipped", "todo": "skipped"}


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when bun did not print them."""
    named = Named()
    known: dict[str, int] = {}
    file: str | None = None
    block: list[str] = []
    duration, bun = None, False
    for line in lines:
        if heading := _FILE.fullmatch(line):
            file, block = heading["file"], []
        elif (found := line.partition(" "))[0] in _WORDS and found[2].strip():
            _say(named, file, _WORDS[found[0]], found[2], block)
            block = []
        elif count := _COUNT.fullmatch(line):
            if field := _FIELDS.get(count["word"]):
                known[field] = known.get(field, 0) + int(count["count"])
        elif ran := _RAN.fullmatch(line):
            duration, bun = seconds(ran["number"], ran["unit"]), True
        elif _BANNER.fullmatch(line):
            bun = True
        else:
            block.append(line)
    if not bun:
        return None
    return Reading("bun", named.results(), Totals(**known) if known else None, duration=duration)


def _say(named: Named, file: str | None, outcome: Outcome, rest: str, block: list[str]) -> None:
    name, duration = without_duration(rest.strip())
    full = joined(file, name.split(" > "))
    start = next(
        (at for at, line in enumerate(block) if _ERROR.match(line)), 0
    )  # before it, the source is shown
    failure = failure_in("bun", block[start:]) if outcome.red else None
    before = named.found.get((full, Level.CASE))
    if before is None or not before.outcome.red or failure:
        named.say(full, outcome, failure, duration=duration)

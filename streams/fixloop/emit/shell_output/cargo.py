"""What `cargo test` prints: a line for each test, blocks of what failing ones said, and the counts of each binary."""

import re
from collections.abc import Iterator
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.failures import Failure
from fixloop_schemas.vocabulary import Level, Outcome

_OUTCOMES: Final = {"ok": Outcome.PASS, "FAILED": Outcome.FAIL, "ignored": Outcome.SKIP}
_TEST: Final = re.compile(r"test (?P<name>\S.*) \.\.\. (?P<word>ok|FAILED|ignored)(?:, .*| <[\d.]+s>)?")
_RESULT: Final = re.compile(
    r"test result: (?:ok|FAILED)\. (?P<passed>\d+) passed; (?P<failed>\d+) failed; (?P<ignored>\d+) ignored;.*"
)
_TOOK: Final = re.compile(r"finished in (?P<seconds>[\d.]+)s")
_BLOCK: Final = re.compile(r"---- (?P<name>\S.*) stdout ----")
_UNBUILT: Final = re.compile(r"error: could not compile `[^`]+`.*")
_ERROR: Final = re.compile(r"error(?:\[E\d+\])?: .*")


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when `cargo test` did not print them."""
    named = Named()
    passed = failed = ignored = 0
    duration: float | None = None
    counted = False
    for line in lines:
        if test := _TEST.fullmatch(line):
            _say(named, test["name"], _OUTCOMES[test["word"]])
        elif result := _RESULT.fullmatch(line):
            counted = True
            passed, failed = passed + int(result["passed"]), failed + int(result["failed"])
            ignored += int(result["ignored"])
            if took := _TOOK.search(line):
                duration = (duration or 0.0) + (seconds(took["seconds"]) or 0.0)
    for name, failure in _blocks(lines):
        if (_bare(name), Level.CASE) not in named.found:
            named.say(_bare(name), Outcome.FAIL)
        named.explain({_bare(name): failure})
    unbuilt = any(_UNBUILT.fullmatch(line) for line in lines)
    if unbuilt:
        start = next((at for at, line in enumerate(lines) if _ERROR.fullmatch(line)), 0)
        named.say("build", Outcome.ERROR, failure_in("rust", lines[start:]), level=Level.GROUP)
    if not counted and not unbuilt and not named.found:
        return None
    totals = Totals(passed, failed, 0, ignored) if counted else None
    return Reading("cargo", named.results(), totals, duration=duration)


def _say(named: Named, name: str, outcome: Outcome) -> None:
    """Two binaries may have a test of the same name: that one failed is the word."""
    before = named.found.get((_bare(name), Level.CASE))
    if before is None or not before.outcome.red:
        named.say(_bare(name), outcome)


def _bare(name: str) -> str:
    return name.removesuffix(" - should panic").removesuffix(" - compile fail").removesuffix(" - compile")


def _blocks(lines: list[str]) -> Iterator[tuple[str, Failure]]:
    name: str | None = None
    block: list[str] = []
    for line in lines:
        heading = _BLOCK.fullmatch(line)
        if (heading or line == "failures:") and name:
            yield name, failure_in("rust", block)
            name = None
        if heading:
            name, block = heading["name"], []
        elif name:
            block.append(line)
    if name:
        yield name, failure_in("rust", block)

"""What Gradle prints: what failed, with its first lines, and the counts when something did."""

import re
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.reading import Named, Reading, failure_in
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus

_OUTCOMES: Final = {"PASSED": Outcome.PASS, "FAILED": Outcome.FAIL, "SKIPPED": Outcome.SKIP}
_TEST: Final = re.compile(r"(?P<titles>\S.* > \S.*) (?P<word>PASSED|FAILED|SKIPPED)(?: \([\d.]+m?s\))?")
_COUNTS: Final = re.compile(
    r"(?P<run>\d+) tests? completed(?:, (?P<failed>\d+) failed)?(?:, (?P<skipped>\d+) skipped)?"
)
_TASK: Final = re.compile(
    r"> Task (?P<task>:\S*[tT]est\S*)(?: (?P<word>FAILED|UP-TO-DATE|FROM-CACHE|NO-SOURCE|SKIPPED))?"
)
_COMPILE: Final = re.compile(r"> Task (?P<task>:\S*compile\S+) FAILED")
_BUILD: Final = re.compile(r"BUILD (?P<word>SUCCESSFUL|FAILED) in .*")


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when Gradle did not print them. A task that was up to date ran nothing."""
    named = Named()
    _take_tests(lines, named)
    for line in lines:
        if unbuilt := _COMPILE.fullmatch(line):
            named.say(unbuilt["task"], Outcome.ERROR, level=Level.GROUP)
    counts = next((found for line in reversed(lines) if (found := _COUNTS.fullmatch(line))), None)
    if counts is None:
        ending = None if named.found else _ending(lines)
        return Reading("junit", named.results(), None, ending) if named.found or ending else None
    run, failed, skipped = (int(counts[name] or 0) for name in ("run", "failed", "skipped"))
    return Reading("junit", named.results(), Totals(max(run - failed - skipped, 0), failed, 0, skipped))


def _ending(lines: list[str]) -> RunStatus | None:
    """How a build ended that ran tests and named none."""
    ran = any(found["word"] in (None, "FAILED") for line in lines if (found := _TASK.fullmatch(line)))
    built = next((found for line in reversed(lines) if (found := _BUILD.fullmatch(line))), None)
    if not ran or built is None:
        return None
    return RunStatus.SUCCESS if built["word"] == "SUCCESSFUL" else RunStatus.FAILURE


def _take_tests(lines: list[str], named: Named) -> None:
    """What failed says why on indented lines. The retry plugin prints every attempt, the last one last."""
    current, block = "", list[str]()
    for line in [*lines, "."]:
        if current and line.startswith(" "):
            block.append(line.strip())
            continue
        if current and block:
            named.say(current, Outcome.FAIL, failure_in("junit", block))
            current, block = "", []
        if test := _TEST.fullmatch(line):
            name, outcome = _name(test["titles"]), _OUTCOMES[test["word"]]
            if before := named.found.pop((name, Level.CASE), None):
                named.attempt(name, before.outcome)
            named.say(name, outcome)
            current, block = name if outcome.red else "", []


def _name(titles: str) -> str:
    """`com.example.CartTest.adds` of `com.example.CartTest > adds()`, as Maven writes it."""
    first, *others = titles.split(" > ")
    return ".".join([first, *(title.removesuffix("()") for title in others)])

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
    totals: Totals | None = None
    built: str | None = None
    ran = False
    current, block = "", list[str]()
    for line in [*lines, ""]:
        if current and line and line.startswith(" "):
            block.append(line.strip())
            continue
        if current and block:
            named.say(current, Outcome.FAIL, failure_in("junit", block))
        if not line.strip() and current and not block:
            continue
        current, block = "", []
        if test := _TEST.fullmatch(line):
            name = _name(test["titles"])
            if not (known := named.found.get((name, Level.CASE))) or not known.outcome.red:
                named.say(name, _OUTCOMES[test["word"]])
            else:  # the retry plugin prints every attempt, the last one last
                named.attempt(name, known.outcome)
                named.found.pop((name, Level.CASE))
                named.say(name, _OUTCOMES[test["word"]])
            current = name if test["word"] == "FAILED" else ""
        elif counts := _COUNTS.fullmatch(line):
            run, failed, skipped = (int(counts[name] or 0) for name in ("run", "failed", "skipped"))
            totals = Totals(run - failed - skipped, failed, 0, skipped)
        elif task := _TASK.fullmatch(line):
            ran = ran or task["word"] in (None, "FAILED")
        elif unbuilt := _COMPILE.fullmatch(line):
            named.say(unbuilt["task"], Outcome.ERROR, level=Level.GROUP)
        elif build := _BUILD.fullmatch(line):
            built = build["word"]
    if not named.found and totals is None and not (ran and built):
        return None
    ending = (
        None if named.found or totals else RunStatus.SUCCESS if built == "SUCCESSFUL" else RunStatus.FAILURE
    )
    return Reading("junit", named.results(), totals, ending)


def _name(titles: str) -> str:
    """`com.example.CartTest.adds` of `com.example.CartTest > adds()`, as Maven writes it."""
    first, *others = titles.split(" > ")
    return ".".join([first, *(title.removesuffix("()") for title in others)])

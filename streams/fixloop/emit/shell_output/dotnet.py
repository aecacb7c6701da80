"""What `dotnet test` prints: a line for each test that failed (with more verbosity, for each), what it said, and the counts."""

import re
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.reading import Named, Reading
from fixloop_schemas.failures import Failure
from fixloop_schemas.failures.text import first_lines, frame
from fixloop_schemas.vocabulary import Level, Outcome

_OUTCOMES: Final = {"Passed": Outcome.PASS, "Failed": Outcome.FAIL, "Skipped": Outcome.SKIP}
_TEST: Final = re.compile(
    r"\s{1,4}(?P<word>Passed|Failed|Skipped) (?P<name>\S.*?)(?: \[(?:< )?[\d., ]+ ?m?s\])?"
)
_COUNTS: Final = re.compile(
    r"(?:Passed|Failed|Skipped)!\s+- Failed:\s+(?P<failed>\d+), Passed:\s+(?P<passed>\d+), Skipped:\s+(?P<skipped>\d+), Total:\s+\d+.*"
)
_TOTAL: Final = re.compile(
    r"\s*(?:Total tests: (?P<total>\d+)|(?P<word>Passed|Failed|Skipped): (?P<count>\d+))"
)
_AT: Final = re.compile(r"\s+at (?P<function>[^\s(][^(]*)\(.*\) in (?P<path>.+):line \d+")
_UNBUILT: Final = re.compile(
    r"(?P<place>.+)\(\d+,\d+\): error (?P<code>[A-Z]+\d+): (?P<said>.*?)(?: \[.*\])?"
)
_PARTS: Final = ("Error Message:", "Stack Trace:", "Standard Output Messages:")
_TYPE: Final = re.compile(r"(?P<type>[\w.]+(?:Exception|Error)) ?: ?(?P<rest>.*)")


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when `dotnet test` did not print them."""
    named = Named()
    totals, known = _counts(lines)
    name, block = "", list[str]()
    for line in [*lines, "Total tests: 0"]:
        test = _TEST.fullmatch(line)
        if name and (test or _COUNTS.fullmatch(line) or _TOTAL.fullmatch(line)):
            named.say(name, Outcome.FAIL, failure_of("\n".join(block)))
            name, block = "", []
        if test and test["word"] == "Failed":
            name = test["name"]
        elif test:
            named.say(test["name"], _OUTCOMES[test["word"]])
        elif name:
            block.append(line)
    unbuilt = next((found for line in lines if (found := _UNBUILT.fullmatch(line))), None)
    if unbuilt:
        failure = Failure(unbuilt["code"], unbuilt["said"], frame(unbuilt["place"]))
        named.say("build", Outcome.ERROR, failure, level=Level.GROUP)
    if totals is None and known:
        totals = Totals(known.get("Passed", 0), known.get("Failed", 0), 0, known.get("Skipped", 0))
    return None if totals is None and unbuilt is None else Reading("dotnet", named.results(), totals)


def _counts(lines: list[str]) -> tuple[Totals | None, dict[str, int]]:
    """The counts of all projects, and those of the longer form."""
    totals: Totals | None = None
    known: dict[str, int] = {}
    for line in lines:
        if counts := _COUNTS.fullmatch(line):
            before = totals or Totals()
            passed, failed, skipped = (int(counts[word]) for word in ("passed", "failed", "skipped"))
            totals = Totals(before.passed + passed, before.failed + failed, 0, before.skipped + skipped)
        elif (total := _TOTAL.fullmatch(line)) and total["word"]:
            known[total["word"]] = int(total["count"])
    return totals, known


def failure_of(text: str) -> Failure:
    """A failure as the console and TRX write it: the message, then the stack."""
    said, stack, in_stack = list[str](), list[str](), False
    for line in text.split("\n"):
        if line.strip() in _PARTS:
            in_stack = line.strip() != "Error Message:"
        elif _AT.fullmatch(line) or in_stack:
            stack.append(line)
        else:
            said.append(line)
    said = [line for line in said if line.strip()]
    kind = _TYPE.fullmatch(said[0].strip()) if said else None
    lines = [kind["rest"], *said[1:]] if kind else said
    at = next((found for line in stack if (found := _AT.fullmatch(line))), None)
    place = frame(at["path"], at["function"].rpartition(".")[2]) if at else None
    return Failure(
        kind["type"].rpartition(".")[2] if kind else None,
        first_lines(lines),
        place,
        complete=bool(lines and at),
    )

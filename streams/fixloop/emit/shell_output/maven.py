"""What Maven's surefire and failsafe print: what failed, with its stack, then the results. Retries are named there as flakes."""

import re
from typing import Final

from fixloop.emit.parsed_run import Result, Totals
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.vocabulary import Level, Outcome

_LABEL: Final = re.compile(r"\[(?:INFO|WARNING|ERROR|WARN)\] ?")
_CASE: Final = re.compile(
    r"(?:(?P<class>[\w.$]+)\.(?P<test>[^\s.(][^(]*?(?:\(.*\))?(?:\[.*\])?)|(?P<old>\S+?)\((?P<owner>[\w.$]+)\))\s+(?:-- )?"
    r"Time elapsed: (?P<seconds>[\d.]+) s(?:ec)?\s+<<< (?P<word>FAILURE|ERROR)!"
)
_CLASS: Final = re.compile(
    r"Tests run: (?P<run>\d+), Failures: (?P<failed>\d+), Errors: (?P<errors>\d+), Skipped: (?P<skipped>\d+), Time elapsed: "
    r"(?P<seconds>[\d.]+) s(?:ec)?(?: <<< (?:FAILURE|ERROR)!)?(?: --? in (?P<name>[\w.$]+))?"
)
_ALL: Final = re.compile(
    r"Tests run: (?P<run>\d+), Failures: (?P<failed>\d+), Errors: (?P<errors>\d+), Skipped: (?P<skipped>\d+)(?:, Flakes: \d+)?"
)
_RUN: Final = re.compile(r"  Run \d+: (?P<said>.*)")
_NAME: Final = re.compile(r"(?P<name>[\w.$]+\.[^\s:]+)")
_UNBUILT: Final = "COMPILATION ERROR"


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when Maven did not print them."""
    named = Named()
    totals: Totals | None = None
    current: list[tuple[str, Outcome]] = []
    block: list[str] = []
    for line in lines:
        bare = _LABEL.sub("", line, count=1) if line.startswith("[") else line
        labelled = bare is not line and bare != line
        if (case := _CASE.fullmatch(bare)) or labelled or not bare.strip():
            for name, outcome in current:
                named.say(name, outcome, failure_in("junit", block))
            current, block = [], []
        if case:
            name = f"{case['class']}.{case['test']}" if case["class"] else f"{case['owner']}.{case['old']}"
            current = [(name, Outcome.FAIL if case["word"] == "FAILURE" else Outcome.ERROR)]
        elif one := _CLASS.fullmatch(bare):
            if one["name"]:
                _say_class(named, one)
        elif every := _ALL.fullmatch(bare):
            totals = _plus(totals, every)
        elif current:
            block.append(bare)
    unbuilt = any(_LABEL.sub("", line, count=1).startswith(_UNBUILT) for line in lines if _UNBUILT in line)
    if unbuilt:
        named.say("build", Outcome.ERROR, failure_in("junit", _errors(lines)), level=Level.GROUP)
    if totals is None and not named.found:
        return None
    return Reading("junit", _without_attempts(named, lines), totals)


def _say_class(named: Named, one: re.Match[str]) -> None:
    red = int(one["failed"]) + int(one["errors"])
    skipped = int(one["run"]) == int(one["skipped"])
    outcome = Outcome.FAIL if red else Outcome.SKIP if skipped else Outcome.PASS
    named.say(one["name"], outcome, level=Level.GROUP, duration=seconds(one["seconds"]))


def _plus(before: Totals | None, found: re.Match[str]) -> Totals:
    """Each module has its own results."""
    before = before or Totals()
    run, failed, errors, skipped = (int(found[name]) for name in ("run", "failed", "errors", "skipped"))
    return Totals(
        before.passed + max(run - failed - errors - skipped, 0),
        before.failed + failed,
        before.errors + errors,
        before.skipped + skipped,
    )


def _errors(lines: list[str]) -> list[str]:
    start = next(at for at, line in enumerate(lines) if _UNBUILT in line)
    return [line for line in lines[start + 1 :] if line.startswith("[ERROR]") or line.startswith("  ")]


def _without_attempts(named: Named, lines: list[str]) -> tuple[Result, ...]:
    """The results with each attempt where it belongs: a test whose last run passed did not fail."""
    for name, runs in _retried(lines).items():
        last = runs[-1]
        red = Outcome.PASS if last is Outcome.PASS else None
        before = named.found.get((name, Level.CASE))
        for attempt in runs[:-1]:
            named.attempt(name, attempt)
        if red is Outcome.PASS:
            named.found.pop((name, Level.CASE), None)
            named.say(name, Outcome.PASS)
        elif before is None:
            named.say(name, last)
    return named.results()


def _retried(lines: list[str]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    name: str | None = None
    for line in lines:
        bare = _LABEL.sub("", line, count=1) if line.startswith("[") else line
        if (run := _RUN.fullmatch(bare)) and name:
            found.setdefault(name, []).append(Outcome.PASS if run["said"] == "PASS" else Outcome.FAIL)
        else:
            known = _NAME.fullmatch(bare)
            name = known["name"] if known else None
    return found

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
_UNBUILT: Final = "] COMPILATION ERROR"


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when Maven did not print them."""
    named = Named()
    totals: Totals | None = None
    current: tuple[str, Outcome] | None = None
    block: list[str] = []
    for line in [*lines, ""]:
        bare = _bare(line)
        case = _CASE.fullmatch(bare)
        if current and (case or bare != line or not bare.strip()):
            named.say(*current, failure_in("junit", block))
            current, block = None, []
        if case:
            current = _case(case)
        elif one := _CLASS.fullmatch(bare):
            _say_class(named, one)
        elif every := _ALL.fullmatch(bare):
            totals = _plus(totals, every)
        elif current:
            block.append(bare)
    if any(_UNBUILT in line for line in lines):
        named.say("build", Outcome.ERROR, failure_in("junit", _errors(lines)), level=Level.GROUP)
    known = totals is not None or named.found
    return Reading("junit", _without_attempts(named, lines), totals) if known else None


def _bare(line: str) -> str:
    return _LABEL.sub("", line, count=1) if line.startswith("[") else line


def _case(found: re.Match[str]) -> tuple[str, Outcome]:
    name = f"{found['class']}.{found['test']}" if found["class"] else f"{found['owner']}.{found['old']}"
    return name, Outcome.FAIL if found["word"] == "FAILURE" else Outcome.ERROR


def _say_class(named: Named, one: re.Match[str]) -> None:
    if not one["name"] or one["run"] == "0":
        return
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
    return [line for line in lines[start + 1 :] if line.startswith(("[ERROR]", "  "))]


def _without_attempts(named: Named, lines: list[str]) -> tuple[Result, ...]:
    """The results with each attempt where it belongs: a test whose last run passed did not fail."""
    for name, runs in _retried(lines).items():
        for attempt in runs[:-1]:
            named.attempt(name, attempt)
        if runs[-1] is Outcome.PASS or (name, Level.CASE) not in named.found:
            named.say(name, runs[-1])
    return named.results()


def _retried(lines: list[str]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    name: str | None = None
    for line in lines:
        bare = _bare(line)
        if (run := _RUN.fullmatch(bare)) and name:
            found.setdefault(name, []).append(Outcome.PASS if run["said"] == "PASS" else Outcome.FAIL)
        else:
            known = _NAME.fullmatch(bare)
            name = known["name"] if known else None
    return found

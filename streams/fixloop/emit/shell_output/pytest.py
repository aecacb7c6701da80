"""What pytest prints: with `-v` a line for each test, the sections of failures, the short summary, and the last line with the counts."""

import re
from collections.abc import Iterator
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.failures import Failure, extract
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus

_OUTCOMES: Final = {
    "PASSED": Outcome.PASS,
    "XPASS": Outcome.PASS,
    "FAILED": Outcome.FAIL,
    "ERROR": Outcome.ERROR,
    "SKIPPED": Outcome.SKIP,
    "XFAIL": Outcome.SKIP,
}
_RERUN: Final = "RERUN"
_WORD: Final = re.compile(rf" ({'|'.join((*_OUTCOMES, _RERUN))})(?= |$)")
_COUNTED: Final = {
    "passed": "passed",
    "xpassed": "passed",
    "failed": "failed",
    "error": "errors",
    "errors": "errors",
    "skipped": "skipped",
    "xfailed": "skipped",
}
_END: Final = re.compile(
    r"(?:=+ )?(?P<counts>(?:\d+ [a-z]+, )*\d+ [a-z]+|no tests ran) in (?P<seconds>[\d.]+)s(?: \([\d:, a-z]+\))?(?: =+)?"
)
_COUNT: Final = re.compile(r"(\d+) ([a-z]+)")
_PERCENT: Final = re.compile(r"\[ *\d+(?:%|/\d+)\]")
_XDIST: Final = re.compile(r"\[gw\d+\] (?:\[\s*\d+(?:%|/\d+)\] )?(?P<word>[A-Z]+) (?P<name>\S.*)")
_SUMMARY: Final = re.compile(r"(?P<word>PASSED|XPASS|FAILED|ERROR|XFAIL) (?P<rest>\S.*)")
_SECTION: Final = re.compile(r"_{2,} (?P<title>\S.*?) _{2,}")
_RULE: Final = re.compile(r"=+ (?P<title>.+?) =+")
_AT: Final = re.compile(r"(?P<path>\S[^:]*\.\w+):\d+: ")
_STOPPED: Final = ("KeyboardInterrupt", "_pytest.outcomes.Exit", "Exit: ")
_COLLECTING: Final = "ERROR collecting "


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when pytest did not print them."""
    named = Named()
    totals, ending, duration = None, None, None
    summary: dict[str, Failure] = {}
    in_summary = started = False
    for line in lines:
        if rule := _RULE.fullmatch(line):
            in_summary = rule["title"].startswith("short test summary")
            started = started or rule["title"] == "test session starts"
        if end := _END.fullmatch(line):
            totals, duration = _totals(end["counts"]), seconds(end["seconds"])
        elif line.startswith("!!!") and any(sign in line for sign in _STOPPED):
            ending = RunStatus.ABORTED
        elif in_summary or line.startswith(("FAILED ", "ERROR ")):
            _take_summary(line, named, summary)
        else:
            _take_verbose(line, named)
    sections = dict(_sections(lines, named))
    named.explain(sections)
    named.explain(summary)
    if totals is None and not named.found and not started:
        return None
    return Reading("pytest", named.results(), totals, ending, duration)


def _take_verbose(line: str, named: Named) -> None:
    if "::" not in line:
        return
    bare = _without_percent(line)
    if line.startswith("[gw"):
        found = _XDIST.fullmatch(bare)
        name, word = (found["name"], found["word"]) if found else ("", "")
    else:
        name, word = _name_and_word(bare)
    path, colons, _ = name.partition("::")
    if not colons or "." not in path or " " in path:
        return
    if word == _RERUN:
        named.attempt(name, Outcome.FAIL)
    elif outcome := _OUTCOMES.get(word):
        named.say(name, outcome)


def _without_percent(line: str) -> str:
    bare = line.rstrip()
    start = bare.rfind("[")
    return bare[:start].rstrip() if start > 0 and _PERCENT.fullmatch(bare, start) else bare


def _name_and_word(line: str) -> tuple[str, str]:
    """`tests/test_a.py::test_b[x y] SKIPPED (reason)`; the first word behind the name counts, as the reason may hold others."""
    for found in _WORD.finditer(line, line.find("::")):
        name, rest = line[: found.start()], line[found.end() :]
        if (not rest or rest.startswith(" (")) and ("[" not in name or name.endswith("]")):
            return name, found[1]
    return "", ""


def _take_summary(line: str, named: Named, failures: dict[str, Failure]) -> None:
    found = _SUMMARY.fullmatch(line)
    if not found:
        return
    outcome = _OUTCOMES[found["word"]]
    name, said = _name_and_message(found["rest"])
    if not outcome.red:
        if "::" in name:
            named.say(name, outcome)
        return
    level = Level.CASE if "::" in name else Level.GROUP
    if level is Level.GROUP and (outcome is Outcome.FAIL or not re.fullmatch(r"\S+", name)):
        return  # a file fails to be collected with ERROR, and what fails without a test's name is no line of the summary
    named.say(name, outcome, level=level)
    if said:
        failures[name] = extract("pytest", said)


def _name_and_message(rest: str) -> tuple[str, str]:
    """A test's name may hold ` - ` within its brackets."""
    start = 0
    while (at := rest.find(" - ", start)) >= 0:
        name = rest[:at]
        if "[" not in name or name.endswith("]"):
            return name, rest[at + 3 :]
        start = at + 3
    return rest, ""


def _totals(counts: str) -> Totals:
    known: dict[str, int] = {}
    for number, word in _COUNT.findall(counts):
        if field := _COUNTED.get(word):
            known[field] = known.get(field, 0) + int(number)
    return Totals(**known)


def _sections(lines: list[str], named: Named) -> Iterator[tuple[str, Failure]]:
    """The failures that are shown in full, each under its test's name; a test that nothing else names is named by its section."""
    by_title: dict[str, list[str]] = {}
    for name, level in named.found:
        if level is Level.CASE:
            by_title.setdefault(_title(name), []).append(name)
    for title, block, phase in _blocks(lines):
        if title.startswith(_COLLECTING):
            name = title.removeprefix(_COLLECTING)
            named.say(name, Outcome.ERROR, level=Level.GROUP)
            yield name, failure_in("pytest", block)
            continue
        path = next((place["path"] for line in block if (place := _AT.match(line))), None)
        names = by_title.get(title, [])
        fitting = [name for name in names if path and name.startswith(f"{path}::")] or names
        if len(fitting) == 1:
            yield fitting[0], failure_in("pytest", block)
        elif not names and path:
            name = f"{path}::{_colons(title)}"
            named.say(name, Outcome.ERROR if phase else Outcome.FAIL)
            yield name, failure_in("pytest", block)


def _blocks(lines: list[str]) -> Iterator[tuple[str, list[str], bool]]:
    """Title, lines, and whether it is of setup or teardown."""
    title: str | None = None
    block: list[str] = []
    phase = reading = False
    for line in lines:
        if rule := _RULE.fullmatch(line):
            if title:
                yield title, block, phase
            title, block = None, []
            reading = rule["title"] in ("FAILURES", "ERRORS")
        elif reading and (section := _SECTION.fullmatch(line)):
            if title:
                yield title, block, phase
            whole = section["title"]
            title = re.sub(r"^ERROR at (?:setup|teardown) of ", "", whole)
            block, phase = [], title != whole
        else:
            block.append(line)
    if title:
        yield title, block, phase


def _title(name: str) -> str:
    """A section's title, as pytest makes it of a test's name."""
    test, bracket, arguments = name.partition("::")[2].partition("[")
    return test.replace("::", ".") + bracket + arguments


def _colons(title: str) -> str:
    test, bracket, arguments = title.partition("[")
    return test.replace(".", "::") + bracket + arguments

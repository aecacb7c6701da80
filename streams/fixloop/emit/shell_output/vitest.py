"""What Vitest prints: a line for each file, with the verbose reporter one for each test, blocks of failures, and the counts."""

import re
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.javascript import MARKS, joined, totals, without_duration
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.vocabulary import Level, Outcome, RunStatus

_FAILED: Final = re.compile(r"\s*FAIL\s+(?:\|(?P<project>[^|]+)\| )?(?P<name>\S.*)")
_FILE: Final = re.compile(
    r"(?P<file>\S.*?\.[cm]?[jt]sx?)\s+\((?P<count>\d+) tests?(?P<failed> \| \d+ failed)?[^)]*\).*"
)
_TESTS: Final = re.compile(r"\s*Tests  (?P<counts>.*)")
_FILES: Final = re.compile(r"\s*Test Files  .*")
_TOOK: Final = re.compile(r"\s*Duration  (?P<number>[\d.]+)(?P<unit>ms|s|m)\b.*")
_SECTION: Final = re.compile(r"⎯+ Failed (?P<what>Suites|Tests) \d+ ⎯+")
_RULE: Final = re.compile(r"⎯+(?:\[\d+/\d+\])?⎯*")
_RETRIED: Final = re.compile(r" \(retry x(?P<count>\d{1,2})\)")
_POINTER: Final = "\u276f"
"""Stands before a file of which a test failed."""
_LOADED: Final = re.compile(r"(?P<file>.*?) \[ (?P=file) \]")


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when Vitest did not print them."""
    named = Named()
    found: Totals | None = None
    duration, files = None, False
    for line in lines:
        if counts := _TESTS.fullmatch(line):
            found = totals(counts["counts"])
        elif took := _TOOK.fullmatch(line):
            duration = seconds(took["number"], took["unit"])
        elif _FILES.fullmatch(line):
            files = True
        else:
            _take_marked(line, named)
    _take_failures(lines, named)
    if not files and not any(_SECTION.fullmatch(line) for line in lines):
        return None
    ending = RunStatus.FAILURE if found is None and any(r.outcome.red for r in named.found.values()) else None
    return Reading("vitest", named.results(), found, ending, duration)


def _take_marked(line: str, named: Named) -> None:
    mark, _, rest = line.strip().partition(" ")
    outcome = Outcome.FAIL if mark == _POINTER else MARKS.get(mark)
    if outcome is None or mark == "-" or line.startswith("   "):
        return
    if file := _FILE.fullmatch(rest):
        outcome = Outcome.FAIL if file["failed"] else outcome
        named.say(file["file"], outcome, level=Level.GROUP)
        return
    attempts = 0
    if retried := next(iter(_RETRIED.finditer(rest, max(len(rest) - 14, 0))), None):
        rest, attempts = rest[: retried.start()], int(retried["count"])
    name, duration = without_duration(rest)
    if " > " in name:
        for _ in range(attempts):
            named.attempt(name, Outcome.FAIL)
        named.say(name, outcome, duration=duration)


def _take_failures(lines: list[str], named: Named) -> None:
    """The blocks behind `FAIL`; several such lines may share the block of the last one."""
    level, waiting = Level.CASE, list[str]()
    block: list[str] = []
    for line in lines:
        if section := _SECTION.fullmatch(line):
            level = Level.GROUP if section["what"] == "Suites" else Level.CASE
        elif heading := _FAILED.fullmatch(line):
            if block:
                waiting, block = [], []
            waiting.append(heading["name"])
        elif waiting and _RULE.fullmatch(line):
            _say_failures(named, waiting, block, level)
            waiting, block = [], []
        elif waiting:
            block.append(line)
    if waiting:
        _say_failures(named, waiting, block, level)


def _say_failures(named: Named, names: list[str], block: list[str], level: Level) -> None:
    failure = failure_in("vitest", block)
    outcome = Outcome.FAIL if level is Level.CASE else Outcome.ERROR
    for name in names:
        loaded = _LOADED.fullmatch(name)
        titles = loaded["file"] if loaded else joined(None, name.split(" > "))
        named.say(titles, outcome, failure, level=level)

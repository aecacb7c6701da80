"""What Jest prints: a line for each file, with `--verbose` the tree of its tests, blocks of failures, and the counts."""

import re
from typing import Final

from fixloop.emit.shell_output.javascript import joined, leaves, totals, without_duration
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.vocabulary import Level, Outcome

_FILE: Final = re.compile(r"(?P<word>PASS|FAIL)\s+(?P<file>\S+\.\w+)(?: \([\d.]+ m?s\))?")
_BLOCK: Final = re.compile(r"  ● (?P<title>\S.*)")
_TESTS: Final = re.compile(r"Tests:\s+(?P<counts>\d.*)")
_SUITES: Final = re.compile(r"Test Suites:\s+\d.*")
_TIME: Final = re.compile(r"Time:\s+(?P<number>[\d.]+) (?P<unit>m?s)\b.*")
_NOT_RUN: Final = "Test suite failed to run"
_NO_TEST: Final = ("Console", "Cannot log after tests are done", "Validation ", "Deprecation Warning")


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when Jest did not print them."""
    named = Named()
    found, duration, suites = None, None, False
    file: str | None = None
    tree: list[str] = []
    block: list[str] = []
    title: str | None = None
    for line in [*lines, "Test Suites: 0"]:
        heading, opened = _FILE.fullmatch(line), _BLOCK.fullmatch(line)
        ends = _SUITES.fullmatch(line)
        if heading or opened or ends:
            _say_tree(named, file, tree)
            _say_block(named, file, title, block)
            tree, block, title = [], [], None
        if heading:
            file = heading["file"]
            _say_file(named, file, heading["word"])
        elif opened:
            title = opened["title"]
        elif ends:
            suites, file = suites or line != "Test Suites: 0", None
        elif title is not None:
            block.append(line)
        elif file is not None:
            tree.append(line)
        elif counts := _TESTS.fullmatch(line):
            found = totals(counts["counts"])
        elif took := _TIME.fullmatch(line):
            duration = seconds(took["number"], took["unit"])
    if not named.found and not suites:
        return None
    return Reading("jest", named.results(), found, duration=duration)


def _say_file(named: Named, file: str, word: str) -> None:
    named.say(file, Outcome.PASS if word == "PASS" else Outcome.FAIL, level=Level.GROUP)


def _say_tree(named: Named, file: str | None, tree: list[str]) -> None:
    if file is None:
        return
    end = next((at for at, line in enumerate(tree) if not line.startswith("  ")), len(tree))
    for leaf in leaves(tree[:end]):
        name = joined(file, leaf.titles)
        before = named.found.get((name, Level.CASE))
        if before is None or not before.outcome.red:
            named.say(name, leaf.outcome, duration=leaf.duration)


def _say_block(named: Named, file: str | None, title: str | None, block: list[str]) -> None:
    if title is None or title.startswith(_NO_TEST):
        return
    title, _ = without_duration(title)
    failure = failure_in("jest", block)
    if title == _NOT_RUN:
        if file:
            named.say(file, Outcome.ERROR, failure, level=Level.GROUP)
        return
    named.say(joined(file, title.split(" › ")), Outcome.FAIL, failure)

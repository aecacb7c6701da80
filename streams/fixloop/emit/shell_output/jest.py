"""What Jest prints: a line for each file, with `--verbose` the tree of its tests, blocks of failures, and the counts."""

import re
from dataclasses import dataclass, field
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.javascript import joined, leaves, totals, without_duration
from fixloop.emit.shell_output.reading import Named, Reading, failure_in, seconds
from fixloop_schemas.vocabulary import Level, Outcome

_FILE: Final = re.compile(r"(?P<word>PASS|FAIL)\s+(?P<file>\S+\.\w+)(?: \([\d.]+ m?s\))?")
_BLOCK: Final = re.compile(r"  ● (?P<title>\S.*)")
_TESTS: Final = re.compile(r"Tests:\s+(?P<counts>\d.*)")
_SUITES: Final = re.compile(r"Test Suites:\s+\d.*")
_TIME: Final = re.compile(r"Time:\s+(?P<number>[\d.]+) (?P<unit>m?s)\b.*")
_SEPARATOR: Final = " \u203a "
_NOT_RUN: Final = "Test suite failed to run"
_NO_TEST: Final = ("Console", "Cannot log after tests are done", "Validation ", "Deprecation Warning")


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when Jest did not print them."""
    reading = _Lines()
    for line in lines:
        reading.take(line)
    reading.close()
    if not reading.named.found and not reading.summed:
        return None
    return Reading("jest", reading.named.results(), reading.totals, duration=reading.duration)


@dataclass(slots=True)
class _Lines:
    """Where the reading stands."""

    named: Named = field(default_factory=Named)
    totals: Totals | None = None
    duration: float | None = None
    summed: bool = False
    file: str | None = None
    title: str | None = None
    tree: list[str] = field(default_factory=list)
    block: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Take in one line."""
        if heading := _FILE.fullmatch(line):
            self.close()
            self.file = heading["file"]
            _say_file(self.named, heading["file"], heading["word"])
        elif opened := _BLOCK.fullmatch(line):
            self.close()
            self.title = opened["title"]
        elif _SUITES.fullmatch(line):
            self.close()
            self.summed, self.file = True, None
        elif self.title is not None:
            self.block.append(line)
        elif self.file is not None:
            self.tree.append(line)
        else:
            self._sum(line)

    def close(self) -> None:
        """What was collected is whole."""
        _say_tree(self.named, self.file, self.tree)
        _say_block(self.named, self.file, self.title, self.block)
        self.tree, self.block, self.title = [], [], None

    def _sum(self, line: str) -> None:
        if counts := _TESTS.fullmatch(line):
            self.totals = totals(counts["counts"])
        elif took := _TIME.fullmatch(line):
            self.duration = seconds(took["number"], took["unit"])


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
    named.say(joined(file, title.split(_SEPARATOR)), Outcome.FAIL, failure)

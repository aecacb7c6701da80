"""What `node --test` prints to a terminal: a tree, the counts, and the failing tests once more with what they said."""

import re
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.javascript import joined, without_codes, without_duration
from fixloop.emit.shell_output.reading import Named, Reading, failure_in
from fixloop_schemas.vocabulary import Level, Outcome

_LINE: Final = re.compile(r"(?P<indent> *)(?P<mark>[✔✖﹣▶⚠]) (?P<rest>\S.*)")
_COUNT: Final = re.compile(
    r"\u2139 (?P<word>tests|pass|fail|cancelled|skipped|todo|duration_ms) (?P<number>[\d.]+)"
)
_MARKS: Final = {"✔": Outcome.PASS, "✖": Outcome.FAIL, "﹣": Outcome.SKIP, "⚠": Outcome.SKIP}
_FAILING: Final = "✖ failing tests:"
_DIRECTIVE: Final = re.compile(r" # (?:SKIP|TODO)\b.*")


def read(lines: list[str]) -> Reading | None:
    """The run that the lines tell of; None when Node's test runner did not print them."""
    counts: dict[str, float] = {}
    for line in lines:
        if count := _COUNT.fullmatch(line):
            counts[count["word"]] = float(count["number"])
    end = next((at for at, line in enumerate(lines) if line == _FAILING), len(lines))
    if "tests" not in counts and end == len(lines):
        return None
    named = Named()
    _take_tree(lines[:end], named)
    _take_failing(lines[end + 1 :], named)
    totals = None
    if "tests" in counts:
        skipped = int(counts.get("skipped", 0) + counts.get("todo", 0))
        totals = Totals(
            int(counts.get("pass", 0)), int(counts.get("fail", 0)), int(counts.get("cancelled", 0)), skipped
        )
    duration = counts["duration_ms"] / 1000 if "duration_ms" in counts else None
    return Reading("node", named.results(), totals, duration=duration)


def _take_tree(lines: list[str], named: Named) -> None:
    """`▶ cart` opens a suite, and a marked line as deep as it closes it."""
    above: list[tuple[int, str]] = []
    deep = 0
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        indent = len(found["indent"])
        title, duration = without_duration(_DIRECTIVE.sub("", found["rest"]))
        closed, deep = (
            deep > indent,
            indent,
        )  # what stands behind deeper lines closes them, also where its beginning was cut away
        while above and above[-1][0] >= indent:
            closed = above.pop() == (indent, title) or closed
        if found["mark"] == "▶":
            above = above if closed or duration is not None else [*above, (indent, title)]
        elif not closed:
            skipped = "# SKIP" in found["rest"] or "# TODO" in found["rest"]
            outcome = Outcome.SKIP if skipped else _MARKS[found["mark"]]
            named.say(joined(None, (*(name for _, name in above), title)), outcome, duration=duration)


def _take_failing(lines: list[str], named: Named) -> None:
    """The list of what failed gives titles without their suites: they explain a test where only one has that title."""
    title, block = "", list[str]()
    for line in [*lines, "✖ "]:
        if line.startswith("✖ "):
            names = [
                name
                for (name, level), result in named.found.items()
                if level is Level.CASE and result.outcome.red and name.rpartition(" > ")[2] == title
            ]
            if len(names) == 1:
                named.explain({names[0]: failure_in("jest", without_codes(block))})
            title, block = without_duration(line[2:])[0], []
        else:
            block.append(line)

"""What the runners of JavaScript have in common: marks before tests, trees by indentation, and names of titles behind a file."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from fixloop.emit.parsed_run import Totals
from fixloop.emit.shell_output.reading import seconds
from fixloop_schemas.vocabulary import Outcome

MARKS: Final = {
    "✓": Outcome.PASS,
    "✔": Outcome.PASS,
    "√": Outcome.PASS,
    "✕": Outcome.FAIL,
    "✗": Outcome.FAIL,
    "\u00d7": Outcome.FAIL,  # a multiplication sign, which Vitest writes
    "✖": Outcome.FAIL,
    "○": Outcome.SKIP,
    "↓": Outcome.SKIP,
    "□": Outcome.SKIP,
    "✎": Outcome.SKIP,
    "﹣": Outcome.SKIP,
    "-": Outcome.SKIP,
}
_COUNT: Final = re.compile(r"(\d+) (passed|failed|skipped|todo|pending)")
_FIELDS: Final = {"passed": "passed", "failed": "failed"}
_TOOK: Final = re.compile(r" [\[(]?(?P<number>\d+(?:\.\d+)?)\s?(?P<unit>ms|s|m)[\])]?")
_CODE: Final = re.compile(r"^(\s*\w*Error) \[\w+\]:")
_NUMBERED: Final = re.compile(r"\d+\) ")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One marked line of a tree."""

    titles: tuple[str, ...]
    outcome: Outcome
    duration: float | None


def joined(file: str | None, titles: Iterable[str]) -> str:
    """A test's name: its file where it is known, and the titles from the outermost on."""
    return " > ".join([*([file] if file else []), *(title.strip() for title in titles)])


def without_duration(text: str) -> tuple[str, float | None]:
    """A line without the duration at its end, and the duration in seconds."""
    at = max(text.rfind(" ["), text.rfind(" ("))
    for start in (at, text.rfind(" ")):
        if start > 0 and (took := _TOOK.fullmatch(text, start)):
            return text[:start].rstrip(), seconds(took["number"], took["unit"])
    return text, None


def leaves(lines: Iterable[str]) -> Iterator[Leaf]:
    """The marked lines of a tree, each under the unmarked ones that it is indented from."""
    above: list[tuple[int, str]] = []
    for line in lines:
        text = line.strip()
        if not text:
            continue
        indent = len(line) - len(line.lstrip())
        while above and above[-1][0] >= indent:
            above.pop()
        outcome, rest = _marked(text)
        if outcome is None:
            above.append((indent, rest))
            continue
        title, duration = without_duration(rest)
        for word in ("skipped ", "todo "):
            if outcome is Outcome.SKIP and text[0] in "○✎":
                title = title.removeprefix(word)
        yield Leaf((*(title for _, title in above), title), outcome, duration)


def without_codes(block: list[str]) -> list[str]:
    """The lines without what Node puts behind an error's type: `AssertionError [ERR_ASSERTION]: ...`."""
    return [_CODE.sub(r"\1:", line, count=1) for line in block]


def totals(said: str) -> Totals | None:
    """The counts of `2 failed, 1 skipped, 3 passed, 6 total`, whatever stands between them."""
    known: dict[str, int] = {}
    for number, word in _COUNT.findall(said):
        field = _FIELDS.get(word, "skipped")
        known[field] = known.get(field, 0) + int(number)
    return Totals(**known) if known else None


def _marked(text: str) -> tuple[Outcome | None, str]:
    mark, blank, rest = text.partition(" ")
    if blank and mark in MARKS:
        return MARKS[mark], rest.strip()
    if numbered := _NUMBERED.match(text):
        return Outcome.FAIL, text[numbered.end() :]
    return None, text

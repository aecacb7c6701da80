"""A failure as Jest, Vitest and Bun print it, in the terminal or in Jest's JSON."""

import re
from itertools import dropwhile
from typing import Final

from fixloop_schemas.failures.failure import Failure
from fixloop_schemas.failures.text import MAX_LINES, first_lines, frame, is_foreign

_HEADING: Final = re.compile(r"^\s*(?:● |FAIL  )")
_AT: Final = re.compile(r"^\s*at (?:(?:async )?([^()]+?) \()?([^()]+?|.*\.[cm]?[jt]sx?):\d+(?::\d+)?\)?$")
_ARROW: Final = re.compile(r"^\s*\u276f (\S.*):\d+:\d+$")
_CODE: Final = re.compile(r"^\s*(?:>\s*)?(?:\d+\s*)?\|")
_CAUSE: Final = re.compile(r"^\s*(?:Cause:|Caused by:|\[cause\]:|\[Caused by:)\s*(.*)$")
_TYPE: Final = re.compile(r"^((?:[A-Z]\w*)?(?:Error|Exception|Failure|Rejection))(?:: (.*))?$")
_MATCHER: Final = re.compile(r"^expect\(")
_PREFIX: Final = re.compile(r"^(?:error: )?(?:Error: (?=expect\())?")
"""Bun writes the one before every error, and Jest's JSON the other."""
_CHANGED: Final = re.compile(r"^\s*[-+] ")
_CHANGES: Final = re.compile(r"^\s*@@ ")
_TITLES: Final = re.compile(r"^\s*[-+] (?:Expected|Received)\b")
_PARSED: Final = re.compile(r"^(SyntaxError): .*?\.[cm]?[jt]sx?: (.*?)(?: \(\d+:\d+\))?$")
_RECEIVER: Final = re.compile(r"^(?:async )?(?:new )?(?:Module|Object|Array|Proxy|Function)\.")
_AS: Final = re.compile(r" \[as (\S+)\]$")
_REPEATED: Final = "Error: Failed to load url "
"""Vite's own words for what was just said; whether they follow depends on the pool."""
_ADVICE: Final = ("If this is a long-running test", "Add a timeout value to this test")


def extract(text: str) -> Failure:
    """The failure in a block of the report, or in one failure message."""
    lines = list(dropwhile(lambda line: not line.strip() or _HEADING.match(line), text.split("\n")))
    if parsed := next((match for line in lines if (match := _PARSED.match(line.strip()))), None):
        return Failure(parsed[1], parsed[2])
    said, causes, places = _read(lines)
    kind, said = _kind(said)
    bare = (
        len(said) < 2 and bool(said) and _MATCHER.match(said[0]) is not None
    )  # a matcher's name, and no value
    return Failure(kind, first_lines([*_essential(said), *causes]), _nearest(places), complete=not bare)


def _read(lines: list[str]) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """What is said, the cause's first line, and the places from the nearest on."""
    said: list[str] = []
    causes: list[str] = []
    places: list[tuple[str, str]] = []
    open_cause = False
    for line in lines:
        if place := _place(line):
            if not causes and not open_cause:
                places.append(place)
        elif cause := _CAUSE.match(line):
            open_cause = not cause[1]
            causes = causes or ([f"<- {cause[1]}"] if cause[1] and not cause[1].startswith(_REPEATED) else [])
        elif open_cause and line.strip() and not causes:
            causes = [f"<- {line.strip()}"]
        elif not places and not causes and not open_cause and not _CODE.match(line):
            said.append(line.strip())
    return said, causes, places


def _place(line: str) -> tuple[str, str] | None:
    """File and function of a line of the stack."""
    if arrow := _ARROW.match(line):
        function, _, path = arrow[1].rpartition(" ")
        return path, function
    if at := _AT.match(line):
        return at[2], at[1] or ""
    return None


def _kind(said: list[str]) -> tuple[str | None, list[str]]:
    """The error's type; Jest names neither `Error` nor that of its matchers in the terminal, and does in its JSON."""
    first = _PREFIX.sub("", said[0]) if said else ""
    if _MATCHER.match(first):
        return "AssertionError", [first, *said[1:]]
    if match := _TYPE.match(first):
        return match[1], [match[2] or "", *said[1:]]
    return "Error", [first, *said[1:]]


def _essential(said: list[str]) -> list[str]:
    """The lines without advice, and of a difference what differs: how much around it is shown depends on options."""
    lines = [line for line in said if line.strip() and not line.startswith(_ADVICE)]
    changed = [line for line in lines if _CHANGED.match(line) and not _TITLES.match(line)]
    if len(changed) < 1 or not any(_TITLES.match(line) or _CHANGES.match(line) for line in lines):
        return lines
    before = lines[
        : next(number for number, line in enumerate(lines) if _TITLES.match(line) or _CHANGES.match(line))
    ]
    return [*before, *sorted(" ".join(line.split()) for line in changed[:MAX_LINES])]


def _nearest(places: list[tuple[str, str]]) -> str | None:
    """The place nearest to the failure that belongs to the project. Jest names the function called there, so only the file counts."""
    own = [
        (path, function)
        for path, function in places
        if not is_foreign(path) and path not in ("<anonymous>", "native")
    ]
    return frame(own[0][0], _function(own[0][1])) if own else None


def _function(name: str) -> str:
    return _AS.sub("", _RECEIVER.sub("", name))

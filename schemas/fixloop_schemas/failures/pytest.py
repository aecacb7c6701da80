"""A failure as pytest prints it, in its own long and short form, or as Python's traceback."""

import re
from collections.abc import Iterator
from typing import Final

from fixloop_schemas.failures.comparison import compared
from fixloop_schemas.failures.failure import Failure
from fixloop_schemas.failures.text import first_lines
from fixloop_schemas.failures.tracebacks import Raised, cause, chain, split

_NEXT: Final = re.compile(
    r"^(?:The above exception was the direct cause|During handling of the above exception)"
)
_PLACE: Final = re.compile(r"^(\S.*?):\d+: ?(?:in (.+)|[\w.]*)$")
_DEF: Final = re.compile(r"^[ >]*(?:async\s+)?def\s+(\w+)")
_CODE: Final = re.compile(r'^\s*File "([^"]+)", line \d+')
_CAPTURED: Final = re.compile(r"^-+ (?:Captured|live) .* -+$", re.MULTILINE)


def extract(text: str) -> Failure:
    """The failure in a section of the report, or in its message alone."""
    text = _CAPTURED.split(text, maxsplit=1)[0]
    raised = list(_raised(text)) or chain(text)
    if raised:
        kind, message = read([one.lines for one in raised])
        whole = bool(raised[-1].frames) or kind == "FixtureLookupError"
        return Failure(kind, message, raised[-1].frame(), complete=whole)
    return Failure(*read([text.strip().split("\n")]), complete=False)


def read(chained: list[list[str]]) -> tuple[str | None, str | None]:
    """Error type and message of a chain of exceptions, each in the lines that pytest shows in the place of `Type: message`."""
    lines = chained[-1]
    first = lines[0].strip() if lines else ""
    if first.startswith("assert "):
        return "AssertionError", first_lines(compared([first, *lines[1:]]))
    if first.startswith("fixture '") and first.endswith("' not found"):
        return "FixtureLookupError", first
    kind, said = split([first, *lines[1:]])
    if kind == "AssertionError":
        return kind, first_lines(compared(said))
    return kind, first_lines([*said, *cause([Raised(lines=one) for one in chained if one])])


def _raised(text: str) -> Iterator[Raised]:
    """The exceptions of a section in pytest's own form: what they say is on lines that begin with `E`."""
    current, defined, code = Raised(), "", 0
    for line in text.split("\n"):
        if _NEXT.match(line):
            if current.lines:
                yield current
            current, defined, code = Raised(), "", 0
        elif line.startswith("E  "):
            said = line[1:]
            if shown := _CODE.match(said):
                current.frames.append((shown[1], ""))
                code = _indent(said)
            elif (
                current.lines or not code or _indent(said) < code
            ):  # a syntax error shows the code before what is wrong
                current.lines.append(said.strip())
        elif place := _PLACE.match(line):
            current.frames.append((place[1], place[2] or defined))
            defined = ""
        elif not defined and (match := _DEF.match(line)):
            defined = match[1]
    if current.lines:
        yield current


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())

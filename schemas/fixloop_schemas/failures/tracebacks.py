"""Python's own tracebacks: unittest prints them, and pytest does on request.

The last exception is the failure. The one that it was raised from is named in its message, since `cannot load` for two reasons is two bugs.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from fixloop_schemas.failures.text import frame, is_foreign

_FILE: Final = re.compile(r'^\s+File "([^"]+)", line \d+(?:, in (.+))?$')
_NEXT: Final = re.compile(
    r"^(?:The above exception was the direct cause|During handling of the above exception)"
)
_GROUP: Final = re.compile(r"^\s*[|+] ")
_MEMBERS: Final = re.compile(r"^\s*\+-\+-")
"""Where the members of a group of exceptions begin."""
EXCEPTION: Final = re.compile(r"^([A-Za-z_][\w.]*)(?:: ?(.*))?$")


@dataclass(slots=True)
class Raised:
    """One exception of a chain."""

    frames: list[tuple[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    """What was printed in the place of `Type: message`."""

    def frame(self) -> str | None:
        """The frame nearest to the failure that belongs to the project."""
        own = [(path, function) for path, function in self.frames if not is_foreign(path)]
        return frame(*own[-1]) if own else None


def chain(text: str) -> list[Raised]:
    """The exceptions of a traceback, the failure last; empty when the text has none."""
    found = [Raised()]
    grouped = "+ Exception Group Traceback (most" in text
    for printed in text.split("\n"):
        current = found[-1]
        if current.lines and _MEMBERS.match(printed):
            break
        line = _GROUP.sub("", printed) if grouped else printed
        if _NEXT.match(line):
            found.append(Raised())
        elif line.startswith(
            ("Traceback (most recent call last)", "Exception Group Traceback (most recent call last)")
        ):
            current.frames, current.lines = [], []
        elif (place := _FILE.match(line)) and not current.lines:
            current.frames.append((place[1], place[2] or ""))
        elif current.lines or (current.frames and EXCEPTION.match(line)):
            current.lines.append(line)
    return [one for one in found if one.lines]


def split(lines: list[str]) -> tuple[str | None, list[str]]:
    """An exception's type, without its module, and its message's lines."""
    if lines and (match := EXCEPTION.match(lines[0])):
        return match[1].rpartition(".")[2], [match[2] or "", *lines[1:]]
    return None, lines


def cause(raised: list[Raised]) -> list[str]:
    """The first exception of a chain, as a line of the last one's message; nothing when there was one alone."""
    if len(raised) < 2:
        return []
    kind, lines = split(raised[0].lines)
    return [f"<- {kind}: {lines[0]}"]

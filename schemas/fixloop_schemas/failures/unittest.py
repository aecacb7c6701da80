"""A failure as unittest prints it: a heading, a line, and Python's traceback."""

import re
from typing import Final

from fixloop_schemas.failures.failure import Failure
from fixloop_schemas.failures.text import first_lines
from fixloop_schemas.failures.tracebacks import EXCEPTION, cause, chain, split

_CAPTURED: Final = re.compile(r"^(?:Stdout|Stderr):$", re.MULTILINE)
_UNORDERED: Final = re.compile(r"^Items in the (?:first|second) set but not the (?:first|second):$")


def extract(text: str) -> Failure:
    """The failure in a block, or in its exception's line alone."""
    text = _CAPTURED.split(text, maxsplit=1)[0]
    raised = chain(text)
    if raised:
        kind, lines = split(raised[-1].lines)
        return Failure(kind, first_lines([*_ordered(lines), *cause(raised)]), raised[-1].frame())
    first = text.strip().split("\n", 1)[0]
    match = EXCEPTION.match(first)
    if match and match[1].endswith(("Error", "Exception", "Warning")):
        return Failure(match[1].rpartition(".")[2], match[2] or None, complete=False)
    return Failure(message=first or None, complete=False)


def _ordered(lines: list[str]) -> list[str]:
    """Members of sets in one order: they are printed as the hashes of this run have it."""
    done: list[str] = []
    members: list[str] = []
    inside = False
    for line in [*lines, ""]:
        if _UNORDERED.match(line) or not line.strip():
            done += sorted(members)
            members, inside = [], bool(line.strip())
        (members if inside and not _UNORDERED.match(line) else done).append(line)
    return done

"""pytest: each section `____ test ____` of the terminal report is a failure."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.signatures.variation import Variation, checkout

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_HEADER: Final = re.compile(r"^_+ (?:ERROR at setup of |ERROR collecting )?(\S+) _+$")
_END: Final = re.compile(r"^(=+ .+ =+|!+ .+ !+)$")
_OPTIONS: Final = (
    (),
    ("--tb=short",),
    ("-v", "--tb=native"),
    ("-vv",),
    ("-q", "-n", "2"),
    ("--tb=long", "--color=yes"),
    ("--tb=auto", "-l"),
    ("-vv", "--tb=short", "-n", "2"),
    ("-v", "--color=yes"),
)


def observe(program: Path, variation: Variation, _tools: Path) -> Iterator[tuple[str, str]]:
    """(bug, what was printed) of every failure in one run."""
    with checkout(program, variation, {}) as code:
        options = [*variation.one_of(_OPTIONS), *variation.one_of(((), ("--continue-on-collection-errors",)))]
        environment = {"CI": "true"} if variation.number % 3 == 0 else {}
        out = code.run(
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--continue-on-collection-errors"),
            *options,
            **environment,
        )
    yield from _sections(out)


def _sections(out: str) -> Iterator[tuple[str, str]]:
    name, lines = None, list[str]()
    for line in [*out.split("\n"), "= end ="]:
        plain = _COLOUR.sub("", line)
        header = _HEADER.match(plain)
        if (header or _END.match(plain)) and name is not None:
            yield name, "\n".join(lines)
        if header:
            name, lines = header[1], []
        elif _END.match(plain):
            name = None
        lines.append(line)

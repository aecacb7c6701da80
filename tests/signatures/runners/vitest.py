"""Vitest: each block under ` FAIL  file > test` is a failure."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.signatures.runners.node import installed, link
from tests.signatures.variation import Variation, checkout

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_HEADER: Final = re.compile(r"^ *FAIL  (\S+)(?: > (.+)| \[.*)$")
_END: Final = re.compile(r"^⎯+(?:\[\d+/\d+\]⎯*)?$|^⎯+ .+ ⎯+$| *Test Files ")
_OPTIONS: Final = (
    (),
    ("--reporter=verbose",),
    ("--sequence.shuffle", "--pool=threads"),
    ("--reporter=dot", "--no-isolate"),
    ("--pool=forks", "--sequence.shuffle"),
    ("--color",),
)


def observe(program: Path, variation: Variation, tools: Path) -> Iterator[tuple[str, str]]:
    """(bug, what was printed) of every failure in one run."""
    modules = installed(tools, {"vitest": "3.2.4"})
    with checkout(program, variation, {}) as code:
        link(code, modules)
        colours = {"FORCE_COLOR": "1"} if "--color" in variation.one_of(_OPTIONS) else {"NO_COLOR": "1"}
        ci = {"CI": "true"} if variation.number % 3 == 0 else {}
        out = code.run(
            *("node", "node_modules/vitest/vitest.mjs", "run"), *variation.one_of(_OPTIONS), **colours, **ci
        )
    yield from _blocks(out)


def _blocks(out: str) -> Iterator[tuple[str, str]]:
    names, lines = list[str](), list[str]()
    for line in out.split("\n"):
        plain = _COLOUR.sub("", line)
        if _END.match(plain):
            yield from ((name, "\n".join(lines)) for name in names)
            names, lines = [], []
        elif header := _HEADER.match(plain):
            names.append(header[2] or header[1])
        if names:
            lines.append(line)

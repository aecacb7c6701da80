"""Jest: each `● test` of the terminal report is a failure."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.signatures.runners.node import installed, link
from tests.signatures.variation import Variation, checkout

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_HEADER: Final = re.compile(r"^  ● (.+)$")
_FILE: Final = re.compile(r"^ *(?:FAIL|PASS)\s+(\S+)")
_OPTIONS: Final = (
    (),
    ("--verbose",),
    ("--ci", "--randomize"),
    ("--colors",),
    ("-i", "--expand"),
    ("--randomize", "--no-cache", "-i"),
)


def observe(program: Path, variation: Variation, tools: Path) -> Iterator[tuple[str, str]]:
    """(bug, what was printed) of every failure in one run."""
    modules = installed(tools, {"jest": "29.7.0"})
    with checkout(program, variation, {}) as code:
        link(code, modules)
        cache = ("--cacheDirectory", str(code.temporary / "jest"))
        yield from _blocks(
            code.run("node", "node_modules/jest/bin/jest.js", *cache, *variation.one_of(_OPTIONS))
        )


def _blocks(out: str) -> Iterator[tuple[str, str]]:
    name, lines, file = None, list[str](), ""
    for line in [*out.split("\n"), "FAIL end"]:
        plain = _COLOUR.sub("", line)
        header, begins = _HEADER.match(plain), _FILE.match(plain)
        if (header or begins or plain.startswith("Test Suites:")) and name is not None:
            yield (file if name == "Test suite failed to run" else name), "\n".join(lines)
            name = None
        file = begins[1] if begins else file
        if header:
            name, lines = header[1], []
        lines.append(line)

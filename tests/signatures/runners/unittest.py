"""unittest: each block under a line of `=` is a failure."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.signatures.variation import Variation, checkout

_RULE: Final = "=" * 70 + "\n"
_HEADER: Final = re.compile(r"(?:FAIL|ERROR): (\S+) \(([\w.]+)\)(?: (.+))?")
_OPTIONS: Final = ((), ("-v",), ("-b",), ("--locals",), ("-v", "-b"))


def observe(program: Path, variation: Variation, _tools: Path) -> Iterator[tuple[str, str]]:
    """(bug, what was printed) of every failure in one run."""
    with checkout(program, variation, {}) as code:
        out = code.run(
            *(sys.executable, "-m", "unittest", "discover", "-s", "tests", "-t", "."),
            *variation.one_of(_OPTIONS),
        )
    for block in out.rpartition("-" * 70 + "\nRan ")[0].split(_RULE)[1:]:
        header = _HEADER.match(block)
        assert header is not None, block
        yield header[1] + (header[3] or ""), block

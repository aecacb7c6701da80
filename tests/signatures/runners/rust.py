"""`cargo test`: each `---- test stdout ----` is a failure, and what a program prints that does not compile."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.signatures.variation import Variation, checkout

_BLOCK: Final = re.compile(
    r"^---- (\S+)(?: - should panic)? stdout ----\n(.*?)(?=\n---- |\nfailures:\n)", re.MULTILINE | re.DOTALL
)
_OPTIONS: Final = ((), ("--", "--test-threads=1"), ("--quiet",), ("--lib",), ("--", "--color=always"))
_UNBUILT: Final = ("unbuilt", "mistyped")


def observe(program: Path, variation: Variation, _tools: Path) -> Iterator[tuple[str, str]]:
    """(bug, what was printed) of every failure in one run."""
    with checkout(program, variation, {}) as code:
        trace = ("0", "1", "0", "full")[variation.number % 4]
        target = str(code.temporary / "target")
        out = code.run(
            *("cargo", "test", "--offline"),
            *variation.one_of(_OPTIONS),
            RUST_BACKTRACE=trace,
            CARGO_TARGET_DIR=target,
        )
    if program.name in _UNBUILT:
        yield program.name, out
    for block in _BLOCK.finditer(out):
        yield block[1], block[0]

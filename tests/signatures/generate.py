"""Run the failing programs under their runners and write down what they print: `python -m tests.signatures.generate [runner…]`."""

import argparse
import re
import shutil
import socket
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Final

from tests.signatures.labelled import DATA, RUNNERS, Observation, write
from tests.signatures.programs import programs
from tests.signatures.variation import Variation

_NEEDS: Final = {
    "go": "go",
    "jest": "npm",
    "jest-json": "npm",
    "vitest": "npm",
    "rust": "cargo",
    "junit": "mvn",
}
_LONGEST: Final = 20_000
"""Of one failure; a recursion prints thousands of lines."""


_PRIVATE: Final = re.compile(
    rf"{re.escape(str(DATA.parents[2]))}|{re.escape(str(Path.home()))}/\.|\b{re.escape(socket.gethostname())}\b"
    r"|\bsignature(?:s|-tools)-[a-z0-9_]{8}\b"
)
"""What would tell of the machine on which the set was made."""


def main(arguments: list[str] | None = None) -> int:
    """Make the labelled set anew, for the runners that are named or all whose tools are there."""
    parser = argparse.ArgumentParser(prog="python -m tests.signatures.generate", description=__doc__)
    parser.add_argument("runners", nargs="*", metavar="runner", help=", ".join(RUNNERS))
    parser.add_argument("--variations", type=int, default=9, help="runs of each program")
    parser.add_argument("--seed", type=int, default=1, help="another one moves the code otherwise")
    parser.add_argument("--out", type=Path, default=DATA, help="the folder to write to")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="signature-tools-") as tools:
        for runner in given.runners or RUNNERS:
            if (need := _NEEDS.get(runner)) and not shutil.which(need):
                sys.stderr.write(f"{runner}: left as it is, since {need} is not installed\n")
                continue
            found = _observations(
                runner, [Variation(n, given.seed) for n in range(given.variations)], Path(tools)
            )
            sys.stderr.write(f"{runner}: {write(runner, found, given.out)} failures\n")
    return 0


def _observations(runner: str, variations: list[Variation], tools: Path) -> list[Observation]:
    module = import_module(f"tests.signatures.runners.{runner.replace('-', '_')}")
    found = []
    for variation in variations:
        for program in programs(runner):
            for bug, text in module.observe(program, variation, tools):
                name = re.sub(r"\x1b\[[0-9;]*m", "", bug).strip()
                found.append(
                    Observation(runner, name, f"{variation.number:02} {variation.root}", _kept(text))
                )
    return found


def _kept(text: str) -> str:
    """The text as it may be committed: not endless, and of no real machine."""
    if len(text) > _LONGEST:
        half = _LONGEST // 2
        text = text[:half].rpartition("\n")[0] + "\n[…]\n" + text[-half:].partition("\n")[2]
    if private := _PRIVATE.search(text):
        raise SystemExit(f"names this machine ({private[0]!r}): {text[:2000]}")
    return text


if __name__ == "__main__":
    raise SystemExit(main())

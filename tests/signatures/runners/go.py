"""`go test`: one run a test, since a panic ends all of them; what was printed is the failure."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.signatures.variation import Variation, checkout

_TEST: Final = re.compile(r"^func (Test\w+)", re.MULTILINE)
_SUBTESTS: Final = {"TestTable": ("TestTable/half", "TestTable/whole")}
_OPTIONS: Final = (
    (),
    ("-v",),
    ("-trimpath",),
    ("-v", "-shuffle=on"),
    ("-parallel=4", "-gcflags=all=-l"),
    ("-vet=off", "-v", "-cpu=2"),
)


def observe(program: Path, variation: Variation, _tools: Path) -> Iterator[tuple[str, str]]:
    """(bug, what was printed) of every failure in one run."""
    root = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    with checkout(program, variation, {root: "/usr/lib/go"}) as code:
        tests = _TEST.findall((code.folder / "cart_test.go").read_text())
        options = variation.one_of(_OPTIONS)
        trace = {"GOTRACEBACK": ("single", "all", "system")[variation.number % 3]}
        for test in (part for name in tests for part in _SUBTESTS.get(name, (name,))):
            pattern = "/".join(f"^{part}$" for part in test.split("/"))
            limit = ("-timeout", f"{300 + variation.number * 10}ms")
            yield test, code.run("go", "test", "-run", pattern, *limit, *options, **trace)

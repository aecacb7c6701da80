"""Jest's JSON: each failure message is a failure."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.signatures.runners.node import installed, link
from tests.signatures.variation import Variation, checkout

_OPTIONS: Final = ((), ("--colors",), ("--randomize",), ("-i", "--expand"))


def observe(program: Path, variation: Variation, tools: Path) -> Iterator[tuple[str, str]]:
    """(bug, what was printed) of every failure in one run."""
    modules = installed(tools, {"jest": "29.7.0"})
    with checkout(program, variation, {}) as code:
        link(code, modules)
        result = code.temporary / "result.json"
        code.run(
            *("node", "node_modules/jest/bin/jest.js", "--json", f"--outputFile={result}"),
            *("--cacheDirectory", str(code.temporary / "jest")),
            *variation.one_of(_OPTIONS),
        )
        for bug, text in _failures(json.loads(result.read_text())):
            yield bug, code.neutral(text)


def _failures(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for suite in result["testResults"]:
        if not suite["assertionResults"]:
            yield Path(suite["name"]).name, suite["message"]
        for case in suite["assertionResults"]:
            if case["failureMessages"]:
                yield " > ".join((*case["ancestorTitles"], case["title"])), case["failureMessages"][0]

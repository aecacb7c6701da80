"""JUnit under Maven's surefire: each failure of its reports, in the form of the XML or of the terminal."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from tests.signatures.variation import Variation, checkout

_CONSOLE: Final = re.compile(
    r"^\[ERROR\] (?:[\w.]+\.)?(\w+)\.(.+?) -- Time elapsed: .*$\n((?:(?!^\[(?:INFO|ERROR)\]).*\n)+)",
    re.MULTILINE,
)
_OPTIONS: Final = (
    (),
    ("-DtrimStackTrace=true",),
    (
        "-Dsurefire.runOrder=random",
        "-Djunit.jupiter.testmethod.order.default=org.junit.jupiter.api.MethodOrderer$Random",
    ),
    ("-DtrimStackTrace=false",),
)
_COMPILATION: Final = re.compile(
    r"^\[ERROR\] COMPILATION ERROR.*?(?=^\[INFO\] BUILD FAILURE)", re.MULTILINE | re.DOTALL
)
_UNBUILT: Final = ("unbuilt", "mistyped")


def observe(program: Path, variation: Variation, _tools: Path) -> Iterator[tuple[str, str]]:
    """(bug, what was printed) of every failure in one run."""
    with checkout(program, variation, {}) as code:
        temporary = f"-Djava.io.tmpdir={code.temporary}"
        out = code.run(
            "mvn", "-B", "-Dstyle.color=never", f"-DargLine={temporary}", *variation.one_of(_OPTIONS), "test"
        )
        if program.name in _UNBUILT:
            found = _COMPILATION.search(out)
            assert found is not None, out
            yield program.name, found[0]
        elif variation.number % 2:
            yield from ((found[2], found[3]) for found in _CONSOLE.finditer(out))
        else:
            for report in sorted((code.folder / "target" / "surefire-reports").glob("*.xml")):
                yield from ((name, code.neutral(text)) for name, text in _failures(report))


def _failures(report: Path) -> Iterator[tuple[str, str]]:
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - written by a program of ours
        for failure in (*case.iter("failure"), *case.iter("error")):
            yield case.get("name", ""), failure.text or ""

"""Files stay small, and say nothing about the machine that they were written on."""

import re
from pathlib import Path

import pytest

from tests.architecture.project import ROOT, committed_files, package_files

MOST_LINES = 400

PEOPLE = "ada|bob|me|someone|you"
"""Who may have a home folder in examples."""

FORBIDDEN = {
    "somebody's home": rf"(?<![\w.])/(home|Users)/(?!({PEOPLE})\b)\w",
    "the administrator's home": r"(?<![\w.])/roo[t](?![\w.-])",
    "a working copy": r"(?<![\w.])/wor[k]/",
    "a package registry": r"\b(pypi[.]org|pythonhosted[.]org|npmjs[.]org|crates[.]io|proxy[.]golang)\b",
    "a secret": r"-----BEGIN [A-Z ]*PRIVATE KE[Y]",
}
"""Written so that no pattern fits itself."""


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_package_files_are_small() -> None:
    """A file has one idea; what grows past this has two."""
    sizes = {name_of(path): text_of(path).count("\n") for path in package_files() if path.suffix == ".py"}
    assert {} == {name: lines for name, lines in sizes.items() if lines > MOST_LINES}


@pytest.mark.parametrize("pattern", FORBIDDEN.values(), ids=FORBIDDEN)
def test_no_file_speaks_of_a_machine(pattern: str) -> None:
    """What is committed means the same to everybody who reads it."""
    found = re.compile(pattern)
    places = {name_of(path): match[0] for path in committed_files() if (match := found.search(text_of(path)))}
    assert {} == places


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("somebody's home", "see /h0me/carol/x"),
        ("the administrator's home", "cd /r0ot/"),
        ("a working copy", "in /w0rk/main"),
        ("a package registry", "https://pypi.0rg"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: str, text: str) -> None:
    """A guard that finds nothing guards nothing."""
    assert re.search(FORBIDDEN[pattern], text.replace("0", "o"))


def test_files_are_named_for_what_is_in_them() -> None:
    """A name that fits everything says nothing."""
    names = {path.stem for path in committed_files() if path.suffix == ".py"}
    assert set() == names & {"base", "common", "helpers", "manager", "misc", "util", "utils"}


def test_no_class_of_the_packages_looks_like_a_test() -> None:
    """Pytest would try to collect a class whose name starts with `Test`."""
    pattern = re.compile(r"^class Test", re.MULTILINE)
    assert [] == [
        name_of(path) for path in package_files() if path.suffix == ".py" and pattern.search(text_of(path))
    ]

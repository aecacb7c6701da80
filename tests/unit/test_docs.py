"""Documents keep up with the code: commands, settings, links."""

import re
from pathlib import Path

import pytest

from fixloop.cli import COMMANDS
from fixloop.workers.tunables import Tunables, variable_of

ROOT = Path(__file__).parents[2]
_OURS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs",
    "deploy",
    "plugins",
    "schemas",
    "streams",
    "grafana",
)
PAGES = sorted(
    page
    for place in _OURS
    for page in ([ROOT / place] if place.endswith(".md") else (ROOT / place).rglob("*.md"))
    if "node_modules" not in page.parts
)
_VARIABLE = re.compile(r"\bFIXLOOP_[A-Z][A-Z_]*[A-Z]\b")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def _text(page: Path) -> str:
    return _FENCED.sub("", page.read_text())


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return kept.replace(" ", "-")


def _broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere in the repository."""
    broken = []
    for link in _LINK.findall(_text(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        headings = _HEADING.findall(_text(target)) if target.suffix == ".md" and target.is_file() else []
        if not target.exists() or (fragment and fragment not in map(_anchor, headings)):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    """Every relative link has a file, and every anchor a heading."""
    assert [] == _broken(page)


def test_every_setting_is_documented() -> None:
    """A variable that code reads has a line in the settings, and no line speaks of one that nothing reads."""
    code = [
        path
        for folder in ("streams", "schemas", "plugins", "tests/services", "tests/e2e", "tests/conftest.py")
        for path in _files(ROOT / folder)
    ]
    read = {name for path in code for name in _VARIABLE.findall(path.read_text(errors="replace"))}
    read |= set(map(variable_of, Tunables.model_fields))
    documented = set(_VARIABLE.findall((ROOT / "docs/settings.md").read_text()))
    assert (set(), set()) == (read - documented, documented - read)


def test_every_command_is_in_the_readme() -> None:
    """Somebody who reads the README meets each command once."""
    readme = (ROOT / "README.md").read_text()
    assert [] == [command for command in COMMANDS if f"fixloop {command}" not in readme]


def test_every_decision_is_in_the_index() -> None:
    """The index of decisions names each page, and decisions are numbered without gaps."""
    pages = sorted(page.name for page in (ROOT / "docs/adr").glob("[0-9]*.md"))
    index = (ROOT / "docs/adr/README.md").read_text()
    assert [f"{number:03}" for number in range(1, len(pages) + 1)] == [page[:3] for page in pages]
    assert [] == [page for page in pages if f"({page})" not in index]


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return [
        path
        for path in place.rglob("*")
        if path.suffix in (".py", ".sh", ".json", ".ts", ".js") and "node_modules" not in path.parts
    ]

"""Each alert has a page that says what it means and what to do, and each page has its alert."""

import re

import pytest

from tests.monitoring.sources import RUNBOOKS, alerts

HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]
PAGES = sorted(RUNBOOKS.glob("*.md"))


def test_alerts_and_pages_belong_together() -> None:
    """Both ways: no alert without a page, no page of an alert that is gone."""
    assert set(alerts()) == {page.stem for page in PAGES}


@pytest.mark.parametrize("name", sorted(page.stem for page in PAGES))
def test_each_page_answers_the_four_questions(name: str) -> None:
    """In this order, each with something in it; the title is the alert's name."""
    text = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
    title, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    assert f"# {name}\n" == title.rstrip() + "\n"
    assert HEADINGS == [part.partition("\n")[0] for part in parts]
    assert all(part.partition("\n")[2].strip() for part in parts)


@pytest.mark.parametrize("name", sorted(page.stem for page in PAGES))
def test_links_between_pages_lead_somewhere(name: str) -> None:
    """Prometheus serves the folder as it is."""
    text = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (RUNBOOKS / target).is_file(), target

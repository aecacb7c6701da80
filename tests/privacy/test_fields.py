"""The page on privacy names every field that leaves, and what may be in it."""

from tests.privacy.field_table import GATED, PAGE, PLAIN, page


def test_the_page_has_every_field() -> None:
    """As `python -m tests.privacy.field_table` writes it; a field of text has to be explained there first."""
    assert page() == PAGE.read_text(encoding="utf-8")


def test_nothing_is_explained_that_is_not_there() -> None:
    """An explanation that is left over speaks of a field that was renamed."""
    text = PAGE.read_text(encoding="utf-8")
    assert [] == [name for name in (*PLAIN, *GATED) if f"| `{name}` |" not in text]

"""What an edit changed, as digests."""

from fixloop.emit.changes import Stretch, change_data, stretches_between, stretches_of_patch
from tests.builders import DIGESTER


def test_a_patch_and_a_comparison_say_the_same() -> None:
    """Where the tool quotes no patch, the two texts give the same lines."""
    patch = [{"oldStart": 1, "lines": [" a", "-b", "+c", " d", "\\ No newline at end of file"]}]
    assert stretches_of_patch(patch) == stretches_between("a\nb\nd", "a\nc\nd") == (Stretch(("b",), ("c",)),)


def test_the_same_change_has_the_same_digest() -> None:
    """Elsewhere in the file, and with other indentation, it is still the same change; the way back is another."""
    once = change_data(DIGESTER, stretches_between("a\nb\n", "a\nc\n"), before=None, after=None)
    again = change_data(DIGESTER, stretches_between("x\ny\n  b\n", "x\ny\n  c\n"), before=None, after=None)
    back = change_data(DIGESTER, stretches_between("a\nc\n", "a\nb\n"), before=None, after=None)
    assert once["change_digest"] == again["change_digest"] != back["change_digest"]


def test_a_huge_edit_keeps_its_counts_and_loses_its_lines() -> None:
    """An event is bounded: what does not fit is absent, and never cut."""
    after = "\n".join(f"line {number}" for number in range(9_000))
    data = change_data(DIGESTER, stretches_between("", after), before="", after=after)
    assert (data["lines_added"], data["lines_removed"]) == (9_000, 0)
    assert "hunks" not in data
    assert data["file_digest_after"] == DIGESTER.text(after)

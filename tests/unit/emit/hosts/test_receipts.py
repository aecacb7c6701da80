"""The way back: what install took away is kept, and no more."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fixloop.emit.hosts.receipts import Receipt, Receipts

_TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "secret,\n", "}\r\n", "x", " \u2028"]), max_size=8).map(
    "".join
)


@given(before=_TEXTS, after=_TEXTS)
def test_undone_is_as_before(before: str, after: str) -> None:
    """Whatever the change was."""
    assert before == Receipt.of(before, after, ()).undo(after)


def test_a_text_that_was_changed_since_is_not_undone() -> None:
    """The places would be others'."""
    assert Receipt.of("a\n", "a\nb\n", ()).undo("c\na\nb\n") is None


def test_a_receipt_repeats_nothing_of_the_file() -> None:
    """A token that stands on the line before what was put in is not kept."""
    receipt = Receipt.of('{\n  "token": "sk-1"\n}\n', '{\n  "token": "sk-1",\n  "hooks": {}\n}\n', ())
    assert ("",) == tuple(old for _, _, old in receipt.back)


def test_receipts_are_found_again_and_forgotten(tmp_path: Path) -> None:
    """By the file, also through a link; the last one takes its file with it, and the folders that it needed."""
    receipts, file = Receipts(tmp_path / "state/fixloop/installed.json"), tmp_path / "settings.json"
    link = tmp_path / "link.json"
    link.symlink_to(file)
    receipt = Receipt.of(None, "{}", (tmp_path / "made",))
    receipts.keep(file, receipt)
    receipts.keep(tmp_path / "other.json", receipt)
    assert 0o600 == receipts.path.stat().st_mode & 0o777
    assert receipt == receipts.of(link)
    receipts.drop(link)
    assert receipts.of(file) is None
    receipts.drop(tmp_path / "other.json")
    assert [link] == list(tmp_path.iterdir())


def test_receipts_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    """Uninstall then works from the file alone."""
    receipts = Receipts(tmp_path / "installed.json")
    for text in ("{", "[]", "null", f'{{"{tmp_path / "x"}": {{"digest": 7}}}}'):
        receipts.path.write_text(text)
        assert receipts.of(tmp_path / "x") is None

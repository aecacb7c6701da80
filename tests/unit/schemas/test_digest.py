"""Digests: equal things are seen as equal under one key, and under no other."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixloop_schemas.digest import Digester

ONE = Digester(b"one")
OTHER = Digester(b"other")


def all_purposes(digester: Digester, text: str) -> list[str]:
    return [digester.path(text), digester.text(text), digester.person(text), *digester.lines([text])]


def test_equal_texts_are_equal_under_one_key() -> None:
    """The same organisation sees the same file on two machines as the same file."""
    assert ONE.path("src/money.py") == Digester(b"one").path("src/money.py")


@pytest.mark.parametrize("position", range(4), ids=["path", "text", "person", "line"])
def test_another_key_gives_other_digests(position: int) -> None:
    """Without the key nobody can try texts until one fits."""
    assert all_purposes(ONE, "x")[position] != all_purposes(OTHER, "x")[position]


def test_each_purpose_has_its_own_digests() -> None:
    """A line's digest says nothing about a path or a person of the same text."""
    assert 4 == len({digest[:16] for digest in all_purposes(ONE, "ada")})


def test_digests_stay_what_they_are() -> None:
    """What is stored for years has to stay comparable: a change here is a break for everybody."""
    expected = [
        "fcd6d4257aa45ba2472a3ed85a6c7e52",
        "7643aa57cc76fe93b989e7c3f17d39ee",
        "f52ee72350136c21416e661581478bb1",
        "65ffd7707c65313e",
    ]
    assert expected == all_purposes(ONE, "src/money.py")


def test_lines_ignore_their_surrounding_blanks() -> None:
    """A line that was only moved or indented is the same line; a blank one says nothing."""
    assert ONE.lines(["total = 0", "x"]) == ONE.lines(["    total = 0\n", "", "   ", "\tx "])


def test_no_lines_have_no_digests() -> None:
    """An empty edit is empty."""
    assert () == ONE.lines([])


@given(st.text(), st.binary())
def test_any_text_under_any_key_fits_the_wire(text: str, key: bytes) -> None:
    """Lone surrogates from broken file names too."""
    digester = Digester(key)
    assert all(re.fullmatch(r"[0-9a-f]{32}", digest) for digest in all_purposes(digester, text)[:3])
    assert all(re.fullmatch(r"[0-9a-f]{16}", digest) for digest in digester.lines([text, "\ud800"]))

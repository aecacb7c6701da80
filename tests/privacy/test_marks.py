"""Marks are found again whatever was done to them, and nothing else is."""

import json

import pytest

from fixloop_schemas.vocabulary import CaptureLevel
from tests.privacy.marks import Mark, forbidden, found, told_at

ESCAPED = "".join(f"\\u{ord(sign):04X}" for sign in Mark.MESSAGE)


@pytest.mark.parametrize(
    "content",
    [
        Mark.MESSAGE.encode(),
        Mark.MESSAGE.upper().encode(),
        f"a{Mark.MESSAGE.capitalize()}_1".encode(),
        json.dumps({"x": f"\n{Mark.MESSAGE}"}).encode(),
        ESCAPED.encode(),
        ESCAPED.lower().encode(),
        Mark.MESSAGE.encode("utf-16-le"),
        b"x" + Mark.MESSAGE.encode("utf-16-be"),
        f"{Mark.MESSAGE}{Mark.MESSAGE}".encode(),
    ],
)
def test_a_mark_is_found(content: bytes) -> None:
    """In any case, escaped as JSON may, and in UTF-16."""
    assert {Mark.MESSAGE} == found(content)


def test_the_beginning_of_a_mark_is_found() -> None:
    """Where something was cut in the middle."""
    assert {Mark.MESSAGE[:5]} == found(Mark.MESSAGE[:5].encode() + b"~0123")
    assert [Mark.MESSAGE[:5]] == list(forbidden([Mark.MESSAGE[:5]], told_at(CaptureLevel.DIGESTS)))
    assert [] == list(forbidden([Mark.MESSAGE[:5]], told_at(CaptureLevel.MASKED_TEXT)))


def test_nothing_is_found_in_digests() -> None:
    """They have other letters."""
    assert set() == found(bytes(range(ord("0"), ord("g"))) * 100)


def test_no_mark_is_another_one_s_beginning() -> None:
    """Or one that may be told would stand for one that may not."""
    assert [] == [(one, other) for one in Mark for other in Mark if one != other and one.startswith(other)]


def test_levels_only_add() -> None:
    """Each has what the one before it has."""
    told = [told_at(level) for level in CaptureLevel]
    assert told[0] < told[1] < told[2] < set(Mark)

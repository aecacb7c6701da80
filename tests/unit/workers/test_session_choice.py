import pytest

from fixloop.errors import UsageError
from fixloop.workers.session_choice import choose


@pytest.mark.parametrize(
    ("wanted", "candidates", "expected"),
    [
        ("b", ["a/b", "b", "b/c"], "b"),
        ("/b", ["a/b", "a/bc"], "a/b"),
        ("c", ["a/cd"], "a/cd"),
        ("x", ["a", "b"], None),
        ("x", [], None),
    ],
    ids=["whole", "end", "part", "none", "no sessions"],
)
def test_a_session_is_named_by_its_whole_id_or_by_an_end_or_by_a_part(
    wanted: str, candidates: list[str], expected: str | None
) -> None:
    """In this order; a whole id is never ambiguous, and an end goes before a part."""
    assert expected == choose(wanted, candidates)


@pytest.mark.parametrize(
    ("wanted", "candidates", "named"),
    [("s", ["s1", "s2"], "s1, s2."), ("1", ["b1", "a1", "1c"], "a1, b1.")],
    ids=["parts", "ends"],
)
def test_what_is_meant_more_than_once_is_asked_back(wanted: str, candidates: list[str], named: str) -> None:
    """With the sessions that are meant, in order."""
    with pytest.raises(UsageError) as refused:
        choose(wanted, candidates)
    assert str(refused.value).endswith(f": {named}")


def test_at_most_ten_sessions_are_named() -> None:
    """One line stays one line."""
    with pytest.raises(UsageError) as refused:
        choose("s", [f"s{number:02}" for number in range(12)])
    assert str(refused.value).endswith(": s00, s01, s02, s03, s04, s05, s06, s07, s08, s09 and others.")

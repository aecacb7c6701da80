"""The simpler rules, as published."""

import pytest

from fixloop.evaluate.baselines import (
    Plainly,
    RunSummary,
    ToolCall,
    count_drop,
    crush,
    fail_pass_fail,
    gemini_cli,
    openhands,
)


def calls(word: str, results: str = "") -> Plainly:
    """One call a letter; `results` gives each call's result, empty where it is always the same."""
    pairs = zip(word, results or " " * len(word), strict=True)
    return Plainly(tuple(ToolCall("edit", letter, result) for letter, result in pairs), ())


def runs(*outcomes: dict[str, bool], passed: tuple[int, ...] = ()) -> Plainly:
    """Runs of one scope."""
    counts = passed or (None,) * len(outcomes)
    return Plainly(
        (), tuple(RunSummary("s", n, tuple(o.items())) for o, n in zip(outcomes, counts, strict=True))
    )


@pytest.mark.parametrize(
    ("word", "fires"), [("aaaaa", True), ("aaaa", False), ("ababababab", True), ("abababab", False)]
)
def test_gemini_cli(word: str, fires: bool) -> None:
    """A cycle of up to five calls, five times in a row."""
    assert fires == gemini_cli(calls(word))


@pytest.mark.parametrize(
    ("word", "fires"), [("aaaa", True), ("aaa", False), ("ababab", True), ("ababa", False)]
)
def test_openhands(word: str, fires: bool) -> None:
    """Four equal calls, or two in turn over six."""
    assert fires == openhands(calls(word))


def test_openhands_compares_results() -> None:
    """Equal calls with different results are progress."""
    assert not openhands(calls("aaaa", "1234"))


@pytest.mark.parametrize(
    ("word", "fires"), [("abacadaeaf", False), ("aabaacaada", True), ("", False), ("aaaaaa", True)]
)
def test_crush(word: str, fires: bool) -> None:
    """More than five equal calls among any ten, in any order."""
    assert fires == crush(calls(word))


def test_fail_pass_fail() -> None:
    """On one test, whatever lies in between."""
    assert fail_pass_fail(runs({"a": False}, {"a": True}, {"b": True}, {"a": False}))
    assert not fail_pass_fail(runs({"a": False}, {"a": True}, {"b": False}, {"a": True}))
    assert not fail_pass_fail(runs({"a": True}, {"a": False}, {"a": True}))


def test_count_drop_does_not_see_an_exchange() -> None:
    """Fixing one and breaking another leaves the count as it was."""
    assert count_drop(runs({}, {}, passed=(5, 4)))
    assert not count_drop(runs({"a": True, "b": False}, {"a": False, "b": True}, passed=(1, 1)))

"""Signatures on the labelled set: what seven runners really printed about bugs that are known."""

from collections import Counter
from pathlib import Path

import pytest

from tests.signatures.labelled import RUNNERS, read
from tests.signatures.measure import Rates, overall, rates, seen, table

LEAST = 0.98
PAGE = Path(__file__).parents[3] / "docs" / "signatures.md"


@pytest.fixture(scope="module")
def measured() -> dict[str, Rates]:
    """The rates of every runner."""
    return {runner: rates(runner, map(seen, read(runner))) for runner in RUNNERS}


@pytest.mark.parametrize("runner", RUNNERS)
def test_each_bug_was_seen_often_and_there_are_many(runner: str) -> None:
    """A dozen bugs at least, each eight times at least, in as many places."""
    observations = read(runner)
    often = Counter(one.bug for one in observations)
    assert len(often) >= 12
    assert min(often.values()) >= 8
    assert len({one.variation for one in observations}) >= 8


@pytest.mark.parametrize("runner", RUNNERS)
def test_the_same_bug_has_the_same_signature(runner: str, measured: dict[str, Rates]) -> None:
    """Of all pairs of one bug's failures, nearly all have one signature."""
    found = measured[runner]
    assert found.same_right / found.same >= LEAST


@pytest.mark.parametrize("runner", RUNNERS)
def test_other_bugs_have_other_signatures(runner: str, measured: dict[str, Rates]) -> None:
    """Of all pairs of two bugs' failures, nearly all have two signatures."""
    found = measured[runner]
    assert found.other_right / found.other >= LEAST


def test_messages_alone_tell_bugs_apart(measured: dict[str, Rates]) -> None:
    """So they do where the error's type and the frame are the same, as behind one helper that asserts for many tests."""
    found = overall(measured.values())
    assert found.alike > 10_000
    assert found.alike_right / found.alike >= LEAST


@pytest.mark.parametrize("runner", RUNNERS)
def test_most_signatures_are_complete(runner: str, measured: dict[str, Rates]) -> None:
    """Only where Maven was told to leave out most of the stack is one not: what is not complete is not in the rates."""
    found = measured[runner]
    assert found.complete / found.seen >= (0.6 if runner == "junit" else 0.98)


def test_the_page_has_the_figures(measured: dict[str, Rates]) -> None:
    """`docs/signatures.md` shows what `python -m tests.signatures.measure` prints."""
    assert "\n".join(table([*measured.values(), overall(measured.values())])) in PAGE.read_text(
        encoding="utf-8"
    )

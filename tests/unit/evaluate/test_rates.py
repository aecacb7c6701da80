"""How often each kind stands, by dataset, agent and model."""

from dataclasses import replace

from fixloop.evaluate.rates import Rate, rates
from fixloop_schemas.vocabulary import ALERTING_KINDS, Kind
from tests.unit.detect.test_reintroduction import returned
from tests.unit.evaluate.test_scores import THRESHOLD, quiet, seen


def found(by: str, name: str, kind: Kind | None) -> Rate:
    """One rate over three sessions of two agents, of which one is called."""
    sessions = [
        replace(seen(returned()), agent="one", dataset="d"),
        replace(quiet("q"), agent="one", dataset="d"),
        replace(quiet("r"), agent="two", dataset="d"),
    ]
    (rate,) = (
        rate for rate in rates(sessions, THRESHOLD) if (rate.by, rate.name, rate.kind) == (by, name, kind)
    )
    return rate


def test_a_rate_counts_its_group_alone() -> None:
    """Two sessions of one agent, one of them called; the other agent's is none of its business."""
    called = found("agent", "one", None)
    assert (2, 1, 0.5) == (called.sessions, called.called, called.rate)
    assert 0 < called.low < called.rate < called.high < 1
    assert 0 == found("agent", "two", None).called
    assert 3 == found("dataset", "d", None).sessions


def test_each_alerting_kind_has_its_rate() -> None:
    """Also where it never stands; what is not known has a group of its own."""
    assert 1 == found("model", "unknown", Kind.REINTRODUCTION).called
    assert [0] * (len(ALERTING_KINDS) - 1) == [
        found("dataset", "d", kind).called for kind in ALERTING_KINDS if kind is not Kind.REINTRODUCTION
    ]


def test_no_sessions_no_rates() -> None:
    """There is nothing to divide by."""
    assert () == rates([], THRESHOLD)

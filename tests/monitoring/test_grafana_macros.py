"""The stand-in for Grafana's macros does what the plugin's documentation says."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.monitoring.grafana_macros import View, expand

VIEW = View(
    start=datetime(2026, 1, 1, tzinfo=UTC),
    end=datetime(2026, 1, 1, 1, tzinfo=UTC),
    interval=timedelta(seconds=30),
    variables={"repository": ["a", "b'c"], "confidence": ["0.6"]},
)


@pytest.mark.parametrize(
    ("query", "expanded"),
    [
        ("$__timeFilter(at)", "at >= toDateTime(1767225600) AND at <= toDateTime(1767229200)"),
        ("$__timeInterval(at)", "toStartOfInterval(toDateTime(at), INTERVAL 30 second)"),
        ("x / $__interval_s", "x / 30"),
        ("rate(x[$__rate_interval])", "rate(x[30s])"),
        ("increase(x[$__range])", "increase(x[3600s])"),
        ("r IN (${repository:singlequote})", "r IN ('a','b\\'c')"),
        ("c >= ${confidence}", "c >= 0.6"),
        (
            "$__conditionalAll(r IN (${repository:singlequote}), $repository) AND y",
            "r IN ('a','b\\'c') AND y",
        ),
        ("x AND $__conditionalAll(m IN (${model:singlequote}), $model)", "x AND 1=1"),
    ],
)
def test_macros(query: str, expanded: str) -> None:
    """One case a macro."""
    assert expanded == expand(query, VIEW)


@pytest.mark.parametrize("query", ["$__fromTime", "${model}", "${repository:regex}", "$interval"])
def test_what_is_not_known_is_not_let_through(query: str) -> None:
    """Else a query could pass here that Grafana sends otherwise."""
    with pytest.raises(ValueError, match=r"left over|no value|no formatting"):
        expand(query, VIEW)

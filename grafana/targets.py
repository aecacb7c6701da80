"""What a panel asks, and whom. The data sources are template variables, so that a board fits any Grafana."""

from textwrap import dedent
from typing import Any, Final

Json = dict[str, Any]

PROMETHEUS: Final[Json] = {"type": "prometheus", "uid": "${prometheus}"}
CLICKHOUSE: Final[Json] = {"type": "grafana-clickhouse-datasource", "uid": "${clickhouse}"}

# The ClickHouse plugin's numbers for what it shall make of the answer.
_TIMESERIES, _TABLE = 0, 1


def promql(expression: str, legend: str = "", *, instant: bool = False) -> Json:
    """A PromQL query; `instant` asks for the end of the time range alone."""
    return {
        "refId": "A",
        "datasource": PROMETHEUS,
        "expr": expression,
        "legendFormat": legend,
        "instant": instant,
        "range": not instant,
    }


def sql_series(query: str) -> Json:
    """A SQL query whose answer is (time, label, value), in the order of time."""
    return _sql(query, "timeseries", _TIMESERIES)


def sql_table(query: str) -> Json:
    """A SQL query whose answer is shown as it is."""
    return _sql(query, "table", _TABLE)


def _sql(query: str, query_type: str, answer_format: int) -> Json:
    return {
        "refId": "A",
        "datasource": CLICKHOUSE,
        "editorType": "sql",
        "queryType": query_type,
        "format": answer_format,
        "rawSql": dedent(query).strip(),
    }

"""What Grafana and its ClickHouse plugin put in place of macros and template variables, for the few that the boards use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

_PATTERN: Final = re.compile(r"\$__(timeFilter|timeInterval)\((\w+)\)")
_CONDITIONAL: Final = "$__conditionalAll("
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::(\w+))?\}")


@dataclass(frozen=True, slots=True)
class View:
    """What somebody looks at: a time range, and the variables' values; a variable that is not named stands on All."""

    start: datetime
    end: datetime
    interval: timedelta = timedelta(minutes=1)
    variables: Mapping[str, Sequence[str]] = field(default_factory=dict)


def expand(query: str, view: View) -> str:
    """The query as it is sent.

    Raises:
        ValueError: a macro or variable is left that this does not know.
    """
    query = _PATTERN.sub(lambda found: _macro(found[1], found[2], view), query)
    while _CONDITIONAL in query:
        query = _conditional(query, view)
    query = _VARIABLE.sub(lambda found: _variable(found[1], found[2], view), query)
    query = query.replace("$__rate_interval", f"{_seconds(view)}s").replace(
        "$__interval_s", str(_seconds(view))
    )
    query = query.replace("$__range", f"{int((view.end - view.start).total_seconds())}s")
    if "$" in query:
        raise ValueError(f"left over in {query!r}")
    return query


def _macro(name: str, column: str, view: View) -> str:
    if name == "timeFilter":
        start, end = int(view.start.timestamp()), int(view.end.timestamp())
        return f"{column} >= toDateTime({start}) AND {column} <= toDateTime({end})"
    return f"toStartOfInterval(toDateTime({column}), INTERVAL {_seconds(view)} second)"


def _conditional(query: str, view: View) -> str:
    """`$__conditionalAll(condition, $variable)`: the condition, or nothing when the variable stands on All."""
    before, _, rest = query.partition(_CONDITIONAL)
    depth, end = 1, 0
    while depth:
        depth += {"(": 1, ")": -1}.get(rest[end], 0)
        end += 1
    condition, _, variable = rest[: end - 1].rpartition(",")
    chosen = variable.strip().removeprefix("$") in view.variables
    return f"{before}{condition if chosen else '1=1'}{rest[end:]}"


def _variable(name: str, how: str | None, view: View) -> str:
    values = view.variables.get(name)
    if values is None:
        raise ValueError(f"the variable {name} has no value")
    if how == "singlequote":
        return ",".join("'" + value.replace("'", "\\'") + "'" for value in values)
    if how is not None:
        raise ValueError(f"no formatting {how}")
    return ",".join(values)


def _seconds(view: View) -> int:
    return int(view.interval.total_seconds())

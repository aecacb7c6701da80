"""Panels as small functions. Each takes what nobody may forget: a title, a description, a unit and one target."""

from collections.abc import Mapping, Sequence

from grafana.targets import Json

CALM, ALARMED = "green", "red"


def stat(
    title: str, description: str, target: Json, *, unit: str = "short", alarm_above: float | None = None
) -> Json:
    """One number; red above `alarm_above`."""
    return _panel(
        "stat",
        title,
        description,
        target,
        defaults={
            "unit": unit,
            "noValue": "0",
            "color": {"mode": "thresholds"},
            "thresholds": _steps(alarm_above),
        },
        options={
            "colorMode": "value",
            "graphMode": "area",
            "justifyMode": "auto",
            "orientation": "auto",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "textMode": "auto",
        },
    )


def bars(title: str, description: str, target: Json, *, unit: str = "short") -> Json:
    """Counts over time, stacked."""
    style: Json = {
        "drawStyle": "bars",
        "fillOpacity": 80,
        "lineWidth": 0,
        "stacking": {"mode": "normal", "group": "A"},
    }
    return _over_time(title, description, target, unit, style)


def lines(title: str, description: str, target: Json, *, unit: str = "short") -> Json:
    """Values over time."""
    style: Json = {
        "drawStyle": "line",
        "fillOpacity": 10,
        "lineWidth": 1,
        "showPoints": "never",
        "spanNulls": False,
    }
    return _over_time(title, description, target, unit, style)


def table(title: str, description: str, target: Json, *, units: Mapping[str, str] | None = None) -> Json:
    """Rows; `units` gives a column another unit than a plain number's."""
    overrides = [
        {"matcher": {"id": "byName", "options": column}, "properties": [{"id": "unit", "value": unit}]}
        for column, unit in (units or {}).items()
    ]
    return _panel(
        "table",
        title,
        description,
        target,
        defaults={
            "unit": "none",
            "custom": {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": True},
        },
        options={
            "showHeader": True,
            "cellHeight": "sm",
            "footer": {"show": False, "reducer": ["sum"], "fields": ""},
        },
        overrides=overrides,
    )


def row(title: str) -> Json:
    """The heading of what stands below it."""
    return {"type": "row", "title": title, "collapsed": False, "panels": []}


def _over_time(title: str, description: str, target: Json, unit: str, style: Json) -> Json:
    return _panel(
        "timeseries",
        title,
        description,
        target,
        defaults={"unit": unit, "min": 0, "color": {"mode": "palette-classic"}, "custom": style},
        options={
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    )


def _panel(
    kind: str,
    title: str,
    description: str,
    target: Json,
    *,
    defaults: Json,
    options: Json,
    overrides: Sequence[Json] = (),
) -> Json:
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": target["datasource"],
        "targets": [target],
        "fieldConfig": {"defaults": defaults, "overrides": list(overrides)},
        "options": options,
    }


def _steps(alarm_above: float | None) -> Json:
    steps: list[Json] = [{"color": CALM, "value": None}]
    if alarm_above is not None:
        # Grafana colours from a step on: the smallest number above is where the alarm begins.
        steps.append({"color": ALARMED, "value": alarm_above + 1e-9})
    return {"mode": "absolute", "steps": steps}

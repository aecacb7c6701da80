"""A board around its panels: places, template variables and the fields that Grafana 10 to 13 read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import dedent
from typing import Final

from grafana.panels import row
from grafana.targets import CLICKHOUSE, PROMETHEUS, Json

COLUMNS: Final = 24
"""How wide Grafana's grid is."""

SCHEMA_VERSION: Final = 41
"""Of the classic board model: Grafana 10 and 11 take what they know of it, 12 and 13 migrate it."""

ALERT_THRESHOLD: Final = 0.6
"""The confidence that the board asks for at first: fixloop's default for alerts."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and lines of panels below it; the panels of a line share its width evenly."""

    title: str
    height: int
    lines: Sequence[Sequence[Json]]


def board(uid: str, title: str, description: str, sections: Iterable[Section]) -> Json:
    """The whole board as Grafana's classic JSON."""
    return {
        "uid": uid,
        "title": title,
        "description": description,
        "tags": ["fixloop"],
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        # What is generated must not be edited on the screen: the next start would undo it.
        "editable": False,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "timezone": "utc",
        "annotations": {"list": []},
        "links": [],
        "templating": {
            "list": [
                _datasource("prometheus", "Prometheus", PROMETHEUS["type"]),
                _datasource("clickhouse", "ClickHouse", CLICKHOUSE["type"]),
                _repositories(),
                _confidence(),
            ]
        },
        "panels": list(_placed(sections)),
    }


def _placed(sections: Iterable[Section]) -> Iterable[Json]:
    identifier, y = 0, 0
    for section in sections:
        identifier += 1
        yield {"id": identifier, "gridPos": {"h": 1, "w": COLUMNS, "x": 0, "y": y}, **row(section.title)}
        y += 1
        for line in section.lines:
            width = COLUMNS // len(line)
            for place, panel in enumerate(line):
                identifier += 1
                yield {
                    "id": identifier,
                    "gridPos": {"h": section.height, "w": width, "x": place * width, "y": y},
                    **panel,
                }
            y += section.height


def _datasource(name: str, label: str, plugin: str) -> Json:
    return {
        "type": "datasource",
        "name": name,
        "label": label,
        "query": plugin,
        "hide": 0,
        "refresh": 1,
        "regex": "",
    }


def _repositories() -> Json:
    query = """
        SELECT DISTINCT vcs_repository_name
        FROM detections
        WHERE notEmpty(ifNull(vcs_repository_name, ''))
        ORDER BY vcs_repository_name
    """
    query = dedent(query).strip()
    return {
        "type": "query",
        "name": "repository",
        "label": "Repository",
        "description": "The repositories in which something was found.",
        "datasource": CLICKHOUSE,
        "definition": query,
        "query": query,
        "current": {"text": ["All"], "value": ["$__all"]},
        "includeAll": True,
        "multi": True,
        "hide": 0,
        "refresh": 2,
        "sort": 1,
    }


def _confidence() -> Json:
    value = str(ALERT_THRESHOLD)
    return {
        "type": "textbox",
        "name": "confidence",
        "label": "Confidence from",
        "description": "What is less sure than this, from 0 to 1, is not shown.",
        "query": value,
        "current": {"text": value, "value": value},
        "hide": 0,
    }

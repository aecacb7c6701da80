"""The page on running fixloop says what is."""

import re

from fixloop_schemas.metrics import METRICS
from tests.monitoring.sources import ROOT, alerts

PAGE = ROOT / "docs" / "operations.md"
TEXT = PAGE.read_text(encoding="utf-8")
BEGIN, END = "by a test -->\n", "<!-- end of metrics -->"


def table() -> str:
    """The table of metrics as the page has to have it."""
    lines = ["| metric | kind | labels | on | says |", "|---|---|---|---|---|"]
    for metric in METRICS.values():
        labels = ", ".join(f"`{name}`" for name in metric.label_names) or "-"
        roles = ", ".join(metric.exposed_by)
        lines.append(f"| `{metric.name}` | {metric.kind} | {labels} | {roles} | {metric.help} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_metrics_is_that_of_the_data() -> None:
    """When it is not: put `table()` between the two marks."""
    assert table() == TEXT.partition(BEGIN)[2].partition(END)[0]


def test_the_table_of_alerts_is_that_of_the_rules() -> None:
    """Each alert with its severity and its runbook."""
    rows = re.findall(r"^\| \[(\w+)\]\(\.\./deploy/runbooks/(\w+)\.md\) \| (\w+) \|", TEXT, re.MULTILINE)
    assert [(name, name, rule["labels"]["severity"]) for name, rule in sorted(alerts().items())] == sorted(
        rows
    )


def test_links_lead_somewhere() -> None:
    """Each file that the page links is there."""
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (PAGE.parent / target).exists(), target

"""The metrics as data: readable, complete, and in step with the vocabulary."""

from pathlib import Path

import pytest

import fixloop
from fixloop.land.columns import COLUMNS
from fixloop_schemas.metrics import METRICS, MetricKind, load
from fixloop_schemas.registry import MODELS
from fixloop_schemas.vocabulary import DeadReason, DetectionStatus, Kind

LABELS = {label.name: label for metric in METRICS.values() for label in metric.labels}


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("type", set(MODELS)),
        ("reason", set(DeadReason)),
        ("kind", set(Kind)),
        ("status", set(DetectionStatus)),
        ("table", set(COLUMNS) - {"states"}),
    ],
)
def test_closed_labels_know_every_word(label: str, words: set[str]) -> None:
    """A new word in the vocabulary, or a new table of facts, cannot be forgotten in the metrics."""
    assert {str(word) for word in words} == set(LABELS[label].values)


def test_every_metric_is_ours_and_explained() -> None:
    """Names carry the prefix; each metric says in a sentence what it counts, and where it is found."""
    for metric in METRICS.values():
        assert metric.name.startswith("fixloop_")
        assert metric.help.endswith(".")
        assert metric.exposed_by


def test_every_metric_is_told_by_somebody() -> None:
    """A metric that is only listed stays at 0 for ever, and looks like peace."""
    package = Path(fixloop.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    assert [] == [name for name in METRICS if f'"{name}"' not in code]


def test_buckets_ascend() -> None:
    """Prometheus reads a histogram's buckets as upper bounds in order."""
    for metric in METRICS.values():
        assert sorted(set(metric.buckets)) == list(metric.buckets)


def test_a_histogram_is_found_under_its_three_names() -> None:
    """Rules and boards ask for the series, not for the metric."""
    insert = METRICS["fixloop_insert_seconds"]
    assert insert.kind is MetricKind.HISTOGRAM
    assert insert.series_names == (
        "fixloop_insert_seconds_bucket",
        "fixloop_insert_seconds_sum",
        "fixloop_insert_seconds_count",
    )


GOOD = """
[labels.kind]
help = "Which."
[metrics.fixloop_x_total]
kind = "counter"
help = "Xs."
labels = ["kind"]
exposed_by = ["detect"]
"""


def test_good_data_loads() -> None:
    """The base of the broken ones below is itself sound."""
    assert ["fixloop_x_total"] == list(load(GOOD))


@pytest.mark.parametrize(
    ("found", "instead", "says"),
    [
        ('kind = "counter"', 'kind = "meter"', "meter"),
        ('labels = ["kind"]', 'labels = ["sort"]', "sort"),
        ('exposed_by = ["detect"]', 'exposed_by = ["nobody"]', "nobody"),
        ('help = "Xs."', 'halp = "Xs."', "halp"),
        ("fixloop_x_total", "fixloop_x", "_total"),
        ('kind = "counter"', 'kind = "counter"\nbuckets = [1]', "buckets"),
        ("[labels.kind]", "[label.kind]", "label"),
    ],
)
def test_broken_data_is_refused(found: str, instead: str, says: str) -> None:
    """What is wrong in the file is an error with its name, not a metric that is silently missing."""
    with pytest.raises(ValueError, match=says):
        load(GOOD.replace(found, instead, 1))

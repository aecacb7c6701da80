"""The live metrics: what the data says, all of it, and nothing else."""

from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from fixloop import __version__
from fixloop.observe import metrics as module
from fixloop.observe.metrics import Metrics, UnknownMetricError
from fixloop_schemas.metrics import METRICS
from fixloop_schemas.vocabulary import DeadReason

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(metrics: Metrics) -> Samples:
    """Every sample that Prometheus would read."""
    families = text_string_to_metric_families(metrics.exposition().decode())
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """The key of one sample."""
    return name, frozenset(labels.items())


def test_every_metric_of_the_data_is_exposed_with_its_help_and_kind() -> None:
    """Nothing in the list is forgotten, and nothing outside of it is exposed."""
    text = Metrics().exposition().decode()
    kinds = {line.split()[2]: line.split()[3] for line in text.splitlines() if line.startswith("# TYPE")}
    helps = dict(line[7:].split(" ", 1) for line in text.splitlines() if line.startswith("# HELP"))
    assert {name: metric.kind.value for name, metric in METRICS.items()} == kinds
    assert {name: metric.help for name, metric in METRICS.items()} == helps


def test_closed_label_sets_start_at_zero() -> None:
    """`increase()` sees a first dead letter only if its series was there before with 0."""
    found = samples(Metrics())
    for reason in DeadReason:
        assert found[key("fixloop_dead_letters_total", reason=reason.value)] == 0
    assert found[key("fixloop_detections_total", kind="coupled_cycle", status="open")] == 0
    assert found[key("fixloop_insert_retries_total")] == 0
    assert found[key("fixloop_cycles_in_progress")] == 0


def test_counters_gauges_and_histograms_take_what_is_told() -> None:
    """Each kind keeps its own arithmetic."""
    metrics = Metrics()
    metrics.add("fixloop_dead_letters_total", reason="not_json")
    metrics.add("fixloop_dead_letters_total", 2, reason="not_json")
    metrics.set("fixloop_cycles_in_progress", 4)
    metrics.set("fixloop_cycles_in_progress", 3)
    metrics.observe("fixloop_insert_seconds", 0.3)
    found = samples(metrics)
    assert found[key("fixloop_dead_letters_total", reason="not_json")] == 3
    assert found[key("fixloop_cycles_in_progress")] == 3
    assert found[key("fixloop_insert_seconds_bucket", le="0.25")] == 0
    assert found[key("fixloop_insert_seconds_bucket", le="0.5")] == 1
    assert found[key("fixloop_build_info", version=__version__)] == 1


@pytest.mark.parametrize(
    "use",
    [
        lambda metrics: metrics.add("fixloop_nothing_total"),
        lambda metrics: metrics.add("fixloop_dead_letters_total"),
        lambda metrics: metrics.add("fixloop_dead_letters_total", reason="not_json", model="m"),
        lambda metrics: metrics.add("fixloop_dead_letters_total", reason="bad_mood"),
        lambda metrics: metrics.set("fixloop_dead_letters_total", 1, reason="not_json"),
        lambda metrics: metrics.add("fixloop_cycles_in_progress"),
        lambda metrics: metrics.observe("fixloop_cycles_in_progress", 1),
    ],
    ids=[
        "unknown name",
        "label missing",
        "label too many",
        "unknown word",
        "set a counter",
        "add to a gauge",
        "no histogram",
    ],
)
def test_what_the_data_does_not_have_raises(use: Callable[[Metrics], None]) -> None:
    """A misspelt name would otherwise count where nobody looks."""
    with pytest.raises(UnknownMetricError):
        use(Metrics())


def test_an_unknown_label_value_is_called_unknown() -> None:
    """An empty label is no label to Prometheus; sums by it would lose the row."""
    metrics = Metrics()
    metrics.add("fixloop_alerting_detections_total", kind="stuck", agent=None, model="", repository="r")
    labels = {"kind": "stuck", "agent": "unknown", "model": "unknown", "repository": "r"}
    assert samples(metrics)[key("fixloop_alerting_detections_total", **labels)] == 1


def test_open_labels_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that come from outside cannot fill the memory: the rest is counted together, and no count is lost."""
    monkeypatch.setattr(module, "MAX_SERIES_PER_METRIC", 3)
    metrics = Metrics()
    labels = {"kind": "stuck", "agent": "a", "repository": "r"}
    for model in (*(f"m{number}" for number in range(10)), "m0"):
        metrics.add("fixloop_alerting_detections_total", 1, model=model, **labels)
    found = samples(metrics)
    counted = {name for name in found if name[0] == "fixloop_alerting_detections_total"}
    rest = key(
        "fixloop_alerting_detections_total", kind="stuck", agent="other", model="other", repository="other"
    )
    assert 4 == len(counted)
    assert 2 == found[key("fixloop_alerting_detections_total", model="m0", **labels)]
    assert 7 == found[rest]


def test_two_sets_of_metrics_do_not_meet() -> None:
    """Each has a registry of its own, so that one process can hold two."""
    first, second = Metrics(), Metrics()
    first.set("fixloop_cycles_in_progress", 1)
    assert 0 == samples(second)[key("fixloop_cycles_in_progress")]

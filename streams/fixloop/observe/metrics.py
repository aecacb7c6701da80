"""The metrics of `fixloop_schemas.metrics` as live values. Nothing outside that list can be counted."""

from itertools import product
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from fixloop import __version__
from fixloop_schemas.metrics import METRICS, Metric, MetricKind

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
"""The media type of `Metrics.exposition`."""

MAX_SERIES_PER_METRIC: Final = 2_000
"""Label sets that one metric with an open label may have; whatever comes later is counted under `OVERFLOW`."""

UNKNOWN: Final = "unknown"
"""The value of a label that an event does not know."""

OVERFLOW: Final = "other"
"""The value of open labels once a metric has too many series."""

Collector = Counter | Gauge | Histogram


class UnknownMetricError(ValueError):
    """A name, a label, a closed label's value or a use that metrics.toml does not have: a mistake in the code."""


class Metrics:
    """All metrics of one process, in a registry of their own; safe to use from several threads."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        # Else each counter brings a second series that nobody reads.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry or CollectorRegistry()
        self._collectors = {name: _collector(metric, self.registry) for name, metric in METRICS.items()}
        self._seen: dict[str, set[tuple[str, ...]]] = {name: set() for name in METRICS}
        for name, metric in METRICS.items():
            if metric.labels and metric.closed:
                for values in product(*(label.values for label in metric.labels)):
                    self._collectors[name].labels(*values)
        self.set("fixloop_build_info", 1, version=__version__)

    def add(self, name: str, amount: float = 1.0, **labels: str | None) -> None:
        """Count `amount` more on a counter. Raises `UnknownMetricError`."""
        collector = self._series(name, MetricKind.COUNTER, labels)
        assert isinstance(collector, Counter)  # noqa: S101 -- tells the type checker what the kind says
        collector.inc(amount)

    def set(self, name: str, value: float, **labels: str | None) -> None:
        """Set a gauge. Raises `UnknownMetricError`."""
        collector = self._series(name, MetricKind.GAUGE, labels)
        assert isinstance(collector, Gauge)  # noqa: S101 -- tells the type checker what the kind says
        collector.set(value)

    def observe(self, name: str, value: float, **labels: str | None) -> None:
        """Put one measurement into a histogram. Raises `UnknownMetricError`."""
        collector = self._series(name, MetricKind.HISTOGRAM, labels)
        assert isinstance(collector, Histogram)  # noqa: S101 -- tells the type checker what the kind says
        collector.observe(value)

    def exposition(self) -> bytes:
        """Every metric in Prometheus' text format, as `CONTENT_TYPE` names it."""
        return generate_latest(self.registry)

    def _series(self, name: str, kind: MetricKind, labels: dict[str, str | None]) -> Collector:
        metric = METRICS.get(name)
        if metric is None:
            raise UnknownMetricError(f"metrics.toml has no metric {name!r}")
        if metric.kind is not kind:
            raise UnknownMetricError(f"{name} is a {metric.kind}, not a {kind}")
        if set(labels) != set(metric.label_names):
            raise UnknownMetricError(f"{name} has the labels {metric.label_names}, not {tuple(labels)}")
        collector = self._collectors[name]
        return collector.labels(*self._values(metric, labels)) if metric.labels else collector

    def _values(self, metric: Metric, labels: dict[str, str | None]) -> tuple[str, ...]:
        values = tuple(_value(labels[label]) for label in metric.label_names)
        for label, value in zip(metric.labels, values, strict=True):
            if label.values and value not in label.values:
                raise UnknownMetricError(f"{metric.name}: the label {label.name} cannot be {value!r}")
        if metric.closed or values in self._seen[metric.name]:
            return values
        if len(self._seen[metric.name]) >= MAX_SERIES_PER_METRIC:
            return tuple(
                value if label.values else OVERFLOW
                for label, value in zip(metric.labels, values, strict=True)
            )
        self._seen[metric.name].add(values)
        return values


def _value(value: str | None) -> str:
    # An empty label is no label to Prometheus: sums by it would lose the series' place on a board.
    return str(value) if value else UNKNOWN


def _collector(metric: Metric, registry: CollectorRegistry) -> Collector:
    match metric.kind:
        case MetricKind.COUNTER:
            return Counter(metric.name, metric.help, metric.label_names, registry=registry)
        case MetricKind.GAUGE:
            return Gauge(metric.name, metric.help, metric.label_names, registry=registry)
        case MetricKind.HISTOGRAM:
            return Histogram(
                metric.name, metric.help, metric.label_names, registry=registry, buckets=metric.buckets
            )

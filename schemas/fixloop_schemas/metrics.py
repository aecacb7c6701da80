"""The metrics as data, so that code, rules and boards can be held against one list. Standard library only."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final


class MetricKind(StrEnum):
    """How the values of a metric behave."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Role(StrEnum):
    """The processes that serve `/metrics`."""

    DETECT = "detect"
    LEDGER = "ledger"
    LAND = "land"
    EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class Label:
    """One label; `values` is empty where the set is open."""

    name: str
    help: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric as it is exposed."""

    name: str
    kind: MetricKind
    help: str
    labels: tuple[Label, ...]
    buckets: tuple[float, ...]
    """Upper bounds of a histogram, ascending, in the unit that the name ends with; empty for the other kinds."""
    exposed_by: tuple[Role, ...]

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names of the labels, in order."""
        return tuple(label.name for label in self.labels)

    @property
    def closed(self) -> bool:
        """Whether every label set is known beforehand."""
        return all(label.values for label in self.labels)

    @property
    def series_names(self) -> tuple[str, ...]:
        """The names under which its samples are found."""
        if self.kind is MetricKind.HISTOGRAM:
            return (f"{self.name}_bucket", f"{self.name}_sum", f"{self.name}_count")
        return (self.name,)


def load(text: str) -> Mapping[str, Metric]:
    """The metrics that `text` (TOML) describes, by name.

    Raises:
        ValueError: it is no TOML, a field is missing or unknown, or has a value that it cannot have.
    """
    document = tomllib.loads(text)
    if set(document) != {"labels", "metrics"}:
        raise ValueError(f"expected the tables labels and metrics, not {sorted(document)}")
    labels = {name: _label(name, fields) for name, fields in document["labels"].items()}
    return MappingProxyType(
        {name: _metric(name, fields, labels) for name, fields in document["metrics"].items()}
    )


def _label(name: str, fields: Mapping[str, Any]) -> Label:
    _check_fields(name, fields, required={"help"}, optional={"values"})
    return Label(name, fields["help"], tuple(fields.get("values", ())))


def _metric(name: str, fields: Mapping[str, Any], labels: Mapping[str, Label]) -> Metric:
    _check_fields(name, fields, required={"kind", "help", "labels", "exposed_by"}, optional={"buckets"})
    unknown = set(fields["labels"]) - set(labels)
    if unknown:
        raise ValueError(f"{name}: no label {sorted(unknown)}")
    metric = Metric(
        name=name,
        kind=MetricKind(fields["kind"]),
        help=fields["help"],
        labels=tuple(labels[label] for label in fields["labels"]),
        buckets=tuple(float(bound) for bound in fields.get("buckets", ())),
        exposed_by=tuple(Role(role) for role in fields["exposed_by"]),
    )
    if bool(metric.buckets) != (metric.kind is MetricKind.HISTOGRAM):
        raise ValueError(f"{name}: a histogram has buckets, and nothing else has")
    if name.endswith("_total") != (metric.kind is MetricKind.COUNTER):
        raise ValueError(f"{name}: a counter ends with _total, and nothing else does")
    return metric


def _check_fields(name: str, fields: Mapping[str, Any], *, required: set[str], optional: set[str]) -> None:
    missing, unknown = required - set(fields), set(fields) - required - optional
    if missing or unknown:
        raise ValueError(f"{name}: missing fields {sorted(missing)}, unknown fields {sorted(unknown)}")


METRICS: Final = load(files("fixloop_schemas").joinpath("metrics.toml").read_text(encoding="utf-8"))
"""Every metric, by name."""

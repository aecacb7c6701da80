"""Where the files of alerts and boards are, and what they name."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from fixloop_schemas.metrics import METRICS

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
RULES: Final = tuple(sorted((DEPLOY / "prometheus" / "rules").glob("*.yaml")))
RUNBOOKS: Final = DEPLOY / "runbooks"
RULE_TESTS: Final = tuple(sorted(Path(__file__).parent.glob("*.test.yaml")))

_STRINGS: Final = re.compile(r'"[^"]*"')
_NOT_METRICS: Final = re.compile(r"\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring)\s*\([^)]*\)")
_NAMES: Final = re.compile(r"(?<![\w:$])([a-zA-Z_:][\w:]*)(?!\s*\()\b(?![\w:]*\s*\()")
_WORDS: Final = frozenset({"and", "or", "unless", "bool", "offset"})
# Prometheus itself makes this one for each target.
_BUILT_IN: Final = frozenset({"up"})


def rules() -> Iterator[dict[str, Any]]:
    """Every rule of every group."""
    for path in RULES:
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            yield from group["rules"]


def alerts() -> dict[str, dict[str, Any]]:
    """The alerting rules by name."""
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def recorded() -> frozenset[str]:
    """The names of the recording rules."""
    return frozenset(rule["record"] for rule in rules() if "record" in rule)


def known_series() -> frozenset[str]:
    """Every name that a rule or a board may ask for."""
    ours = frozenset(name for metric in METRICS.values() for name in metric.series_names)
    return ours | recorded() | _BUILT_IN


def metric_names(expression: str) -> frozenset[str]:
    """The names of the series that a PromQL expression asks for."""
    bare = _NOT_METRICS.sub(" ", _STRINGS.sub('""', expression))
    return frozenset(_NAMES.findall(bare)) - _WORDS

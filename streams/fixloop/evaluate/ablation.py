"""What each rule and each look-alike filter adds: the scores without it, beside those with all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from fixloop.evaluate.called import CALLING_KINDS, Session
from fixloop.evaluate.counts import Counts
from fixloop.evaluate.report import Report
from fixloop_schemas.vocabulary import Kind

RULES: Final = tuple(kind for kind in Kind if kind in CALLING_KINDS)
"""Each is left out by not counting its detections; what else the core makes of them stays."""
FILTERS: Final = (
    Kind.FLAKY,
    Kind.RESTORE_CHECK,
    Kind.EXPECTATION_CHURN,
    Kind.TEST_IN_DEVELOPMENT,
    Kind.REQUIREMENT_CHANGE,
    Kind.DIFFERENT_FAILURE,
    Kind.DIFFERENT_SCOPE,
    Kind.ENVIRONMENT,
    Kind.INDEPENDENT_ATTEMPTS,
    Kind.INFRASTRUCTURE,
)
"""Each is left out inside the core, and what it explained counts as genuine. `first_regression` and `preexisting` are not among
them: they name what is no return to begin with, and keep nothing from being called."""
SCORED: Final = (Kind.REINTRODUCTION, Kind.COUPLED_CYCLE)
"""Kinds of which hidden truth tells how they fare."""


@dataclass(frozen=True, slots=True)
class Ablated:
    """The scores with one kind left out; with none, where `left_out` is None."""

    left_out: Kind | None
    sessions: Counts
    fire_rate: float | None
    """Of the sessions without a label."""
    by_kind: Mapping[Kind, Counts]
    """Of the kinds in `SCORED`."""

    @classmethod
    def of(cls, left_out: Kind | None, report: Report) -> "Ablated":
        """The row of a report that was made without a kind."""
        by_kind = {kind: report.by_kind.get(kind, Counts()) for kind in SCORED}
        return cls(left_out, report.scores.counts, report.scores.fire_rate, by_kind)

    def as_json(self) -> dict[str, Any]:
        """The row as plain values."""
        return {
            "left_out": self.left_out.value if self.left_out else None,
            "session_precision": self.sessions.precision,
            "session_recall": self.sessions.recall,
            "fire_rate": self.fire_rate,
            "by_kind": {
                kind.value: {"precision": counts.precision, "recall": counts.recall}
                for kind, counts in self.by_kind.items()
            },
        }


def without_rule(session: Session, kind: Kind) -> Session:
    """A session as if the rule of an alerting kind had said nothing."""
    return replace(session, versions=tuple(each for each in session.versions if each.kind is not kind))

"""All figures of one evaluation, and their JSON form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fixloop.evaluate.calibration import Calibration
from fixloop.evaluate.called import Session, fired
from fixloop.evaluate.counts import Counts
from fixloop.evaluate.intervals import wilson
from fixloop.evaluate.lead_time import LeadTime
from fixloop.evaluate.rates import Rate, rates
from fixloop.evaluate.session_scores import Disagreement, SessionScores
from fixloop_schemas.vocabulary import ALERTING_KINDS, Kind


@dataclass(frozen=True, slots=True)
class Report:
    """What `fixloop evaluate` found."""

    sessions: tuple[Session, ...]
    threshold: float
    scores: SessionScores
    rules: Mapping[str, SessionScores]
    """The simpler rules by name, on the same sessions."""
    by_kind: Mapping[Kind, Counts]
    confused: Mapping[tuple[Kind, Kind], int]
    calibration: Calibration
    lead_time: LeadTime

    def fire_rates(self) -> dict[Kind, float]:
        """Of all sessions, the share in which each alerting kind stands."""
        total = len(self.sessions)
        return {
            kind: fired(self.sessions, [kind], self.threshold) / total if total else 0.0
            for kind in Kind
            if kind in ALERTING_KINDS
        }

    def as_json(self) -> dict[str, Any]:
        """The report as plain values; a share is None where there is nothing to divide by."""
        interval = wilson(self.scores.fired, self.scores.unlabelled)
        return {
            "sessions": len(self.sessions),
            "threshold": self.threshold,
            **_scores(self.scores),
            "fire_rate_interval": list(interval) if interval else None,
            "false_alarms": [_disagreement(each) for each in self.scores.false_alarms],
            "missed": [_disagreement(each) for each in self.scores.missed],
            "by_kind": {kind.value: _counts(counts) for kind, counts in self.by_kind.items()},
            "fire_rate_by_kind": {kind.value: rate for kind, rate in self.fire_rates().items()},
            "confusion": [
                {"happened": happened.value, "said": said.value, "count": count}
                for (happened, said), count in sorted(self.confused.items())
            ],
            "calibration_error": self.calibration.error,
            "calibration": [
                {
                    "low": each.low,
                    "high": each.high,
                    "count": each.count,
                    "confidence": each.confidence,
                    "true": each.share_true,
                }
                for each in self.calibration.bins
            ],
            "lead_time": {
                "sessions": self.lead_time.sessions,
                "edits_left": self.lead_time.edits_left,
                "laps_at_call": self.lead_time.laps_at_call,
                "laps_in_the_end": self.lead_time.laps_in_the_end,
            },
            "rules": {name: _scores(scores) for name, scores in self.rules.items()},
            "rates": [_rate(each) for each in rates(self.sessions, self.threshold)],
        }


def _scores(scores: SessionScores) -> dict[str, Any]:
    return {
        "session_precision": scores.counts.precision,
        "session_recall": scores.counts.recall,
        "session_f1": scores.counts.f1,
        "fire_rate": scores.fire_rate,
        "labelled": scores.labelled,
        "unlabelled": scores.unlabelled,
    }


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        "tp": counts.tp,
        "fp": counts.fp,
        "fn": counts.fn,
        "precision": counts.precision,
        "recall": counts.recall,
        "f1": counts.f1,
    }


def _rate(each: Rate) -> dict[str, Any]:
    return {
        "by": each.by,
        "name": each.name,
        "kind": each.kind.value if each.kind else None,
        "sessions": each.sessions,
        "called": each.called,
        "rate": each.rate,
        "low": each.low,
        "high": each.high,
    }


def _disagreement(each: Disagreement) -> dict[str, Any]:
    return {"file": each.file, "session": each.session, "label": each.label, "kinds": list(each.kinds)}

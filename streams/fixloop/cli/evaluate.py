"""Measure the detector against labels or hidden truth, beside simpler rules.

PATH is a file or a folder, as for `fixloop replay`. Labels are a JSON list of {file, session, label}; hidden truth is what
`fixloop simulate` writes beside its sessions. Without either, only the rates at which each kind fires are told.

Examples:
  fixloop evaluate recordings/ --labels labels.json
  fixloop evaluate simulated/ --truth simulated/truth.json --json
"""

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fixloop.errors import UsageError
from fixloop.settings import Settings

if TYPE_CHECKING:
    from fixloop.evaluate.counts import Counts
    from fixloop.evaluate.kind_scores import Truth
    from fixloop.evaluate.labels import Label
    from fixloop.evaluate.report import Report
    from fixloop.evaluate.session_scores import SessionScores


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop evaluate`."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="an event file, or a folder of them"
    )
    parser.add_argument("--labels", type=Path, metavar="FILE", help="labels of recorded sessions")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="hidden truth of simulated sessions")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of tables")


def run(arguments: argparse.Namespace) -> int:
    """Fold every session, and print how right the detections are."""
    from fixloop.workers.evaluation import evaluate

    threshold = Settings.from_environment(os.environ).alert_threshold
    labels = _labels(arguments.labels) if arguments.labels else {}
    truths = _truths(arguments.truth) if arguments.truth else {}
    report = evaluate(arguments.paths, labels, truths, threshold)
    if arguments.json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        _print(report)
    return 0


def _labels(path: Path) -> "dict[tuple[str, str], Label]":
    from fixloop.evaluate.labels import LabelError, by_session, read_labels

    try:
        return by_session(read_labels(_text(path)))
    except LabelError as error:
        raise UsageError(f"{path}: {error}.") from error


def _truths(path: Path) -> "Mapping[str, Sequence[Truth]]":
    from fixloop.workers.hidden_truth import truths_of

    _text(path)
    try:
        return truths_of(path)
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no truth that `fixloop simulate` wrote: {error}.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise UsageError(f"{path} cannot be read: {reason}.") from None


def _print(report: "Report") -> None:
    from fixloop.evaluate.intervals import wilson

    rules: list[tuple[str, SessionScores]] = [("fixloop", report.scores), *report.rules.items()]
    print(
        f"{len(report.sessions)} sessions, {report.scores.labelled} of them labelled; alert threshold {report.threshold}"
    )
    _table(
        "Whole sessions",
        ("rule", "precision", "recall", "F1", "fires on unlabelled"),
        [_rule(*each) for each in rules],
    )
    interval = wilson(report.scores.fired, report.scores.unlabelled)
    if interval:
        print(
            f"fixloop fires on {report.scores.fired} unlabelled sessions, 95 % interval {interval[0]:.3%} to {interval[1]:.3%}"
        )
    kinds = [(kind, counts) for kind, counts in report.by_kind.items() if counts.tp + counts.fp + counts.fn]
    if kinds:
        head = ("kind", "tp", "fp", "fn", "precision", "recall", "F1")
        _table("Each kind", head, [(kind.value, *_counts(counts)) for kind, counts in kinds])
    if report.confused:
        rows = sorted(
            ((a.value, b.value, n) for (a, b), n in report.confused.items()), key=lambda row: -row[2]
        )
        _table("Taken for something else", ("what happened", "what is said", "count"), rows)
    _table(
        "How often each alerting kind fires",
        ("kind", "sessions"),
        [(k.value, f"{r:.2%}") for k, r in report.fire_rates().items()],
    )
    _print_calibration(report)
    for title, found in (("False alarms", report.scores.false_alarms), ("Missed", report.scores.missed)):
        if found:
            _table(
                title,
                ("file", "session", "label", "kinds"),
                [(d.file, d.session, d.label, ", ".join(d.kinds)) for d in found],
            )


def _print_calibration(report: "Report") -> None:
    lead = report.lead_time
    if lead.sessions:
        print(
            f"\nCalled in {lead.sessions} sessions, in the median with {lead.edits_left:g} edits still to come, "
            f"at return {lead.laps_at_call:g} of {lead.laps_in_the_end:g}"
        )
    if report.calibration.error is None:
        return
    rows = [
        (f"{each.low:.1f} to {each.high:.1f}", each.count, f"{each.confidence:.2f}", f"{each.share_true:.2f}")
        for each in report.calibration.bins
    ]
    _table("Calibration of alerting kinds", ("confidence", "count", "mean", "true"), rows)
    print(f"expected calibration error {report.calibration.error:.3f}")


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    from fixloop.board.tables import result_table
    from fixloop.cli.output import show, symbols

    print(f"\n{title}\n")
    show(result_table(head, rows, symbols()))


def _rule(name: str, scores: "SessionScores") -> tuple[object, ...]:
    counts = scores.counts
    return name, _share(counts.precision), _share(counts.recall), _share(counts.f1), _share(scores.fire_rate)


def _counts(counts: "Counts") -> tuple[object, ...]:
    return counts.tp, counts.fp, counts.fn, _share(counts.precision), _share(counts.recall), _share(counts.f1)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"

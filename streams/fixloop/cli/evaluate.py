"""Measure the detector against labels or hidden truth, beside simpler rules.

PATH is a file or a folder, as for `fixloop replay`. Labels are a JSON list of {file, session, label}; hidden truth is what
`fixloop simulate` writes beside its sessions. Without either, only the rates at which each kind fires are told.

Examples:
  fixloop evaluate recordings/ --labels labels.json
  fixloop evaluate simulated/ --truth simulated/truth.json --json
  fixloop evaluate recordings/ --labels labels.json --ablation
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
    from fixloop.evaluate.kind_scores import Truth
    from fixloop.evaluate.labels import Label


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop evaluate`."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="an event file, or a folder of them"
    )
    parser.add_argument("--labels", type=Path, metavar="FILE", help="labels of recorded sessions")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="hidden truth of simulated sessions")
    parser.add_argument(
        "--ablation", action="store_true", help="tell also what each rule and each look-alike filter adds"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of tables")


def run(arguments: argparse.Namespace) -> int:
    """Fold every session, and print how right the detections are."""
    from fixloop.cli.evaluation_tables import print_ablation, print_report
    from fixloop.workers.ablation import ablate
    from fixloop.workers.evaluation import Known, read_sessions, report_on

    threshold = Settings.from_environment(os.environ).alert_threshold
    labels = _labels(arguments.labels) if arguments.labels else {}
    truths = _truths(arguments.truth) if arguments.truth else {}
    known = Known(labels, truths, threshold)
    read = read_sessions(arguments.paths)
    report = report_on(read, known)
    ablation = ablate(arguments.paths, read, known) if arguments.ablation else ()
    if arguments.json:
        rows = {"ablation": [row.as_json() for row in ablation]} if ablation else {}
        print(json.dumps({**report.as_json(), **rows}, ensure_ascii=False, indent=2))
    else:
        print_report(report)
        print_ablation(ablation, kinds=bool(truths))
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

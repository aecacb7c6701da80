"""The evaluation once more for each rule and each look-alike filter, without it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fixloop.evaluate.ablation import FILTERS, RULES, Ablated, without_rule
from fixloop.workers.evaluation import Known, ReadSessions, read_sessions, report_on


def ablate(paths: Sequence[Path], read: ReadSessions, known: Known) -> tuple[Ablated, ...]:
    """The scores of all of it, then without each rule, then without each filter.

    Args:
        paths: the event files; they are read once more for each filter.
        read: what they hold, with nothing left out.
        known: labels and truths.
    """
    rows = [Ablated.of(None, report_on(read, known))]
    for kind in RULES:
        less = replace(read, sessions=tuple(without_rule(session, kind) for session in read.sessions))
        rows.append(Ablated.of(kind, report_on(less, known)))
    rows += [Ablated.of(kind, report_on(read_sessions(paths, (kind,)), known)) for kind in FILTERS]
    return tuple(rows)

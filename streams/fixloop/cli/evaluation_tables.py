"""An evaluation as tables in a terminal."""

from collections.abc import Sequence

from fixloop.board.tables import result_table
from fixloop.cli.output import show, symbols
from fixloop.evaluate.ablation import SCORED, Ablated
from fixloop.evaluate.counts import Counts
from fixloop.evaluate.intervals import wilson
from fixloop.evaluate.rates import Rate, rates
from fixloop.evaluate.report import Report
from fixloop.evaluate.session_scores import SessionScores


def print_report(report: Report) -> None:
    """All tables of a report."""
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
    _print_rates(rates(report.sessions, report.threshold))
    _print_calibration(report)
    for title, found in (("False alarms", report.scores.false_alarms), ("Missed", report.scores.missed)):
        if found:
            _table(
                title,
                ("file", "session", "label", "kinds"),
                [(d.file, d.session, d.label, ", ".join(d.kinds)) for d in found],
            )


def print_ablation(ablation: Sequence[Ablated], *, kinds: bool) -> None:
    """The scores with one kind left out in each row; `kinds` tells of single kinds too, which takes hidden truth."""
    if not ablation:
        return
    head = ["left out", "precision", "recall", "fires on unlabelled"]
    if kinds:
        head += [f"{kind.value} {what}" for kind in SCORED for what in ("precision", "recall")]
    _table(
        "What each rule and each look-alike filter adds",
        head,
        [_ablated(row, kinds=kinds) for row in ablation],
    )


def _ablated(row: Ablated, *, kinds: bool) -> list[str]:
    shares = [row.sessions.precision, row.sessions.recall, row.fire_rate]
    if kinds:
        shares += [
            share for kind in SCORED for share in (row.by_kind[kind].precision, row.by_kind[kind].recall)
        ]
    return [row.left_out.value if row.left_out else "nothing", *map(_share, shares)]


def _print_rates(found: Sequence[Rate]) -> None:
    rows = [
        (*_place(rate), rate.sessions, rate.called, f"{rate.rate:.2%}", f"{rate.low:.2%} to {rate.high:.2%}")
        for rate in found
        if rate.kind is None or rate.called
    ]
    _table("Rates", ("by", "name", "what", "sessions", "with it", "share", "95 % interval"), rows)


def _place(rate: Rate) -> tuple[str, str, str]:
    return rate.by, rate.name, rate.kind.value if rate.kind else "called"


def _print_calibration(report: Report) -> None:
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
    print(f"\n{title}\n")
    show(result_table(head, rows, symbols()))


def _rule(name: str, scores: SessionScores) -> tuple[object, ...]:
    counts = scores.counts
    return name, _share(counts.precision), _share(counts.recall), _share(counts.f1), _share(scores.fire_rate)


def _counts(counts: Counts) -> tuple[object, ...]:
    return counts.tp, counts.fp, counts.fn, _share(counts.precision), _share(counts.recall), _share(counts.f1)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"

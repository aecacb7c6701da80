"""What is told of a session, as lines for people and as JSON for programs (its keys: docs/explain.md)."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from fixloop.board.account import account
from fixloop.board.bugs import bugs_heading, bugs_table
from fixloop.board.grid import Grid, Run, named
from fixloop.board.growth import Said, growth_of
from fixloop.board.line import Line, Piece, Style, line
from fixloop.board.symbols import Symbols, legend
from fixloop.board.timeline import timeline
from fixloop.board.title import title
from fixloop_schemas.vocabulary import DetectionStatus

if TYPE_CHECKING:
    from fixloop.workers.explain import Explanation

NameOf = Callable[[str], str | None]
"""The local name of a file by its path in the events; None where this machine does not know it."""

MAX_DETECTIONS: Final = 20
MAX_TESTS: Final = 16


def as_lines(explanation: "Explanation", name_of: NameOf, symbols: Symbols, width: int) -> tuple[Line, ...]:
    """The whole session, for a terminal or a pager."""
    grid = named(explanation.grid, name_of)
    ordered = sorted(explanation.detections, key=_rank)
    standing = [each[-1].detection for each in ordered if each[-1].detection.status is DetectionStatus.OPEN]
    kinds = {each[-1].detection.detection_id: each[-1].detection.kind.value for each in ordered}
    lines = [*title(grid, explanation.who, symbols), *_notes(explanation), line("")]
    lines += [*timeline(grid, standing, symbols, width, MAX_TESTS), line("")]
    lines += [*legend(symbols), line("")] if grid.runs else []
    lines += [bugs_heading(explanation.bugs), *bugs_table(explanation.bugs, grid, symbols)]
    lines += [line(""), _verdict(ordered)]
    for versions in ordered[:MAX_DETECTIONS]:
        lines += [line(""), *account(grid, versions, kinds, symbols)]
    if len(ordered) > MAX_DETECTIONS:
        left_out = len(ordered) - MAX_DETECTIONS
        lines += [line(""), line(Piece(f"+{left_out} more detections; --json has them all", Style.FAINT))]
    return tuple(lines)


def as_json(explanation: "Explanation", name_of: NameOf) -> dict[str, Any]:
    """The whole session as one document."""
    who = explanation.who
    return {
        "session_id": explanation.session_id,
        "gen_ai_agent_name": who.gen_ai_agent_name,
        "gen_ai_request_model": who.gen_ai_request_model,
        "vcs_repository_name": who.vcs_repository_name,
        "detector_version": explanation.detector_version,
        "other_detector_versions": list(explanation.other_detectors),
        "events": explanation.events,
        "events_lost": explanation.lost,
        "events_waiting": explanation.waiting,
        "events_unreadable": explanation.unreadable,
        "first_time": _time(explanation.first_time),
        "last_time": _time(explanation.last_time),
        "runs": _runs(explanation),
        "edits": _edits(explanation.grid, name_of),
        "bugs": [asdict(bug) for bug in explanation.bugs],
        "detections": [_detection(versions) for versions in sorted(explanation.detections, key=_rank)],
    }


def _notes(explanation: "Explanation") -> list[Line]:
    """What has to be known to read the rest rightly; nothing as a rule."""
    first, last = explanation.first_time, explanation.last_time
    lines = (
        [line(Piece(f"{first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S} UTC", Style.FAINT))]
        if first and last
        else []
    )
    notes = []
    if others := explanation.other_detectors:
        notes.append(
            f"The detections are of detector {', '.join(others)}; the bugs are as detector {explanation.detector_version} sees them."
        )
    if explanation.lost:
        notes.append(f"Events of this session that never came: {explanation.lost}.")
    if explanation.waiting:
        notes.append(
            f"Events at the end that wait for one before them, and tell nothing yet: {explanation.waiting}."
        )
    if explanation.unreadable:
        notes.append(f"Events or lines that could not be read: {explanation.unreadable}.")
    return lines + [line(Piece(note, Style.CAUTION)) for note in notes]


def _verdict(ordered: Sequence[Sequence[Said]]) -> Line:
    if not ordered:
        return line(
            Piece("No detections", Style.HEADING),
            ": nothing that was fixed came back, and nothing looked like it.",
        )
    latest = [versions[-1].detection for versions in ordered]
    standing = [one for one in latest if one.status is DetectionStatus.OPEN]
    alerting = sum(one.kind.alerting for one in standing)
    closed = Counter(one.status.value for one in latest if one.status is not DetectionStatus.OPEN)
    alike = len(standing) - alerting
    parts = [f"{alerting} of alerting kinds", f"{alike} look-alike{'' if alike == 1 else 's'}"]
    parts += [f"{count} {status}" for status, count in sorted(closed.items())]
    return line(Piece("Detections", Style.HEADING), f": {', '.join(parts)}")


def _rank(versions: Sequence[Said]) -> tuple[object, ...]:
    """First what stands and can alert, the surest first; then look-alikes; then what was superseded or withdrawn."""
    latest = versions[-1].detection
    stands = latest.status is DetectionStatus.OPEN
    return not stands, not latest.kind.alerting, -latest.confidence, latest.first_seq, latest.detection_id


def _runs(explanation: "Explanation") -> list[dict[str, Any]]:
    """The runs, with the outcomes of tests that were ever red or that a detection or a bug names."""
    told = {bug.test_case_name for bug in explanation.bugs} | set(explanation.grid.ever_red())
    told |= {bug.test_case_name for versions in explanation.detections for bug in versions[-1].detection.bugs}
    return [_run(run, told) for run in explanation.grid.runs]


def _run(run: Run, told: Iterable[str]) -> dict[str, Any]:
    return {
        "number": run.number,
        "run_id": run.run_id,
        "seq": run.seq,
        "tests": len(run.cells),
        "product_edits_before": sum(change.product for change in run.changes),
        "other_edits_before": sum(not change.product for change in run.changes),
        "outcomes": [
            {
                "test_case_name": name,
                "outcome": run.cells[name].outcome.value,
                "inferred": run.cells[name].inferred,
            }
            for name in sorted(told)
            if name in run.cells
        ],
    }


def _edits(grid: Grid, name_of: NameOf) -> list[dict[str, Any]]:
    stretches = [*((run.number, run.changes) for run in grid.runs), (None, grid.changes_after)]
    return [
        {
            "event_id": change.event_id,
            "seq": change.seq,
            "before_run": number,
            "path": change.path,
            "name": change.path and (name_of(change.path) or change.told_path),
            "role": None if change.restore else change.role,
            "restore": change.role if change.restore else None,
            "product": change.product,
        }
        for number, changes in stretches
        for change in changes
    ]


def _detection(versions: Sequence[Said]) -> dict[str, Any]:
    latest = versions[-1].detection
    document = latest.model_dump(mode="json", include=set(_OF_DETECTION))
    document["alerting"] = latest.kind.alerting
    document["bugs"] = [{name: getattr(bug, name) for name in _OF_BUG} for bug in latest.bugs]
    document["versions"] = [
        {
            "version": growth.said.detection.detection_version,
            "detector_version": growth.said.detection.detector_version,
            "seq": growth.said.detection.last_seq,
            "time": _time(growth.said.time),
            "status": growth.said.detection.status.value,
            "confidence": growth.said.detection.confidence,
            "laps": growth.said.detection.laps,
            "changes": list(growth.changes),
        }
        for growth in growth_of(versions)
    ]
    return document


def _time(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


_OF_BUG: Final = ("bug_id", "test_case_name", "error_type", "signature_digest", "signature_version")
_OF_DETECTION: Final = frozenset(
    {
        "detection_id",
        "detection_version",
        "detector_version",
        "kind",
        "status",
        "confidence",
        "laps",
        "first_seq",
        "last_seq",
        "returns",
        "reasons",
        "supersedes",
        "superseded_by",
    }
)

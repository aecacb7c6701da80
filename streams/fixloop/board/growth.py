"""How a detection grew: what each of its versions said that the one before did not. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import DetectionStatus


@dataclass(frozen=True, slots=True)
class Said:
    """One version of a detection, and when the event was that led to it."""

    detection: DetectionRecordedV1
    time: datetime | None


@dataclass(frozen=True, slots=True)
class Growth:
    """One version, and what it changed."""

    said: Said
    changes: tuple[str, ...]
    """In words: what was found first, what came along, and with a withdrawal why."""


def growth_of(versions: Sequence[Said]) -> tuple[Growth, ...]:
    """The growth of one detection from its versions, oldest first."""
    first = Growth(versions[0], ("found",))
    later = (Growth(now, _changes(before.detection, now.detection)) for before, now in pairwise(versions))
    return (first, *later)


def by_detection(versions: Iterable[Said]) -> tuple[tuple[Said, ...], ...]:
    """The versions of each detection, oldest first, each version once; detections in the order in which they were found."""
    found: dict[str, dict[int, Said]] = {}
    for said in versions:
        of_one = found.setdefault(said.detection.detection_id, {})
        of_one.setdefault(said.detection.detection_version, said)
    grown = [tuple(said for _, said in sorted(of_one.items())) for of_one in found.values()]
    return tuple(
        sorted(grown, key=lambda each: (each[0].detection.first_seq, each[0].detection.detection_id))
    )


def _changes(before: DetectionRecordedV1, now: DetectionRecordedV1) -> tuple[str, ...]:
    changes = []
    if now.status is not before.status:
        changes.append(_status(now))
    if now.laps != before.laps:
        changes.append(f"{now.laps} {'lap' if now.laps == 1 else 'laps'}")
    changes += _more("return", len(now.returns) - len(before.returns))
    changes += _more("bug", len(now.bugs) - len(before.bugs))
    changes += _reasons(before, now)
    return tuple(changes) or ("no other argument",)


def _status(now: DetectionRecordedV1) -> str:
    if now.status is DetectionStatus.SUPERSEDED and now.superseded_by:
        return f"superseded by {now.superseded_by[:12]}"
    return "open again" if now.status is DetectionStatus.OPEN else now.status.value


def _more(noun: str, more: int) -> list[str]:
    return [f"{more} more {noun if more == 1 else noun + 's'}"] if more > 0 else []


def _reasons(before: DetectionRecordedV1, now: DetectionRecordedV1) -> list[str]:
    """The arguments that are new; when it was withdrawn, the last of them says why."""
    known = {(reason.code, reason.text) for reason in before.reasons}
    return [reason.text for reason in now.reasons if (reason.code, reason.text) not in known]

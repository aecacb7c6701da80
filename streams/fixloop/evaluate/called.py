"""What the detector, or a simpler rule, said of one session."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import DetectionStatus, Kind

CALLING_KINDS: Final = frozenset(
    {Kind.REINTRODUCTION, Kind.COUPLED_CYCLE, Kind.SIGNATURE_CYCLE, Kind.LOST_FIX}
)
"""Kinds that say that something fixed came back; a session with one of them at the threshold is called."""


@dataclass(frozen=True, slots=True)
class Session:
    """One session as the detector saw it."""

    file: str
    session: str
    """As its source names it."""
    versions: tuple[DetectionRecordedV1, ...]
    """Every version of every detection, in order."""
    edits: int
    runs: int
    edits_by_seq: tuple[int, ...] = field(default=(), repr=False)
    """The places of its edits, in order."""
    dataset: str | None = None
    agent: str | None = None
    model: str | None = None

    def latest(self) -> tuple[DetectionRecordedV1, ...]:
        """The latest version of each detection that was not withdrawn."""
        by_id = {version.detection_id: version for version in self.versions}
        return tuple(found for found in by_id.values() if found.status is not DetectionStatus.WITHDRAWN)

    def standing(self, threshold: float) -> tuple[DetectionRecordedV1, ...]:
        """Look-alikes, and of the alerting kinds those at or above the threshold."""
        return tuple(
            found for found in self.latest() if not found.kind.alerting or found.confidence >= threshold
        )

    def kinds(self, threshold: float) -> frozenset[Kind]:
        """The kinds that stand."""
        return frozenset(found.kind for found in self.standing(threshold))

    def called(self, threshold: float) -> bool:
        """Whether the detector says that something fixed came back."""
        return bool(self.kinds(threshold) & CALLING_KINDS)


def fired(sessions: Sequence[Session], kinds: Iterable[Kind], threshold: float) -> int:
    """In how many sessions at least one of the kinds stands."""
    wanted = frozenset(kinds)
    return sum(bool(session.kinds(threshold) & wanted) for session in sessions)

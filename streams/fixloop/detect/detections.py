"""Detections and their versions. What is learned later is a new version under the same id; nothing is ever taken back silently."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from fixloop.detect.confidence import confidence
from fixloop.detect.facts import Origination
from fixloop.detect.replacing import replace
from fixloop.detect.state import (
    MAX_BUGS,
    MAX_DETECTIONS,
    MAX_RETURNS,
    Detection,
    NamedBug,
    Reason,
    Return,
    SessionState,
    bounded,
)
from fixloop_schemas.vocabulary import DetectionStatus, Kind


@dataclass(slots=True)
class Findings:
    """The detections of a session while one fact is folded: what stood before, and what is new.

    Mutable, and never outside of one `step`; `apply` gives the values.
    """

    session_id: str
    of: Origination
    standing: dict[str, Detection]
    news: dict[str, Detection] = field(default_factory=dict)
    """At most one new version of each detection: what one fact says, it says at once."""

    @classmethod
    def of_state(cls, state: SessionState, of: Origination) -> "Findings":
        """The findings for folding the fact that `of` describes."""
        return cls(state.session_id, of, dict(state.detections))

    def apply(self, state: SessionState) -> tuple[SessionState, tuple[Detection, ...]]:
        """The state with the detections in it, and the new versions in the order in which they came up."""
        if not self.news:
            return state, ()
        return replace(state, detections=bounded(self.standing, MAX_DETECTIONS)), tuple(self.news.values())

    def open_of(self, kind: Kind) -> tuple[Detection, ...]:
        """The detections of a kind that are open, oldest first."""
        return tuple(found for found in self.standing_of(kind) if found.status is DetectionStatus.OPEN)

    def standing_of(self, kind: Kind) -> tuple[Detection, ...]:
        """The detections of a kind that were not withdrawn, oldest first."""
        withdrawn = DetectionStatus.WITHDRAWN
        return tuple(
            found for found in self.standing.values() if found.kind is kind and found.status is not withdrawn
        )

    def naming(self, kind: Kind, bug_id: str) -> Detection | None:
        """The detection of a kind that names a bug and was not withdrawn."""
        standing = self.standing_of(kind)
        return next((found for found in standing if any(bug.bug_id == bug_id for bug in found.bugs)), None)

    def found(
        self,
        kind: Kind,
        bugs: Iterable[NamedBug],
        returns: Iterable[Return],
        reasons: tuple[Reason, ...],
        laps: int = 0,
    ) -> Detection:
        """A new detection, version 1; the same founding evidence gives the same id."""
        returns, bugs = tuple(returns), tuple(bugs)[:MAX_BUGS]
        founding = [kind.value, *sorted(bug.bug_id for bug in bugs)]
        founding += sorted(f"{back.fixing_run}\0{back.returning_run}" for back in returns) or [
            str(self.of.seq)
        ]
        detection = Detection(
            detection_id=sha256(
                "\0".join((self.session_id, *founding)).encode("utf-8", "surrogatepass")
            ).hexdigest()[:32],
            version=1,
            kind=kind,
            status=DetectionStatus.OPEN,
            confidence=confidence(reasons),
            reasons=reasons,
            bugs=bugs,
            laps=laps,
            returns=returns,
            supersedes=(),
            superseded_by=None,
            first_seq=self.of.seq,
            of=self.of,
        )
        return self._record(detection)

    def grow(self, detection: Detection, **changes: object) -> Detection:
        """A new version of a detection; `confidence` follows from its reasons, and evidence stays within its bound."""
        grown: Detection = replace(detection, version=self._next_version(detection), of=self.of, **changes)  # type: ignore[arg-type]
        if len(grown.returns) > MAX_RETURNS:
            grown = replace(grown, returns=(grown.returns[0], *grown.returns[-MAX_RETURNS + 1 :]))
        return self._record(replace(grown, confidence=confidence(grown.reasons)))

    def go_round(
        self,
        cycle: Detection,
        bugs: Iterable[NamedBug],
        returns: Iterable[Return],
        reasons: tuple[Reason, ...],
    ) -> Detection:
        """A new version of a cycle in which bugs came back once more; each further return of the same bug is one more lap."""
        members = merge_bugs(cycle.bugs, bugs)
        laps = max(bug.returns for bug in members)
        if laps > 1:
            weight = min(0.1 * (laps - 1), 0.5)
            reasons = (*reasons, Reason("laps", f"The cycle has gone round {laps} times.", weight))
        return self.grow(cycle, returns=(*cycle.returns, *returns), bugs=members, laps=laps, reasons=reasons)

    def withdraw(self, detection: Detection, reason: Reason) -> Detection:
        """The detection's last version: later evidence overturned it."""
        return self.grow(detection, status=DetectionStatus.WITHDRAWN, reasons=(*detection.reasons, reason))

    def _record(self, detection: Detection) -> Detection:
        self.standing.pop(detection.detection_id, None)
        self.standing[detection.detection_id] = self.news[detection.detection_id] = detection
        return detection

    def _next_version(self, detection: Detection) -> int:
        return detection.version + (0 if detection.detection_id in self.news else 1)


def merge_bugs(known: tuple[NamedBug, ...], more: Iterable[NamedBug]) -> tuple[NamedBug, ...]:
    """`known` with the returns of `more` added up, and after it those of `more` that are new."""
    merged = {bug.bug_id: bug for bug in known}
    for bug in more:
        before = merged.get(bug.bug_id)
        merged[bug.bug_id] = replace(before, returns=before.returns + bug.returns) if before else bug
    return tuple(merged.values())[:MAX_BUGS]

"""Sessions while event files are read: each folded by itself, and all of them through the ledger."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from fixloop.detect import SessionState
from fixloop.detect.ledger import LedgerState
from fixloop.workers.folding import empty, fold
from fixloop.workers.ledger_folding import fold_ledger
from fixloop_schemas.codec import Event
from fixloop_schemas.events.bug_transitioned_v1 import BugTransitionedV1
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import Kind


@dataclass(slots=True)
class Watched:
    """One session of one file."""

    file: str
    session_id: str
    state: SessionState
    found: list[Event] = field(default_factory=list)
    """Every version of every detection in it, in the order in which they were said."""

    @property
    def versions(self) -> list[DetectionRecordedV1]:
        """What is in them."""
        return [event.data for event in self.found if isinstance(event.data, DetectionRecordedV1)]


@dataclass(slots=True)
class WatchedSessions:
    """All sessions of all files. A session that is in two files is two; what is learned across sessions reaches both."""

    without: tuple[Kind, ...] = ()
    """Look-alikes that are left out, to see what they are worth."""
    by_file: dict[tuple[str, str], Watched] = field(default_factory=dict)
    _by_id: dict[str, list[Watched]] = field(default_factory=dict)
    ledgers: dict[str, LedgerState] = field(default_factory=dict)

    def of(self, file: str, session_id: str) -> Watched:
        """A session of a file, known or new."""
        watched = self.by_file.get((file, session_id))
        if watched is None:
            watched = self.by_file[file, session_id] = Watched(
                file, session_id, empty(session_id, self.without)
            )
            self._by_id.setdefault(session_id, []).append(watched)
        return watched

    def fold(self, watched: Watched, event: Event) -> None:
        """Fold an event into its session, and what follows from it into whatever it concerns."""
        watched.state, following = fold(watched.state, event)
        self._record([watched], following)
        waiting = deque(_no_detections(following))
        while waiting:
            waiting += self._learn(waiting.popleft())

    def _learn(self, event: Event) -> Iterable[Event]:
        concerned = self._by_id.get(event.data.session_id, [])
        following: tuple[Event, ...] = ()
        if isinstance(event.data, BugTransitionedV1):
            key = event.data.partition_key
            self.ledgers[key], following = fold_ledger(self.ledgers.get(key), event)
            for found in following:
                self._record(self._by_id.get(found.data.session_id, []), [found])
            return _no_detections(following)
        for watched in concerned:
            watched.state, following = fold(watched.state, event)
            self._record([watched], following)
        return ()

    def _record(self, concerned: Iterable[Watched], events: Iterable[Event]) -> None:
        said = [event for event in events if isinstance(event.data, DetectionRecordedV1)]
        for watched in concerned:
            watched.found += said


def _no_detections(events: Iterable[Event]) -> list[Event]:
    return [event for event in events if not isinstance(event.data, DetectionRecordedV1)]

"""The shipped recordings through the embedded runner: what `fixloop demo` shows. Nothing here knows what will be found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fixloop.ingest.event_files import read_events
from fixloop.ingest.recordings import shipped_paths
from fixloop.land.queries import query_text
from fixloop.land.store import Result, dsn_of, open_store
from fixloop.workers.replay import Read, replay_embedded
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import DetectionStatus, Kind

QUESTION = "reintroductions_by_model"


@dataclass(frozen=True, slots=True)
class DemoSession:
    """One recorded session, and the latest version of each detection in it."""

    session_id: str
    events: tuple[Event, ...]
    detections: tuple[DetectionRecordedV1, ...]

    @property
    def alerting(self) -> tuple[DetectionRecordedV1, ...]:
        """The detections that alert and stand, the surest first."""
        standing = (
            one for one in self.detections if one.kind.alerting and one.status is DetectionStatus.OPEN
        )
        return tuple(sorted(standing, key=lambda one: -one.confidence))

    @property
    def cycles(self) -> int:
        """How many coupled cycles stand."""
        return sum(one.kind is Kind.COUPLED_CYCLE for one in self.alerting)


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything that the demo found, and the answer to its one question."""

    sessions: tuple[DemoSession, ...]
    question: str
    answer: Result


def run_demo(directory: Path) -> Demo:
    """Replay the shipped recordings into the embedded store at `directory`, and ask the store what was found.

    Raises:
        FixloopError: the store cannot be opened there, or a shipped recording cannot be read.
    """
    dsn = dsn_of(directory)
    events: dict[str, list[Event]] = {}
    _, found = replay_embedded(_noting(read_events(shipped_paths()), events), dsn)
    question = query_text(QUESTION)
    with open_store(dsn) as store:
        answer = store.query(question)
    sessions = tuple(
        DemoSession(
            session_id, tuple(of_session), tuple(one for one in found if one.session_id == session_id)
        )
        for session_id, of_session in events.items()
    )
    return Demo(sessions, question, answer)


def _noting(items: Iterable[Read], events: dict[str, list[Event]]) -> Iterator[Read]:
    """The items, while the events among them are noted by session."""
    for source, item in items:
        if not isinstance(item, Rejected):
            events.setdefault(item.data.session_id, []).append(item)
        yield source, item

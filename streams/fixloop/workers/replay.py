"""Event files through the whole of fixloop again: as fast as it goes, or at the pace at which they happened."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fixloop.land.store import open_store
from fixloop.workers.embedded import EmbeddedRunner
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.topics import DEAD_LETTERS, topic_of

Read = tuple[str, codec.Event | Rejected]
"""The place that something was read from (`file:line`), and what it was."""


class Sink(Protocol):
    """Where a replay goes: the embedded runner, or Kafka."""

    def feed(self, source: str, item: codec.Event | Rejected, /) -> None:
        """Take an event, or what could not be one, with the place it came from."""

    def flush(self) -> None:
        """Return when everything fed so far is safe."""


class Sender(Protocol):
    """What sends to Kafka."""

    def send(self, topic: str, message: KafkaMessage, /) -> None:
        """Hand over one message."""

    def flush(self) -> None:
        """Return when every message is acknowledged."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay went through."""

    sessions: frozenset[str]
    events: int
    rejected: dict[str, int]
    """How many lines were no event, by reason."""


class KafkaSink:
    """Sends events and dead letters to their topics, each session's events in the order in which they come."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def feed(self, source: str, item: codec.Event | Rejected, /) -> None:
        """Send an event, or the dead letter of what could not be one."""
        if isinstance(item, Rejected):
            self._sender.send(DEAD_LETTERS, _dead_letter(source, item))
        else:
            self._sender.send(topic_of(item.type), codec.to_kafka(item))

    def flush(self) -> None:
        """Return when every message is acknowledged."""
        self._sender.flush()


def replay(items: Iterable[Read], sink: Sink) -> Replayed:
    """Feed everything to the sink, and count it. A line that is no event stops nothing."""
    sessions: set[str] = set()
    rejected: Counter[str] = Counter()
    events = 0
    for source, item in _encodable(items):
        sink.feed(source, item)
        if isinstance(item, Rejected):
            rejected[item.reason.value] += 1
        else:
            events += 1
            sessions.add(item.data.session_id)
    sink.flush()
    return Replayed(frozenset(sessions), events, dict(sorted(rejected.items())))


def paced(items: Iterable[Read], speed: float, sleep: Callable[[float], None]) -> Iterator[Read]:
    """The items with the pauses between them that there were, divided by `speed`.

    Pauses are kept inside of a session: sessions stand one after the other in a file however they lay in time, and an event
    without a time, or with one that goes back, waits for nothing.

    Args:
        items: what was read.
        speed: 2 is twice as fast as it happened.
        sleep: waits for so many seconds.
    """
    last: dict[str, datetime] = {}
    for source, item in items:
        if not isinstance(item, Rejected) and item.time:
            before = last.get(item.data.session_id)
            if before is None or item.time > before:
                last[item.data.session_id] = item.time
            if before is not None and item.time > before:
                sleep((item.time - before).total_seconds() / speed)
        yield source, item


def replay_embedded(items: Iterable[Read], dsn: str) -> tuple[Replayed, tuple[DetectionRecordedV1, ...]]:
    """Replay into the store that `dsn` names. Returns the counts, and the latest version of each detection in the sessions.

    The detections come from the store, so that a second replay, in which nothing is new, shows them too.

    Raises:
        FixloopError: the store cannot be opened, or refuses.
    """
    with open_store(dsn) as store:
        store.migrate()
        with EmbeddedRunner(store) as runner:
            replayed = replay(items, runner)
            runner.close_silent()
        rows = store.query(
            "SELECT session_id, data FROM detections ORDER BY session_id, first_seq, detection_id"
        ).rows
    found = (data for session_id, data in rows if session_id in replayed.sessions)
    return replayed, tuple(DetectionRecordedV1.model_validate_json(data) for data in found)


def _encodable(items: Iterable[Read]) -> Iterator[Read]:
    """The items; an event that grows beyond the limit when it is written again becomes what it cannot be."""
    for source, item in items:
        try:
            if not isinstance(item, Rejected):
                codec.to_kafka(item)
        except Rejected as rejected:
            yield source, rejected
        else:
            yield source, item


def _dead_letter(source: str, rejected: Rejected) -> KafkaMessage:
    """A line that is no event, as a dead letter: why and where, and never its text, which may hold what must not leave."""
    return KafkaMessage(
        key=source.encode("utf-8", "surrogateescape"),
        value=b"",
        headers=(
            ("fixloop_reason", rejected.reason.value.encode()),
            ("fixloop_detail", rejected.detail.encode("utf-8", "replace")),
            ("fixloop_origin", source.encode("utf-8", "replace")),
        ),
    )

"""Work as an organisation sends it: recorded sessions again and again, each a session of its own, many of them open at once.

Sizes are those of the recordings: the shipped ones, and all at `FIXLOOP_RECORDINGS` where it is set. The same seed makes the same load.
"""

import os
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

from fixloop.ingest.event_files import read_events
from fixloop.ingest.recordings import shipped_paths
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.codec import Event

SEED: Final = 5
OPEN: Final = 1_000
"""Sessions that go on at once."""
_MARK: Final = "copy-is-named-here"
"""Stands in the encoded recordings where each copy has its own number: to replace it takes a hundredth of what encoding does."""
_BEGINS: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
_IN_A_RUN: Final = frozenset(
    {b"dev.fixloop.testsuiterun.results.v1", b"dev.fixloop.testsuiterun.finished.v1"}
)
_EVERY: Final = timedelta(seconds=10)
"""Between two events of a session, on average."""

Template = Sequence[KafkaMessage]
"""One recorded session, encoded."""


@dataclass(slots=True)
class _Going:
    """A session that goes on."""

    template: Template
    name: bytes
    at: int


def recorded() -> list[Template]:
    """Every recorded session, as copies of it are made from."""
    paths = list(shipped_paths())
    if folder := os.environ.get("FIXLOOP_RECORDINGS"):
        paths = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()]
    sessions: dict[str, list[Event]] = {}
    for _, event in read_events(paths):
        if not isinstance(event, Rejected):
            sessions.setdefault(event.data.session_id, []).append(event)
    return [template_of(events) for events in sessions.values()]


def template_of(events: Iterable[Event]) -> Template:
    """A session, as copies of it are made from."""
    return [codec.to_kafka(_marked(event)) for event in events]


class Load:
    """Events without an end, each from any of the open sessions; where one ends, another begins.

    Args:
        templates: the recorded sessions.
        open_sessions: how many go on at once.
        seed: what is drawn.
        first_of_each: only so many events of each session, and then it is over.
        clock: when an event happens; None: the load has a time of its own.
    """

    def __init__(
        self,
        templates: Sequence[Template],
        open_sessions: int = OPEN,
        *,
        seed: int = SEED,
        first_of_each: int | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._chance = random.Random(seed)  # noqa: S311 -- the same load for the same seed
        self._new = _sessions(templates, self._chance, first_of_each)
        self._going = [next(self._new) for _ in range(open_sessions)]
        self._step, self._now = _EVERY / open_sessions, _BEGINS
        self._clock = clock
        self.runs_at_once = False
        """A test run's events come one after the other, as a runner sends them, and not each among those of other sessions."""

    def grown(self) -> Iterator[KafkaMessage]:
        """Of each open session what came before: any number of its events, so that they do not all end at once."""
        for one in self._going:
            for _ in range(self._chance.randrange(len(one.template))):
                yield self._next(one)

    def __iter__(self) -> Iterator[KafkaMessage]:
        while True:
            place = self._chance.randrange(len(self._going))
            if self._going[place].at == len(self._going[place].template):
                self._going[place] = next(self._new)
            one = self._going[place]
            yield self._next(one)
            while self.runs_at_once and one.at < len(one.template) and _goes_on(one.template[one.at]):
                yield self._next(one)

    def _next(self, one: _Going) -> KafkaMessage:
        self._now = self._clock() if self._clock else self._now + self._step
        one.at += 1
        return _copied(one.template[one.at - 1], one.name, self._now)


def _goes_on(message: KafkaMessage) -> bool:
    """Whether it belongs to a run that has begun."""
    return any(key == "ce_type" and value in _IN_A_RUN for key, value in message.headers)


def _copied(message: KafkaMessage, name: bytes, time: datetime) -> KafkaMessage:
    mark = _MARK.encode()
    headers = tuple(
        (key, time.isoformat().encode() if key == "ce_time" else value and value.replace(mark, name))
        for key, value in message.headers
    )
    return KafkaMessage(message.key.replace(mark, name), message.value.replace(mark, name), headers)


def _sessions(templates: Sequence[Template], chance: random.Random, most: int | None) -> Iterator[_Going]:
    """Each recorded session once, in any order, and again, each time as another one."""
    for number in count():
        for template in chance.sample(templates, len(templates)):
            yield _Going(template[:most], f"{number:06}".encode(), 0)


def _marked(event: Event) -> Event:
    data = event.data
    changes = {
        "session_id": f"{_MARK}/{data.session_id}",
        "vcs_repository_name": f"{_MARK}/{data.vcs_repository_name}",
    }
    return codec.new_event(f"{_MARK}/{event.id}", event.source, event.time, data.model_copy(update=changes))

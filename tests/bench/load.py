"""Work as an organisation sends it: recorded sessions again and again, each a session of its own, many of them open at once.

Sizes are those of the recordings: the shipped ones, and all at `FIXLOOP_RECORDINGS` where it is set. The same seed makes the same load.
"""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
    sessions: dict[str, list[KafkaMessage]] = {}
    for _, event in read_events(paths):
        if not isinstance(event, Rejected):
            message = codec.to_kafka(_marked(event))
            sessions.setdefault(event.data.session_id, []).append(message)
    return list(sessions.values())


def interleaved(
    templates: Sequence[Template],
    open_sessions: int = OPEN,
    *,
    seed: int = SEED,
    first_of_each: int | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Iterator[KafkaMessage]:
    """Events without an end, each from any of the open sessions; where one ends, another begins.

    Args:
        templates: the recorded sessions.
        open_sessions: how many go on at once.
        seed: what is drawn.
        first_of_each: only so many events of each session, and then it is over.
        clock: when an event happens; None: the load has a time of its own.
    """
    chance = random.Random(seed)  # noqa: S311 -- the same load for the same seed
    new = _names(templates, chance, first_of_each)
    going = [next(new) for _ in range(open_sessions)]
    step, now = _EVERY / open_sessions, _BEGINS
    while True:
        place = chance.randrange(open_sessions)
        one = going[place]
        if one.at == len(one.template):
            going[place] = one = next(new)
        now = clock() if clock else now + step
        yield copied(one.template[one.at], one.name, now)
        one.at += 1


def copied(message: KafkaMessage, name: bytes, time: datetime) -> KafkaMessage:
    """An event of the copy that has a name."""
    mark = _MARK.encode()
    headers = tuple(
        (key, time.isoformat().encode() if key == "ce_time" else value and value.replace(mark, name))
        for key, value in message.headers
    )
    return KafkaMessage(message.key.replace(mark, name), message.value.replace(mark, name), headers)


def _names(templates: Sequence[Template], chance: random.Random, most: int | None) -> Iterator[_Going]:
    """Each recorded session once, in any order, and again; named for the round and for its place, so that each is another one."""
    round_number = 0
    while True:
        for template in chance.sample(templates, len(templates)):
            yield _Going(template[:most], f"{round_number:06}".encode(), 0)
        round_number += 1


def _marked(event: Event) -> Event:
    data = event.data
    changes = {
        "session_id": f"{_MARK}/{data.session_id}",
        "vcs_repository_name": f"{_MARK}/{data.vcs_repository_name}",
    }
    return codec.new_event(f"{_MARK}/{event.id}", event.source, event.time, data.model_copy(update=changes))

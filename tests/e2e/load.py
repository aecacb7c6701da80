"""Work as an organisation sends it: recorded sessions and sessions that learn from each other, many open at once, at a steady pace.

`python -m tests.e2e.load BOOTSTRAP FILE SECONDS` sends what is in a file.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from kafka import KafkaProducer

from fixloop.ingest.event_files import read_events
from fixloop.ingest.recordings import shipped_paths
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.topics import EVENTS
from tests.lineages import lineage_sessions

_OPEN: Final = 40
"""Sessions that go on at once."""
_AGAIN: Final = 0.02
"""The share of events after which some of those before are sent once more, as a shipper does that was killed."""
_AGAIN_MOST: Final = 20
_CHUNK_SECONDS: Final = 0.1
_CHUNK_MOST: Final = 1_000
_BROKER_SECONDS: Final = 60.0
"""How long the broker may be away; the producer tries again for longer."""


def events_of(count: int, seed: int) -> list[Event]:
    """At least so many events, and some of them again; each session's in its order, begun and ended all along."""
    chance = random.Random(seed)  # noqa: S311 -- the same load for the same seed
    waiting = list(_sessions(count))
    chance.shuffle(waiting)
    going: list[Iterator[Event]] = []
    load: list[Event] = []
    while waiting or going:
        while waiting and len(going) < _OPEN:
            going.append(iter(waiting.pop()))
        place = chance.randrange(len(going))
        event = next(going[place], None)
        if event is None:
            going.pop(place)
            continue
        load.append(event)
        if chance.random() < _AGAIN:
            load += load[-chance.randint(1, _AGAIN_MOST) :]
    return load


def _sessions(count: int) -> Iterator[Sequence[Event]]:
    """Half of them recorded, copied to repositories of their own, and half of them learning from each other."""
    recorded: dict[str, list[Event]] = {}
    for _, event in read_events(shipped_paths()):
        if not isinstance(event, Rejected):
            recorded.setdefault(event.data.session_id, []).append(event)
    made = 0
    copy = 0
    while made < count:
        copies = [[_copied(event, f"copy-{copy}") for event in events] for events in recorded.values()]
        lineages = [session.events for session in lineage_sessions(12, first=12 * copy)]
        yield from (*copies, *lineages)
        made += sum(map(len, copies)) + sum(map(len, lineages))
        copy += 1


def _copied(event: Event, copy: str) -> Event:
    data = event.data
    changes = {
        "session_id": f"{copy}/{data.session_id}",
        "vcs_repository_name": f"{copy}/{data.vcs_repository_name}",
    }
    return codec.new_event(f"{copy}/{event.id}", event.source, event.time, data.model_copy(update=changes))


def send(bootstrap: str, events: Sequence[Event], seconds: float) -> None:
    """Send events at a steady pace that takes so many seconds, each until it is acknowledged.

    The producer sends again what may or may not have come; after the broker was away it catches up.
    """
    began = time.monotonic()
    sent = 0
    with KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5) as producer:
        while sent < len(events):
            time.sleep(_CHUNK_SECONDS)
            due = int((time.monotonic() - began) / seconds * len(events)) + 1
            part = events[sent : min(due, sent + _CHUNK_MOST)]
            _acknowledged(producer, part)
            sent += len(part)


def _acknowledged(producer: KafkaProducer, events: Sequence[Event]) -> None:
    messages = map(codec.to_kafka, events)
    for future in [producer.send(EVENTS, one.value, one.key, list(one.headers)) for one in messages]:
        future.get(timeout=_BROKER_SECONDS)


if __name__ == "__main__":
    _bootstrap, _file, _seconds = sys.argv[1:]
    send(_bootstrap, list(map(codec.from_json_line, Path(_file).read_bytes().splitlines())), float(_seconds))

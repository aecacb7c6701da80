"""From an event's way into Kafka to its detection in the topic, and in the store, while detect and land have half of what they can take."""

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import quantiles
from threading import Event, Thread
from typing import Final

from confluent_kafka import Consumer

from fixloop.detect import SessionState
from fixloop.land.store_socket import query_store
from fixloop.workers.foldings import SESSIONS
from fixloop.workers.groups import DETECT_GROUP, LAND_GROUP
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import KafkaMessage
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.topics import DETECTIONS
from tests.bench import topics
from tests.bench.figures import Figure
from tests.bench.load import Load, recorded
from tests.integration.worker_processes import SECONDS, start_worker, wait_until_settled
from tests.services.kafka_broker import start_broker
from tests.services.polling import poll

_BACKLOG: Final = 20_000
"""Events that show what the two can take."""
_SECONDS: Final = 40.0
_STEP: Final = 0.01
"""What is due within it is sent at once: the sender shares the cores with what is measured."""
_LOOK: Final = 0.25
"""Seconds between two questions to the store, and so how exact its times are."""
_ASKED: Final = 500
"""Detections that are asked for at once, at most."""
_PERCENTILES: Final = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class _Seen:
    """When each detection was to be seen, by the id of its event; seconds of the monotonic clock."""

    sent: dict[str, float] = field(default_factory=dict)
    """When the event that led to it was handed to the producer."""
    topic: dict[str, float] = field(default_factory=dict)
    store: dict[str, float] = field(default_factory=dict)


def run() -> list[Figure]:
    """First a backlog, then the steady load."""
    load = iter(Load(recorded()))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(start_broker(folder / "kafka"))
        topics.apply(broker.bootstrap)
        for role in ("detect", "land"):
            stack.callback(start_worker(broker.bootstrap, folder, role).stop)
        backlog = list(islice(load, _BACKLOG))
        rate = _most(broker.bootstrap, backlog) / 2
        messages = list(islice(load, int(rate * _SECONDS)))
        expected = _expected(backlog, messages)
        seen = _Seen()
        with _observed(broker.bootstrap, folder / "store", seen):
            _send(broker.bootstrap, messages, rate, expected, seen)
            count = sum(map(len, expected.values()))
            poll("all is in the topic", lambda: len(seen.topic) >= count, seconds=SECONDS)
            poll("all is in the store", lambda: len(seen.store) >= count, seconds=SECONDS)
    return [
        Figure("latency_load", rate, "events/s"),
        Figure("latency_detections", count, "detections"),
        *_percentiles("latency_to_topic", seen.sent, seen.topic),
        *_percentiles("latency_to_store", seen.sent, seen.store),
    ]


def _most(bootstrap: str, backlog: Sequence[KafkaMessage]) -> float:
    """Events in a second that both roles take while they share the machine."""
    began = time.monotonic()
    topics.send(bootstrap, backlog)
    wait_until_settled(bootstrap, DETECT_GROUP, LAND_GROUP)
    return len(backlog) / (time.monotonic() - began)


def _expected(before: Sequence[KafkaMessage], messages: Sequence[KafkaMessage]) -> Mapping[int, list[str]]:
    """By the place of a message, the ids of the detections that it leads to."""
    states: dict[bytes, SessionState] = {}
    expected: dict[int, list[str]] = defaultdict(list)
    for place, message in enumerate((*before, *messages), -len(before)):
        event = codec.from_kafka(message.key, message.value, message.headers)
        step = SESSIONS.step(states.get(message.key), event)
        states[message.key] = step.state
        ids = [following.id for following in step.events if isinstance(following.data, DetectionRecordedV1)]
        if place >= 0 and ids:
            expected[place] = ids
    return expected


def _send(
    bootstrap: str,
    messages: Sequence[KafkaMessage],
    rate: float,
    expected: Mapping[int, list[str]],
    seen: _Seen,
) -> None:
    """Send at a pace, and note when."""
    producer = topics.producer(bootstrap, linger_ms=5)
    began = time.monotonic()
    for place, message in enumerate(messages):
        while (now := time.monotonic()) - began < place / rate:
            time.sleep(_STEP)
        seen.sent.update(dict.fromkeys(expected.get(place, ()), now))
        topics.put(producer, message)
    producer.flush(SECONDS)


@contextmanager
def _observed(bootstrap: str, store: Path, seen: _Seen) -> Iterator[None]:
    """Look at the topic and at the store meanwhile."""
    stop = Event()
    watches = [
        Thread(target=_watch_topic, args=(bootstrap, seen, stop), daemon=True),
        Thread(target=_watch_store, args=(store, seen, stop), daemon=True),
    ]
    for watch in watches:
        watch.start()
    try:
        yield
    finally:
        stop.set()
        for watch in watches:
            watch.join()


def _watch_topic(bootstrap: str, seen: _Seen, stop: Event) -> None:
    settings = {"bootstrap.servers": bootstrap, "group.id": "latency", "auto.offset.reset": "earliest"}
    consumer = Consumer(settings)
    consumer.subscribe([DETECTIONS])
    while not stop.is_set():
        message = consumer.poll(_LOOK)
        detection = dict(message.headers())["ce_id"].decode() if message else ""
        if detection in seen.sent:
            seen.topic.setdefault(detection, time.monotonic())
    consumer.close()


def _watch_store(store: Path, seen: _Seen, stop: Event) -> None:
    while not stop.wait(_LOOK):
        waiting = [detection for detection in list(seen.sent) if detection not in seen.store][:_ASKED]
        if not waiting:
            continue
        names = ", ".join(f"'{detection}'" for detection in waiting)
        id_of = "concat(detection_id, '-', toString(detection_version))"
        sql = f"SELECT DISTINCT {id_of} FROM detection_rows WHERE {id_of} IN ({names})"  # noqa: S608 -- ids that we made
        found = query_store(store, sql).rows
        now = time.monotonic()
        seen.store.update((str(row[0]), now) for row in found)


def _percentiles(name: str, sent: Mapping[str, float], there: Mapping[str, float]) -> list[Figure]:
    hundredths = quantiles([(there[one] - sent[one]) * 1_000 for one in sent], n=100, method="inclusive")
    return [Figure(f"{name}_p{percent}", hundredths[percent - 1], "ms") for percent in _PERCENTILES]

"""`fixloop worker` on a real broker: how fast each role takes a backlog of recorded sessions, beside decoding and folding alone."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

from kafka import KafkaProducer

from fixloop.detect import SessionState
from fixloop.ingest.event_files import read_events
from fixloop.ingest.recordings import shipped_paths
from fixloop.workers.folding import fold
from fixloop.workers.provision import apply_topics
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.topics import EVENTS
from tests.bench.figures import ROUNDS, Figure
from tests.integration.worker_processes import SECONDS, counted, start_worker
from tests.services.kafka_broker import start_broker
from tests.services.polling import poll

_EVENTS = 20_000
_ROLES = {"detect": "fixloop_events_folded_total", "land": 'fixloop_events_landed_total{table="event_rows"}'}


def run() -> list[Figure]:
    """Each round has a broker of its own, and takes the same messages in each way."""
    messages = _messages()
    rates: dict[str, list[float]] = {"core": [], **{role: [] for role in _ROLES}}
    for _ in range(ROUNDS):
        rates["core"].append(_core(messages))
        with tempfile.TemporaryDirectory() as folder, start_broker(Path(folder) / "kafka") as broker:
            apply_topics(broker.bootstrap)
            _send(broker.bootstrap, messages)
            for role, metric in _ROLES.items():
                rates[role].append(_worker(broker.bootstrap, Path(folder), role, metric, len(messages)))
    core, detect, land = (median(rates[name]) for name in ("core", "detect", "land"))
    return [
        Figure("worker_detect_vs_core", detect / core),
        Figure("worker_core_rate", core, "events/s"),
        Figure("worker_detect_rate", detect, "events/s"),
        Figure("worker_land_rate", land, "events/s"),
    ]


def _messages() -> list[KafkaMessage]:
    """The shipped recordings again and again, each time as sessions of their own."""
    recorded = [event for _, event in read_events(shipped_paths()) if not isinstance(event, Rejected)]
    messages: list[KafkaMessage] = []
    while len(messages) < _EVENTS:
        copy = f"{len(messages)}/"
        for event in recorded:
            data = event.data.model_copy(update={"session_id": copy + event.data.session_id})
            messages.append(codec.to_kafka(codec.new_event(copy + event.id, event.source, event.time, data)))
    return messages


def _core(messages: Sequence[KafkaMessage]) -> float:
    states: dict[str, SessionState] = {}
    started = perf_counter()
    for message in messages:
        event = codec.from_kafka(message.key, message.value, message.headers)
        states[event.data.session_id], _ = fold(states.get(event.data.session_id), event)
    return len(messages) / (perf_counter() - started)


def _send(bootstrap: str, messages: Sequence[KafkaMessage]) -> None:
    with KafkaProducer(bootstrap_servers=bootstrap, linger_ms=50, compression_type="gzip") as producer:
        for message in messages:
            producer.send(EVENTS, message.value, message.key, list(message.headers))
        producer.flush(timeout=120)


def _worker(bootstrap: str, folder: Path, role: str, metric: str, count: int) -> float:
    """Events in a second, from the first sight of some to the last."""
    worker = start_worker(bootstrap, folder, role, "--metrics", "0")
    try:
        first = poll(f"{role} begins", lambda: counted(worker, metric), seconds=SECONDS, every=0.02)
        started = perf_counter()
        poll(f"{role} is done", lambda: counted(worker, metric) >= count, seconds=SECONDS, every=0.02)
        return (count - first) / (perf_counter() - started)
    finally:
        worker.stop()

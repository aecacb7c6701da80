"""`fixloop worker land` on a real broker: how fast it takes a backlog of recorded sessions into the embedded store."""

import tempfile
from itertools import islice
from pathlib import Path
from typing import Final

from tests.bench import topics
from tests.bench.backlog import taken_by_worker
from tests.bench.figures import ROUNDS, Figure
from tests.bench.load import Load, recorded
from tests.services.kafka_broker import start_broker

_EVENTS: Final = 20_000
_METRIC: Final = 'fixloop_events_landed_total{table="event_rows"}'


def run() -> list[Figure]:
    """Each round has a broker and a store of its own."""
    messages = list(islice(Load(recorded()), _EVENTS))
    rates = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder, start_broker(Path(folder) / "kafka") as broker:
            topics.apply(broker.bootstrap)
            topics.send(broker.bootstrap, messages)
            landing = taken_by_worker(broker.bootstrap, Path(folder), "land", _METRIC, _EVENTS)
            rates.append(landing.rate)
    return [Figure.of("worker_land_rate", rates, "events/s")]

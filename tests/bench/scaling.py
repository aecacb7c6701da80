"""`fixloop worker detect` in one process and in two, on one broker that shares the machine with them."""

import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Final

from fixloop.workers.groups import DETECT_GROUP
from fixloop_schemas.cloudevents import KafkaMessage
from tests.bench import topics
from tests.bench.backlog import FOLDED_METRIC, taken
from tests.bench.figures import Figure
from tests.bench.load import Load, recorded
from tests.integration.worker_processes import SECONDS, start_worker
from tests.services.kafka_broker import start_broker
from tests.services.polling import poll

_EVENTS: Final = 40_000
_ROUNDS: Final = 3


def run() -> list[Figure]:
    """Workers share the partitions before there is anything to read."""
    messages = list(islice(Load(recorded()), _EVENTS))
    ones, twos = [], []
    for _ in range(_ROUNDS):
        ones.append(_rate(messages, 1))
        twos.append(_rate(messages, 2))
    return [
        Figure.of("scaling_two_vs_one", [two / one for one, two in zip(ones, twos, strict=True)]),
        Figure.of("scaling_one_rate", ones, "events/s"),
        Figure.of("scaling_two_rate", twos, "events/s"),
        Figure("scaling_cores", os.cpu_count() or 0, "cores"),
    ]


def _rate(messages: Sequence[KafkaMessage], number: int) -> float:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(start_broker(folder / "kafka"))
        topics.apply(broker.bootstrap)
        workers = []
        for name in range(number):
            worker = start_worker(broker.bootstrap, folder, "detect", "--metrics", "0", name=f"detect-{name}")
            stack.callback(worker.stop)
            workers.append(worker)
        poll(
            "each has its share",
            lambda: (
                sorted(topics.shares(broker.bootstrap, DETECT_GROUP))
                == [topics.PARTITIONS // number] * number
            ),
            seconds=SECONDS,
        )
        topics.send(broker.bootstrap, messages)
        return taken(workers, FOLDED_METRIC, len(messages)).rate

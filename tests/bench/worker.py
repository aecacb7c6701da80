"""`fixloop worker detect` beside the same decode and fold on other engines, on one broker with the same events."""

import sys
import tempfile
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Final

from fixloop.workers.groups import DETECT_GROUP
from tests.bench import topics
from tests.bench.backlog import FOLDED_METRIC, rate_of_contestant, rate_of_worker
from tests.bench.figures import ROUNDS, Figure
from tests.bench.load import interleaved, recorded
from tests.services.kafka_broker import start_broker

_EVENTS: Final = 40_000
_FIRST: Final = {"plain_faust": 5_000}
"""Who takes only the first events, because all of them would take minutes; states are small then, which is in its favour."""
_WORKER: Final = "worker"
_CONTESTANTS: Final = {
    "bound": "bound",
    "plain_faust": "plain_faust",
    "quixstreams": "on_quixstreams",
    "bytewax": "on_bytewax",
}
"""What each is called, and its module."""


def run() -> list[Figure]:
    """In every round each takes the events, one after the other; who begins is another one each time."""
    names = [_WORKER, *_CONTESTANTS]
    if not find_spec("bytewax"):
        names.remove("bytewax")
        sys.stderr.write(
            "Bytewax is left out: it is not installed, and there may be no build of it for this platform.\n"
        )
    rates: dict[str, list[float]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as temporary, start_broker(Path(temporary) / "kafka") as broker:
        topics.apply(broker.bootstrap)
        topics.send(broker.bootstrap, islice(interleaved(recorded()), _EVENTS))
        for number in range(ROUNDS):
            turn = number % len(names)
            for name in (*names[turn:], *names[:turn]):
                rates[name].append(_rate(broker.bootstrap, Path(temporary), name, number))
    return [*_ratios(rates), *(Figure.of(f"{name}_rate", rates[name], "events/s") for name in names)]


def _rate(bootstrap: str, folder: Path, name: str, number: int) -> float:
    if name != _WORKER:
        events = _FIRST.get(name, _EVENTS)
        return rate_of_contestant(bootstrap, folder, _CONTESTANTS[name], f"{name}-{number}", events)
    if number:
        topics.forget(bootstrap, DETECT_GROUP)
    return rate_of_worker(bootstrap, folder, "detect", FOLDED_METRIC, _EVENTS)


def _ratios(rates: dict[str, list[float]]) -> list[Figure]:
    """The worker beside each other one, round for round."""
    return [
        Figure.of(f"worker_vs_{name}", [ours / its for ours, its in zip(rates[_WORKER], others, strict=True)])
        for name, others in rates.items()
        if name != _WORKER
    ]

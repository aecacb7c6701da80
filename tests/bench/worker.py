"""`fixloop worker detect` beside the same decode and fold on other engines, on one broker with the same events."""

import sys
import tempfile
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Final

from fixloop.workers.groups import DETECT_GROUP
from tests.bench import topics
from tests.bench.backlog import FOLDED_METRIC, Taken, taken_by_contestant, taken_by_worker
from tests.bench.figures import ROUNDS, Figure
from tests.bench.load import Load, recorded
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
    rounds: dict[str, list[Taken]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as temporary, start_broker(Path(temporary) / "kafka") as broker:
        topics.apply(broker.bootstrap)
        topics.send(broker.bootstrap, islice(Load(recorded()), _EVENTS))
        for number in range(ROUNDS):
            turn = number % len(names)
            for name in (*names[turn:], *names[:turn]):
                rounds[name].append(_taken(broker.bootstrap, Path(temporary), name, number))
    return [
        *_ratios({name: [one.rate for one in rounds[name]] for name in names}),
        *(Figure.of(f"{name}_rate", [one.rate for one in rounds[name]], "events/s") for name in names),
        *(Figure.of(f"{name}_cpu", [one.cpu for one in rounds[name]], "us/event") for name in names),
    ]


def _taken(bootstrap: str, folder: Path, name: str, number: int) -> Taken:
    if name != _WORKER:
        events = _FIRST.get(name, _EVENTS)
        return taken_by_contestant(bootstrap, folder, _CONTESTANTS[name], f"{name}-{number}", events)
    if number:
        topics.forget(bootstrap, DETECT_GROUP)
    return taken_by_worker(bootstrap, folder, "detect", FOLDED_METRIC, _EVENTS)


def _ratios(rates: dict[str, list[float]]) -> list[Figure]:
    """The worker beside each other one, round for round."""
    return [
        Figure.of(f"worker_vs_{name}", [ours / its for ours, its in zip(rates[_WORKER], others, strict=True)])
        for name, others in rates.items()
        if name != _WORKER
    ]

"""States of `fixloop worker detect`: a thousand open sessions beside a hundred thousand, what each takes, and how soon they are back.

Each session has its first events only. First any event of any of them may be next, so that as good as every event of a hundred thousand
finds a state that was not used for long, and is alone in its checkpoint: no organisation is as bad. Then the events of a test run come
together. Twenty thousand sessions show what is left to grow once states are neither kept nor written together.
"""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import mean
from time import perf_counter
from typing import Final

from fixloop.workers.groups import DETECT_GROUP, SESSION_CHANGELOG
from tests.bench import topics
from tests.bench.backlog import FOLDED_METRIC, Taken, taken
from tests.bench.figures import Figure
from tests.bench.load import Load, recorded
from tests.bench.process import resident_bytes
from tests.integration.worker_processes import SECONDS, counted, settled, start_worker
from tests.services.kafka_broker import start_broker
from tests.services.polling import poll
from tests.services.server_process import ServerProcess

_FEW: Final = 1_000
_NO_LONGER_FEW: Final = 20_000
_MANY: Final = 100_000
_FIRST_OF_EACH: Final = 10
_EVENTS: Final = 20_000
_SLICES: Final = 5


@dataclass(frozen=True, slots=True)
class _Measured:
    """With so many sessions open."""

    events: list[Taken]
    """Once in a slice, where any event may be next."""
    runs: list[Taken]
    """Once in a slice, where those of a run come together."""
    memory: float
    """Bytes of the worker that has them, above those of one that has none."""
    written: float
    """Bytes of the changelog for an event, as they lie at the broker."""
    size: float
    """Bytes of a session's last record there, as the worker made it."""
    again: float
    """Seconds from the start of another worker to its first event."""


def run() -> list[Figure]:
    """Each number of sessions has a broker of its own."""
    few, middle, many = _measured(_FEW), _measured(_NO_LONGER_FEW), _measured(_MANY)
    return [
        *_compared("state", many.events, few.events),
        *_compared("state_runs_at_once", many.runs, few.runs),
        *_compared("state_beyond_20000", many.events, middle.events),
        Figure("state_memory_per_session", (many.memory - few.memory) / (_MANY - _FEW), "bytes"),
        Figure("state_memory_many", many.memory / 2**20, "MiB"),
        Figure("state_changelog_per_event_few", few.written, "bytes"),
        Figure("state_changelog_per_event_many", many.written, "bytes"),
        Figure("state_changelog_per_session", many.size, "bytes"),
        Figure("state_recovery_few", few.again, "s"),
        Figure("state_recovery_many", many.again, "s"),
    ]


def _compared(name: str, many: list[Taken], few: list[Taken]) -> list[Figure]:
    cpu = [ours.cpu / theirs.cpu for ours, theirs in zip(many, few, strict=True)]
    time = [theirs.rate / ours.rate for ours, theirs in zip(many, few, strict=True)]
    return [
        Figure.of(f"{name}_cpu_many_vs_few", cpu),
        Figure.of(f"{name}_time_many_vs_few", time),
        Figure.of(f"{name}_cpu_few", [one.cpu for one in few], "us/event"),
        Figure.of(f"{name}_cpu_many", [one.cpu for one in many], "us/event"),
    ]


def _measured(sessions: int) -> _Measured:
    load = Load(recorded(), sessions, first_of_each=_FIRST_OF_EACH)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(start_broker(folder / "kafka"))
        topics.apply(broker.bootstrap)
        worker = _started(broker.bootstrap, folder, "first")
        stack.callback(worker.stop)
        empty = resident_bytes(worker.pid)
        events = iter(load)
        count = topics.send(broker.bootstrap, load.grown())
        taken([worker], FOLDED_METRIC, count)
        _wait_until_settled(broker.bootstrap)
        lay = _changelog_bytes(folder)
        slices = []
        for _ in range(_SLICES):
            count += topics.send(broker.bootstrap, islice(events, _EVENTS))
            slices.append(taken([worker], FOLDED_METRIC, count))
        _wait_until_settled(broker.bootstrap)
        written = (_changelog_bytes(folder) - lay) / (_SLICES * _EVENTS)
        load.runs_at_once = True
        runs = []
        for _ in range(_SLICES):
            count += topics.send(broker.bootstrap, islice(events, _EVENTS))
            runs.append(taken([worker], FOLDED_METRIC, count))
        memory = resident_bytes(worker.pid) - empty
        worker.stop()
        size = mean(topics.last_sizes(broker.bootstrap, SESSION_CHANGELOG))
        topics.send(broker.bootstrap, islice(events, 1))
        began = perf_counter()
        another = _started(broker.bootstrap, folder, "second")
        stack.callback(another.stop)
        poll("it goes on", lambda: counted(another, FOLDED_METRIC), seconds=SECONDS)
        return _Measured(slices, runs, memory, written, size, perf_counter() - began)


def _started(bootstrap: str, folder: Path, name: str) -> ServerProcess:
    return start_worker(bootstrap, folder, "detect", "--metrics", "0", name=name)


def _wait_until_settled(bootstrap: str) -> None:
    poll("all is committed", lambda: settled(bootstrap, DETECT_GROUP), seconds=SECONDS, every=0.3)


def _changelog_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in (folder / "kafka").rglob(f"{SESSION_CHANGELOG}-*/*.log"))

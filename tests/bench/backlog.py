"""How fast a backlog is taken, by the worker and by contestants, from the first sight of some events to the last."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from tests.bench import topics
from tests.bench.contestants.job import FOLDED
from tests.bench.process import cpu_seconds
from tests.integration.worker_processes import SECONDS, counted, start_worker
from tests.services.polling import poll
from tests.services.server_process import ServerProcess

FOLDED_METRIC: Final = "fixloop_events_folded_total"
_LOOK: Final = 0.1
"""Seconds between two looks at the metrics: to serve them takes the worker some milliseconds."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How fast it was, and what it took."""

    rate: float
    """Events in a second."""
    cpu: float
    """Microseconds of all cores for an event."""


def taken(workers: Sequence[ServerProcess], metric: str, until: float) -> Taken:
    """From now until workers have counted so much between them."""

    def count() -> float:
        return sum(counted(worker, metric) for worker in workers)

    def work() -> float:
        return sum(cpu_seconds(worker.pid) for worker in workers)

    before = count()
    first = poll("the work begins", lambda: _more(count(), before + 1), seconds=SECONDS, every=_LOOK)
    began, worked = perf_counter(), work()
    last = poll("the work is done", lambda: _more(count(), until), seconds=5 * SECONDS, every=_LOOK)
    seconds, worked = perf_counter() - began, work() - worked
    return Taken((last - first) / seconds, worked / (last - first) * 1e6)


def taken_by_worker(bootstrap: str, folder: Path, role: str, metric: str, events: int) -> Taken:
    """A role of `fixloop worker`, as it is shipped."""
    worker = start_worker(bootstrap, folder, role, "--metrics", "0")
    try:
        return taken([worker], metric, events)
    finally:
        worker.stop()


def taken_by_contestant(bootstrap: str, folder: Path, name: str, group: str, events: int) -> Taken:
    """One of `contestants/`; it counts by itself."""
    directory = folder / group
    directory.mkdir()
    topics.make(bootstrap, f"{group}-output")
    module = f"tests.bench.contestants.{name}"
    command = [sys.executable, "-m", module, bootstrap, group, str(events), str(directory)]
    contestant = ServerProcess(group, command, folder / f"{group}.log")
    try:
        contestant.wait_until(lambda: bool(_said(contestant)), seconds=2 * SECONDS)
        count, seconds, worked = map(float, _said(contestant)[1:])
        return Taken(count / seconds, worked / count * 1e6)
    finally:
        contestant.stop()


def _more(count: float, least: float) -> float:
    return count if count >= least else 0.0


def _said(contestant: ServerProcess) -> list[str]:
    lines = [line.split() for line in contestant.said().splitlines() if line.startswith(f"{FOLDED} ")]
    return lines[0] if lines else []

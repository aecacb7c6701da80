"""How fast a backlog is taken, by the worker and by contestants: events in a second, from the first sight of some to the last."""

import sys
from pathlib import Path
from time import perf_counter
from typing import Final

from tests.bench import topics
from tests.bench.contestants.job import FOLDED
from tests.integration.worker_processes import SECONDS, counted, start_worker
from tests.services.polling import poll
from tests.services.server_process import ServerProcess

FOLDED_METRIC: Final = "fixloop_events_folded_total"
_LOOK: Final = 0.1
"""Seconds between two looks at the metrics: to serve them takes the worker some milliseconds."""


def rate_of_worker(bootstrap: str, folder: Path, role: str, metric: str, events: int) -> float:
    """A role of `fixloop worker`, as it is shipped."""
    worker = start_worker(bootstrap, folder, role, "--metrics", "0")
    try:
        first = poll(f"{role} begins", lambda: counted(worker, metric), seconds=SECONDS, every=_LOOK)
        began = perf_counter()
        last = poll(
            f"{role} is done", lambda: _all(counted(worker, metric), events), seconds=SECONDS, every=_LOOK
        )
        return (last - first) / (perf_counter() - began)
    finally:
        worker.stop()


def rate_of_contestant(bootstrap: str, folder: Path, name: str, group: str, events: int) -> float:
    """One of `contestants/`; it counts by itself."""
    directory = folder / group
    directory.mkdir()
    topics.make(bootstrap, f"{group}-output")
    module = f"tests.bench.contestants.{name}"
    command = [sys.executable, "-m", module, bootstrap, group, str(events), str(directory)]
    contestant = ServerProcess(group, command, folder / f"{group}.log")
    try:
        contestant.wait_until(lambda: bool(_said(contestant)), seconds=2 * SECONDS)
        _, count, seconds = _said(contestant)
        return int(count) / float(seconds)
    finally:
        contestant.stop()


def _all(count: float, events: int) -> float:
    return count if count >= events else 0.0


def _said(contestant: ServerProcess) -> list[str]:
    lines = [line.split() for line in contestant.said().splitlines() if line.startswith(f"{FOLDED} ")]
    return lines[0] if lines else []

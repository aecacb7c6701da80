"""`python -m tests.bench.soak [SECONDS]`: a steady load through all roles, and whether the memory of each levels off.

Draws `docs/figures/soak.svg`, and keeps what it drew in `docs/figures/soak.csv`.
"""

import csv
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import linear_regression, mean
from threading import Event, Thread
from time import monotonic
from typing import Final

from fixloop_schemas.cloudevents import KafkaMessage
from tests.bench import topics
from tests.bench.load import Load, recorded
from tests.bench.process import resident_bytes
from tests.integration.worker_processes import counted, start_worker
from tests.services.kafka_broker import start_broker
from tests.services.server_process import ServerProcess

SECONDS: Final = 1_200
RATE: Final = 400
"""Events in a second: a broker, three roles and the load share the cores, and none of them should be at its limit."""
OPEN: Final = 500
_LOOK: Final = 5.0
_ROLES: Final = ("detect", "ledger", "land")
_FIGURES: Final = Path(__file__).parents[2] / "docs" / "figures"
_LEVEL: Final = 0.10
"""Memory is level when it grows by less than this share of itself over the second half."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How it stood at one moment."""

    seconds: float
    """Since the load began."""
    detect_mib: float
    ledger_mib: float
    land_mib: float
    folded: float
    """Events that the detector has folded."""
    lag: float
    """Records that the roles are behind."""


def main(arguments: list[str]) -> int:
    """Run it; 0 when the memory of every role is level."""
    seconds = float(arguments[0]) if arguments else SECONDS
    samples = _soaked(seconds)
    _keep(samples)
    _draw(samples)
    level = [_said(samples, role) for role in _ROLES]
    sys.stdout.write(
        f"value soak_events {samples[-1].folded:.0f} events\nvalue soak_lag {samples[-1].lag:.0f} records\n"
    )
    return 0 if all(level) else 1


def _soaked(seconds: float) -> list[Sample]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(start_broker(folder / "kafka"))
        topics.apply(broker.bootstrap)
        workers = [start_worker(broker.bootstrap, folder, role, "--metrics", "0") for role in _ROLES]
        for worker in workers:
            stack.callback(worker.stop)
        stop = Event()
        load = iter(Load(recorded(), OPEN, clock=lambda: datetime.now(UTC)))
        sending = Thread(target=_send, args=(broker.bootstrap, load, stop), daemon=True)
        sending.start()
        began = monotonic()
        samples = list(_samples(workers, began, seconds, stop))
        stop.set()
        sending.join()
        return samples


def _send(bootstrap: str, load: Iterator[KafkaMessage], stop: Event) -> None:
    """So many events a second, as long as it is not enough."""
    began, sent = monotonic(), 0
    while not stop.wait(0.5):
        due = int((monotonic() - began) * RATE) - sent
        sent += topics.send(bootstrap, islice(load, due))


def _samples(workers: list[ServerProcess], began: float, seconds: float, stop: Event) -> Iterator[Sample]:
    while (now := monotonic() - began) < seconds:
        detect, ledger, land = (resident_bytes(worker.pid) / 2**20 for worker in workers)
        lag = sum(counted(worker, "fixloop_consumer_lag") for worker in workers)
        folded = counted(workers[0], "fixloop_events_folded_total")
        yield Sample(now, detect, ledger, land, folded, lag)
        stop.wait(_LOOK)


def _keep(samples: list[Sample]) -> None:
    _FIGURES.mkdir(exist_ok=True)
    with (_FIGURES / "soak.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(Sample))
        writer.writerows([f"{value:.1f}" for value in astuple(sample)] for sample in samples)


def _draw(samples: list[Sample]) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "soak"  # the same figures give the same file
    from matplotlib import pyplot as plt

    figure, (memory, lag) = plt.subplots(2, 1, sharex=True, figsize=(9, 6), height_ratios=(3, 1))
    minutes = [sample.seconds / 60 for sample in samples]
    for role in _ROLES:
        memory.plot(minutes, [getattr(sample, f"{role}_mib") for sample in samples], label=role)
    memory.set(
        ylabel="resident memory, MiB", ylim=(0, None), title=f"A steady load of {RATE} events a second"
    )
    memory.legend()
    lag.plot(minutes, [sample.lag for sample in samples], color="grey")
    lag.set(xlabel="minutes", ylabel="records behind", ylim=(0, None))
    figure.savefig(_FIGURES / "soak.svg", metadata={"Date": None})


def _said(samples: list[Sample], role: str) -> bool:
    """Say how the memory of a role grew over the second half; whether it is level."""
    half = samples[len(samples) // 2 :]
    seconds = [sample.seconds for sample in half]
    values = [getattr(sample, f"{role}_mib") for sample in half]
    slope, _ = linear_regression(seconds, values)
    grown = slope * (seconds[-1] - seconds[0]) / mean(values)
    word = "level" if grown < _LEVEL else "grows"
    sys.stdout.write(
        f"{role}: {mean(values):.0f} MiB over the second half, {60 * slope:+.2f} MiB a minute, "
        f"{100 * grown:+.1f} percent: {word}\nratio soak_{role}_growth {grown:.4g}\n"
    )
    return word == "level"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

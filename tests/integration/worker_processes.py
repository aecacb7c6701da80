"""`fixloop worker` as its own processes, and the questions that tests ask of Kafka and the store while they run."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from kafka import KafkaConsumer, TopicPartition

from fixloop.land.store_socket import query_store
from fixloop.workers.groups import DETECT_GROUP, LAND_GROUP, LEDGER_GROUP
from fixloop_schemas.topics import DEAD_LETTERS, DETECTIONS, EVENTS, LEDGER
from tests.services.errors import ServiceError
from tests.services.polling import poll
from tests.services.server_process import LOG_TAIL, ServerProcess

SECONDS = 120.0
"""How long a test waits for the workers; they are done in a fraction of it."""

READS = {DETECT_GROUP: (EVENTS,), LEDGER_GROUP: (LEDGER,), LAND_GROUP: (EVENTS, DETECTIONS, DEAD_LETTERS)}


def command(*arguments: str) -> list[str]:
    """`fixloop` with arguments."""
    return [sys.executable, "-m", "fixloop", *arguments]


def fixloop(*arguments: str) -> str:
    """What a command prints; it has to succeed."""
    done = subprocess.run(command(*arguments), capture_output=True, text=True, check=False, timeout=280)
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def start_worker(bootstrap: str, folder: Path, role: str, *options: str, name: str = "") -> ServerProcess:
    """A worker that is ready; a role `land` lands in the embedded store `folder/store`."""
    name = name or role
    arguments = ("worker", role, "--kafka", bootstrap, "--store", f"chdb://{folder / 'store'}", *options)
    worker = ServerProcess(f"worker {name}", command(*arguments), folder / f"{name}.log")
    return worker.wait_until(lambda: ": ready" in worker.said(), seconds=SECONDS)


def served(worker: ServerProcess, path: str) -> str:
    """What a worker that was started with `--metrics` serves.

    Raises:
        ServiceError: it has ended; with the end of its log.
    """
    if not worker.running:
        raise ServiceError(f"{worker.name} has ended; the end of its log:\n{worker.said()[-LOG_TAIL:]}")
    address = next(line for line in worker.said().splitlines() if line.startswith("metrics on ")).split()[-1]
    with urllib.request.urlopen(address.replace("/metrics", path), timeout=10) as reply:  # noqa: S310 -- our own worker
        return bytes(reply.read()).decode()


def counted(worker: ServerProcess, metric: str) -> float:
    """The sum of a metric of a worker over all labels."""
    lines = served(worker, "/metrics").splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith((f"{metric}{{", f"{metric} ")))


def exit_code(worker: ServerProcess) -> int:
    """The code with which a worker ends by itself."""
    poll(f"{worker.name} ends", lambda: not worker.running, seconds=SECONDS)
    return int(worker._process.returncode)


def answer(data: Path, sql: str) -> list[str]:
    """The rows that the store in a directory answers, each as JSON; whoever has it open is asked."""
    return [json.dumps(row) for row in query_store(data, sql).rows]


def rows(data: Path, view: str) -> list[str]:
    """Every row of a view of the store in a directory."""
    return answer(data, f"SELECT * FROM {view} ORDER BY ALL")  # noqa: S608 -- a name of ours


def offsets(bootstrap: str, group: str, topics: Iterable[str]) -> dict[TopicPartition, tuple[int, int]]:
    """How far a group has come in each partition, and how far it can come."""
    with KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False) as consumer:
        partitions = [
            TopicPartition(topic, partition)
            for topic in topics
            for partition in consumer.partitions_for_topic(topic) or ()
        ]
        ends = consumer.end_offsets(partitions)
        return {one: (consumer.committed(one) or 0, ends[one]) for one in partitions}


def settled(bootstrap: str, group: str) -> bool:
    """Whether a role has nothing left to do."""
    return all(done == end for done, end in offsets(bootstrap, group, READS[group]).values())


def wait_until_settled(bootstrap: str, *groups: str) -> None:
    """Return when the groups have nothing left to do, all of them at once: what one writes, another reads, and it may answer."""
    poll(
        f"{', '.join(groups)} have nothing left to do",
        lambda: all(settled(bootstrap, group) for group in (*groups, *groups)),
        seconds=SECONDS,
        every=0.3,
    )

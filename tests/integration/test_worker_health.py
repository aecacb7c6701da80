"""`/readyz` and `/healthz` of a worker on a real broker tell the truth; so does its lag, and its end is in order."""

import os
import signal
import urllib.error
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from fixloop.workers.groups import DETECT_GROUP
from fixloop.workers.provision import apply_topics
from fixloop_schemas import codec
from fixloop_schemas.topics import EVENTS
from tests.builders import Session
from tests.integration.test_worker import _messages, _plain, _send, _sessions
from tests.integration.worker_processes import (
    SECONDS,
    command,
    counted,
    exit_code,
    offsets,
    served,
    start_worker,
    wait_until_settled,
)
from tests.services.kafka_broker import KafkaBroker
from tests.services.polling import poll
from tests.services.server_process import ServerProcess

pytestmark = pytest.mark.kafka


@pytest.fixture
def bootstrap(own_broker: KafkaBroker) -> str:
    """A broker of this test's own, with topics of one partition."""
    apply_topics(own_broker.bootstrap, partitions=1)
    return own_broker.bootstrap


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Ends, after the test, what was pushed on it."""
    with ExitStack() as stack:
        yield stack


def _worker(stack: ExitStack, bootstrap: str, folder: Path, name: str) -> ServerProcess:
    worker = start_worker(bootstrap, folder, "detect", "--metrics", "0", name=name)
    stack.callback(worker.kill)
    return worker


def _readiness(worker: ServerProcess) -> str:
    """What `/readyz` says, be it well or not."""
    try:
        return served(worker, "/readyz").strip()
    except urllib.error.HTTPError as error:
        return error.read().decode().strip()


def _says(worker: ServerProcess, what: str) -> bool:
    return what in _readiness(worker)


def _wait_until_it_says(worker: ServerProcess, what: str) -> None:
    poll(f"{worker.name} says {what!r}", partial(_says, worker, what), seconds=SECONDS)


def _partitions(worker: ServerProcess) -> float:
    return counted(worker, "fixloop_assigned_partitions")


def test_readiness_follows_the_group(bootstrap: str, tmp_path: Path, stack: ExitStack) -> None:
    """Not ready while partitions move or the group is joined; ready with a partition, and ready standing by without one."""
    first = _worker(stack, bootstrap, tmp_path, "detect-1")
    _wait_until_it_says(first, "ready")
    poll("the partition is counted", lambda: _partitions(first) == 1)
    second = _worker(stack, bootstrap, tmp_path, "detect-2")
    for worker in (first, second):
        _wait_until_it_says(worker, "ready")
    poll("one has the partition", lambda: _partitions(first) + _partitions(second) == 1)

    # One that stands still holds up the others, until the group gives it up after 8 seconds.
    os.kill(second.pid, signal.SIGSTOP)
    third = ServerProcess(
        "worker detect-3",
        command("worker", "detect", "--kafka", bootstrap, "--metrics", "0"),
        tmp_path / "detect-3.log",
    )
    stack.callback(third.kill)
    third.wait_until(lambda: "metrics on" in third.said(), seconds=SECONDS)
    _wait_until_it_says(third, "joining the group")
    _wait_until_it_says(first, "partitions move between workers")
    assert "ok" == served(first, "/healthz").strip()
    for worker in (first, third):
        _wait_until_it_says(worker, "ready")
    poll("one has the partition", lambda: _partitions(first) + _partitions(third) == 1)


def test_lag_is_told_and_worked_off(
    bootstrap: str, own_broker: KafkaBroker, tmp_path: Path, stack: ExitStack
) -> None:
    """Records in a partition that are not committed count, whatever is fetched; a broker that is away is said."""
    session = Session("waits").started()
    _send(bootstrap, [_plain(codec.to_kafka(event)) for event in session.events])
    worker = _worker(stack, bootstrap, tmp_path, "detect")
    poll("it is taken in", lambda: counted(worker, "fixloop_events_folded_total") == 1)
    poll("all is committed", lambda: counted(worker, "fixloop_consumer_lag") == 0)
    os.kill(worker.pid, signal.SIGSTOP)
    messages = [_plain(message) for message in _messages(_sessions(40))]
    _send(bootstrap, messages)
    os.kill(worker.pid, signal.SIGCONT)
    poll(
        "all is taken in, and told",
        lambda: counted(worker, "fixloop_consumed_records_total") >= len(messages),
        seconds=SECONDS,
    )
    poll("nothing waits", lambda: counted(worker, "fixloop_consumer_lag") == 0)
    own_broker.stop()
    _wait_until_it_says(worker, "Kafka does not say")
    own_broker.restart()
    _wait_until_it_says(worker, "ready")


@pytest.mark.parametrize("loaded", [False, True], ids=["idle", "loaded"])
def test_a_signal_ends_it_in_order(bootstrap: str, tmp_path: Path, stack: ExitStack, loaded: bool) -> None:
    """SIGTERM: exit code 0, and what was done is committed, so that the next one begins behind it."""
    worker = _worker(stack, bootstrap, tmp_path, "detect")
    messages = [_plain(message) for message in _messages(_sessions(400))]
    _send(bootstrap, messages)
    if loaded:
        poll("it is at work", lambda: counted(worker, "fixloop_events_folded_total") > 0, every=0.01)
    else:
        wait_until_settled(bootstrap, DETECT_GROUP)
    os.kill(worker.pid, signal.SIGTERM)
    assert 0 == exit_code(worker)
    assert "Traceback" not in worker.said()
    ((done, end),) = offsets(bootstrap, DETECT_GROUP, [EVENTS]).values()
    assert 0 < done <= end
    if not loaded:
        assert end == done
    again = _worker(stack, bootstrap, tmp_path, "detect-again")
    wait_until_settled(bootstrap, DETECT_GROUP)
    # What the first one had committed, the second one does not read again.
    assert end - done == counted(again, "fixloop_events_folded_total")

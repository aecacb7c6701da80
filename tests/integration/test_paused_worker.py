"""A worker that stands still for longer than its group waits (SIGSTOP, a closed lid) overwrites nothing when it goes on."""

import os
import signal
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fixloop.land.store_socket import query_store
from fixloop.workers.groups import DETECT_GROUP, LAND_GROUP, LEDGER_GROUP, SESSION_CHANGELOG
from fixloop.workers.provision import apply_topics
from fixloop.workers.state_table import head_of
from fixloop_schemas import codec
from tests.comparable import Content, content, differences
from tests.integration.test_worker import _messages, _plain, _send, _sessions
from tests.integration.worker_processes import counted, fixloop, wait_until_settled
from tests.lineages import in_turn
from tests.services.kafka_broker import KafkaBroker
from tests.services.lying import lying
from tests.services.polling import poll
from tests.services.server_process import ServerProcess

pytestmark = pytest.mark.kafka

_QUICK = """
import sys
from fixloop.workers import faust_app
faust_app.SETTINGS = {**faust_app.SETTINGS, "broker_session_timeout": 3.0, "broker_heartbeat_interval": 0.5}
from fixloop.cli import main
sys.exit(main())"""
"""The command, with a group that waits for a shorter time."""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Ends, after the test, what was pushed on it."""
    with ExitStack() as stack:
        yield stack


def test_a_worker_that_wakes_up_overwrites_nothing(
    own_broker: KafkaBroker, tmp_path: Path, stack: ExitStack
) -> None:
    """It holds states that are not written when it is stopped; another one goes on with its sessions; then it wakes, and both are killed.

    Whoever reads the states then has each as it was last; views and rollups are the embedded runner's.
    """
    bootstrap = own_broker.bootstrap
    apply_topics(bootstrap, partitions=2)
    sessions = _sessions(60)
    messages = [_plain(message) for message in _messages(sessions)]
    first, second = len(messages) // 3, 2 * len(messages) // 3

    def start(name: str, *arguments: str, checkpoint_seconds: float = 1.0) -> ServerProcess:
        worker = ServerProcess(
            f"worker {name}",
            [sys.executable, "-c", _QUICK, "worker", *arguments, "--kafka", bootstrap, "--metrics", "0"],
            tmp_path / f"{name}.log",
            {**os.environ, "FIXLOOP_CHECKPOINT_SECONDS": str(checkpoint_seconds)},
        )
        stack.callback(worker.stop)
        return worker

    paused, other = start("paused", "detect", checkpoint_seconds=60), start("other", "detect")
    start("rest", "ledger", "land", "--store", f"chdb://{tmp_path / 'store'}")
    poll("each has a part", lambda: [1, 1] == [_partitions(one) for one in (paused, other)], seconds=60)
    _send(bootstrap, messages[:first])
    poll("all is taken in", lambda: sum(map(_folded, (paused, other))) == first)

    os.kill(paused.pid, signal.SIGSTOP)
    _send(bootstrap, messages[first:second])
    wait_until_settled(bootstrap, DETECT_GROUP)
    poll("the other one has both parts", lambda: _partitions(other) == 2)
    os.kill(paused.pid, signal.SIGCONT)
    poll("the group has both again", lambda: _partitions(other) == _partitions(paused) == 1)
    paused.kill()
    other.kill()

    start("third", "detect")
    _send(bootstrap, messages[second:])
    wait_until_settled(bootstrap, DETECT_GROUP, LEDGER_GROUP, LAND_GROUP)
    assert {} == _overtaken(bootstrap)
    events = tmp_path / "events.jsonl"
    events.write_bytes(b"".join(map(codec.to_json_line, in_turn(sessions))))
    fixloop("replay", "--data", str(tmp_path / "embedded"), str(events))
    expected, found = _content(tmp_path / "embedded"), _content(tmp_path / "store")
    assert [] == differences(expected, found)
    assert found["count of detections"] != ["[0]"]


def _content(data: Path) -> Content:
    return content(lambda sql: query_store(data, sql).rows)


def _partitions(worker: ServerProcess) -> float:
    if "metrics on" not in worker.said():
        return 0
    try:
        return counted(worker, "fixloop_assigned_partitions")
    except ConnectionError:  # it has hardly begun
        return 0


def _folded(worker: ServerProcess) -> float:
    return counted(worker, "fixloop_events_folded_total")


def _overtaken(bootstrap: str) -> dict[bytes, list[int]]:
    """The sessions whose state was written over with an older one: how far each was, one writing after the other."""
    written: defaultdict[bytes, list[int]] = defaultdict(list)
    for record in lying(bootstrap, SESSION_CHANGELOG):
        head = head_of(record.value or b"")
        if head is not None:
            written[record.key].append(head.offset)
    return {key: offsets for key, offsets in written.items() if offsets != sorted(offsets)}

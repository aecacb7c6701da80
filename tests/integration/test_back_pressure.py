"""Too much at once, or nowhere to put it: nobody else waits for it, memory stays bounded, and what was held up is caught up with."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.error import HTTPError

import pytest
from kafka import KafkaProducer

from fixloop.land.store import open_store
from fixloop.workers.groups import LAND_GROUP
from fixloop.workers.provision import apply_topics
from fixloop_schemas import codec
from fixloop_schemas.codec import Event
from fixloop_schemas.topics import DETECTIONS, EVENTS
from tests.builders import Session, placed
from tests.integration.worker_processes import (
    counted,
    offsets,
    served,
    settled,
    start_worker,
)
from tests.services.clickhouse_server import ClickHouseServer
from tests.services.kafka_broker import KafkaBroker
from tests.services.lying import lying
from tests.services.polling import poll
from tests.services.server_process import ServerProcess

pytestmark = pytest.mark.kafka

BURST = 30_000
HELD_UP = 24_000
LINES = 400
"""Of an edit of which many are held up; each line is a digest."""
MEGABYTE = 1024 * 1024


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Ends, after the test, what was pushed on it."""
    with ExitStack() as stack:
        yield stack


def test_a_burst_of_one_session_starves_no_other(
    own_broker: KafkaBroker, tmp_path: Path, stack: ExitStack
) -> None:
    """30,000 events of one session lie there, then a few of another: that one has its detection before the burst is done."""
    apply_topics(own_broker.bootstrap, partitions=2)
    hot = Session("hot").started()
    while len(hot.events) < BURST:
        hot.edit().run(a="pass", b="pass")
    burst = _partitions(own_broker.bootstrap, _cycle(hot).events)
    for number in range(20):
        quiet = Session(f"quiet-{number}").started()
        if burst.isdisjoint(_partitions(own_broker.bootstrap, _cycle(quiet).events)):
            break
    else:
        pytest.fail("all sessions lie in one partition")

    stack.callback(start_worker(own_broker.bootstrap, tmp_path, "detect").stop)
    said = poll("both have detections", lambda: _said(own_broker.bootstrap, hot, quiet), seconds=120)
    # Both were written by one process, so that its clock gives their order.
    assert said[quiet.session_id][0] < said[hot.session_id][0]


def _cycle(session: Session) -> Session:
    """What is fixed comes back."""
    return session.run(a="fail").edit().run(a="pass").edit().run(a="fail").ended()


def _partitions(bootstrap: str, events: list[Event]) -> set[int]:
    """Where events lie now."""
    with KafkaProducer(bootstrap_servers=bootstrap, linger_ms=20, compression_type="gzip") as producer:
        messages = map(codec.to_kafka, events)
        sent = [producer.send(EVENTS, one.value, one.key, list(one.headers)) for one in messages]
        return {future.get(timeout=60).partition for future in sent}


def _said(bootstrap: str, *sessions: Session) -> dict[str, list[int]]:
    """When detections of sessions were written; nothing before each has one."""
    said: dict[str, list[int]] = {}
    for record in lying(bootstrap, DETECTIONS):
        said.setdefault(record.key.decode(), []).append(record.timestamp)
    return said if said.keys() >= {session.session_id for session in sessions} else {}


def test_a_sink_that_is_away_fills_no_memory(
    own_broker: KafkaBroker, tmp_path: Path, stack: ExitStack
) -> None:
    """While 150 MB wait the lander takes in a part of it, says why it is not ready, and lands all once the store is back."""
    bootstrap = own_broker.bootstrap
    apply_topics(bootstrap, partitions=3)
    sink = stack.enter_context(ClickHouseServer(tmp_path / "sink"))
    lander = start_worker(bootstrap, tmp_path, "land", "--metrics", "0", "--store", sink.dsn)
    stack.callback(lander.stop)
    _partitions(bootstrap, _edits("first", 1_000))
    poll("some is landed", lambda: settled(bootstrap, LAND_GROUP), seconds=60, every=0.3)

    before = _resident(lander)
    sink.kill()
    waiting = 0
    for number in range(HELD_UP // 2_000):
        events = _edits(f"session-{number}", 2_000)
        waiting += sum(len(codec.to_kafka(event).value) for event in events)
        _partitions(bootstrap, events)
    assert waiting > 150 * MEGABYTE
    poll("it says that the store is away", lambda: "does not answer" in _readiness(lander), seconds=60)
    grown = _grown(lander, before)
    assert grown < waiting / 2
    assert sum(end - done for done, end in offsets(bootstrap, LAND_GROUP, [EVENTS]).values()) == HELD_UP
    poll("it says how far it is behind", lambda: counted(lander, "fixloop_consumer_lag") == HELD_UP)
    assert counted(lander, "fixloop_oldest_unlanded_seconds") > 0
    assert counted(lander, "fixloop_insert_retries_total") > 0

    sink.start()
    poll("all is landed", lambda: settled(bootstrap, LAND_GROUP), seconds=120, every=0.3)
    assert "ready\n" == _readiness(lander)
    poll("nothing waits", lambda: counted(lander, "fixloop_consumer_lag") == 0)
    poll("nothing is old", lambda: counted(lander, "fixloop_oldest_unlanded_seconds") == 0)
    with open_store(sink.dsn) as store:
        assert ((HELD_UP + 1_000,),) == store.query("SELECT count() FROM events").rows


def _edits(session_id: str, count: int) -> list[Event]:
    lines = [f"line {number}" for number in range(LINES)]
    (edit,) = Session(session_id).edit(add=lines).events
    return [placed(edit, seq) for seq in range(count)]


def _resident(process: ServerProcess) -> int:
    """The memory of a process, in bytes."""
    for line in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("a process without memory")


def _grown(process: ServerProcess, before: int) -> int:
    """By how much a process is larger than before, once it grows no more."""
    sizes: list[int] = []

    def stands() -> bool:
        sizes.append(_resident(process))
        return len(sizes) > 10 and max(sizes[-10:]) - min(sizes[-10:]) < MEGABYTE

    poll("its memory stands", stands, seconds=60, every=0.3)
    return max(sizes) - before


def _readiness(worker: ServerProcess) -> str:
    try:
        return served(worker, "/readyz")
    except HTTPError as refused:
        with refused:
            return refused.read().decode()

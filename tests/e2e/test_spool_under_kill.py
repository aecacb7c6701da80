"""Eight processes write one spool while its shipper is killed again and again: every line arrives, in order; the store has each once."""

import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from fixloop.emit.ship_spool import BATCH
from fixloop.workers.embedded import EmbeddedRunner
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.topics import DEAD_LETTERS, EVENTS
from tests.integration.opened_store import opened_store
from tests.services.kafka_broker import KafkaBroker
from tests.services.polling import poll

pytestmark = pytest.mark.kafka

_LOG: Final = logging.getLogger(__name__)
"""Its figures: `--log-cli-level=info`."""
LONG: Final = "FIXLOOP_LONG" in os.environ
WRITERS: Final = 8
LINES: Final = 100_000 if LONG else 12_000
SESSIONS: Final = 5
"""Fewer than writers, so that they meet at the locks."""
PARTITIONS: Final = 3
_SEED: Final = int(os.environ.get("FIXLOOP_SEED", "6"))

_WRITER: Final = """
import sys
from pathlib import Path
from fixloop.emit.events import EDIT_APPLIED, Draft
from fixloop.emit.spool.spool import Spool
directory, writer, lines, sessions = sys.argv[1], *map(int, sys.argv[2:])
spool = Spool(Path(directory))
for line in range(lines):
    data = {"path": f"{writer:08x}{line:08x}", "path_role": "product"}
    written = spool.emit(Draft(f"session-{(writer + line) % sessions}", EDIT_APPLIED, "/test", data))
    sys.exit(f"line {line} was not written") if not written else None
"""

Arrived = dict[str, list[codec.Event]]
"""The messages of each session, in the order of their partition."""


def written_at_once(spool: Path) -> list[subprocess.Popen[bytes]]:
    """The writers, started."""
    each = LINES // WRITERS
    return [
        subprocess.Popen([sys.executable, "-c", _WRITER, *map(str, (spool, writer, each, SESSIONS))])
        for writer in range(WRITERS)
    ]


def shipping(spool: Path, bootstrap: str, *options: str) -> subprocess.Popen[str]:
    """`fixloop ship`, started."""
    return subprocess.Popen(
        [sys.executable, "-m", "fixloop", "ship", "--kafka", bootstrap, "--spool", str(spool), *options],
        env={"PATH": os.environ["PATH"], "HOME": str(spool.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed_again_and_again(
    spool: Path, bootstrap: str, writers: Sequence[subprocess.Popen[bytes]], chance: random.Random
) -> int:
    """Start the shipper and kill it, each time when it has got somewhere, until writers and spool are through. Says how often."""
    cursor = spool / "cursors" / "ship.json"
    kills = 0
    while any(writer.poll() is None for writer in writers) or list(spool.glob("sessions/*/*.jsonl")):
        before = cursor.read_bytes() if cursor.exists() else b"{}"
        shipper = shipping(spool, bootstrap, "--follow")
        try:
            poll("the shipper gets on", lambda before=before: _moved(cursor, before, spool, writers))  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.4 if LONG else 0.1))  # the moment of the kill is what is varied
        finally:
            shipper.send_signal(signal.SIGKILL)
            shipper.communicate()
        kills += 1
    return kills


def _moved(cursor: Path, before: bytes, spool: Path, writers: Sequence[subprocess.Popen[bytes]]) -> bool:
    through = all(writer.poll() is not None for writer in writers)
    return (cursor.exists() and cursor.read_bytes() != before) or (
        through and not list(spool.glob("sessions/*/*.jsonl"))
    )


def arrived(broker: KafkaBroker) -> Arrived:
    """Everything in the topic of events."""
    consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    sessions: Arrived = defaultdict(list)
    try:
        partitions = [TopicPartition(EVENTS, number) for number in range(PARTITIONS)]
        consumer.assign(partitions)
        ends: Mapping[TopicPartition, int] = consumer.end_offsets(partitions)
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            for messages in consumer.poll(timeout_ms=500, max_records=5_000).values():
                for message in messages:
                    event = codec.from_kafka(message.key, message.value, message.headers)
                    assert not isinstance(event, Rejected)
                    sessions[event.data.session_id].append(event)
    finally:
        consumer.close()
    return sessions


def seqs(events: Sequence[codec.Event]) -> list[int]:
    """Their numbers."""
    return [event.data.model_dump()["seq"] for event in events]


def rewinds(numbers: Sequence[int]) -> Iterator[int]:
    """How far each repetition goes back; what is repeated is repeated without a gap, up to where it was left."""
    following = 0
    for place, number in enumerate(numbers):
        if number == following:
            following += 1
        else:
            assert number < following, "a line is missing"
            if place == 0 or number != numbers[place - 1] + 1:
                yield following - number


def test_every_line_arrives_in_order_and_the_store_has_each_once(
    own_broker: KafkaBroker, tmp_path: Path
) -> None:
    """Repeats are no more than the batch whose place was not yet written down, at each kill."""
    admin = KafkaAdminClient(bootstrap_servers=own_broker.bootstrap)
    admin.create_topics(
        {topic: {"num_partitions": PARTITIONS, "replication_factor": 1} for topic in (EVENTS, DEAD_LETTERS)}
    )
    admin.close()
    spool, began = tmp_path / "spool", time.monotonic()
    writers = written_at_once(spool)
    try:
        kills = killed_again_and_again(spool, own_broker.bootstrap, writers, random.Random(_SEED))  # noqa: S311
        assert [writer.wait(60) for writer in writers] == [0] * WRITERS
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    shipped = time.monotonic() - began
    sessions = arrived(own_broker)
    every = [event for events in sessions.values() for event in events]
    edits = {event.data.model_dump()["path"] for event in every if event.type.endswith("edit.applied.v1")}
    expected = {f"{writer:08x}{line:08x}" for writer in range(WRITERS) for line in range(LINES // WRITERS)}
    assert expected == edits
    repeats = 0
    for events in sessions.values():
        numbers = seqs(events)
        assert list(range(len(set(numbers)))) == sorted(set(numbers))
        assert all(back <= BATCH for back in rewinds(numbers))
        repeats += len(numbers) - len(set(numbers))
    assert repeats <= BATCH * kills
    _LOG.info("%d lines, %d kills, %d repeats, %.1f s", LINES, kills, repeats, shipped)
    with opened_store(tmp_path / "store") as store:
        with EmbeddedRunner(store) as runner:
            for place, event in enumerate(every):
                runner.feed(f"kafka:{place}", event)
        counted = "SELECT count(), uniqExact(event_id) FROM events WHERE type = 'dev.fixloop.edit.applied.v1'"
        assert [(LINES, LINES)] == [tuple(row) for row in store.query(counted).rows]

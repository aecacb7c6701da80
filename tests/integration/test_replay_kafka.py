import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from fixloop.ingest.event_files import read_events
from fixloop.ingest.recordings import shipped_paths
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.events.wire import SessionEvent
from fixloop_schemas.topics import DEAD_LETTERS, EVENTS, TOPICS
from tests.services.kafka_broker import KafkaBroker


def make_topics(bootstrap: str) -> None:
    """The two topics that a replay writes to."""
    from kafka.admin import KafkaAdminClient, NewTopic

    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(name, TOPICS[name].partitions, 1) for name in (EVENTS, DEAD_LETTERS)])
    admin.close()


def messages(bootstrap: str, topic: str, count: int) -> list[Any]:
    """The first `count` messages of a topic."""
    from kafka import KafkaConsumer

    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=20_000
    )
    found = [message for message, _ in zip(consumer, range(count), strict=False)]
    consumer.close()
    return found


@pytest.mark.kafka
def test_every_event_arrives_in_the_order_of_its_session(own_broker: KafkaBroker, tmp_path: Path) -> None:
    """Each session lies in one partition, its numbers from 0 without a gap; a bad line is a dead letter."""
    make_topics(own_broker.bootstrap)
    (tmp_path / "bad.jsonl").write_bytes(b'{\n{"specversion": "1.0", "data": {}}\n')
    paths = [*map(str, shipped_paths()), str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "fixloop", "replay", *paths, "--to", "kafka", "--kafka", own_broker.bootstrap],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)

    expected = [item for _, item in read_events(shipped_paths()) if not isinstance(item, Rejected)]
    arrived = messages(own_broker.bootstrap, EVENTS, len(expected))
    numbers, partitions = defaultdict(list), defaultdict(set)
    for message in arrived:
        event = codec.from_kafka(message.key, message.value, message.headers)
        assert isinstance(event.data, SessionEvent)
        numbers[event.data.session_id].append(event.data.seq)
        partitions[event.data.session_id].add(message.partition)
    assert len(expected) == len(arrived)
    assert all(list(range(len(of_session))) == of_session for of_session in numbers.values())
    assert {1} == {len(of_session) for of_session in partitions.values()}

    letters = messages(own_broker.bootstrap, DEAD_LETTERS, 2)
    assert [b"not_cloudevents", b"not_json"] == sorted(
        dict(letter.headers)["fixloop_reason"] for letter in letters
    )

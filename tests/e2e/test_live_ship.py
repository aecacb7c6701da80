"""`fixloop ship` against a real broker: what is spooled arrives, whatever happens to the broker meanwhile."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from fixloop.emit.spool.spool import Spool
from fixloop_schemas import codec
from fixloop_schemas.topics import DEAD_LETTERS, EVENTS
from tests.services.kafka_broker import KafkaBroker
from tests.services.polling import poll
from tests.services.ports import free_ports
from tests.unit.emit.spooled import an_edit

pytestmark = pytest.mark.kafka


def ship(spool: Path, bootstrap: str, *arguments: str) -> subprocess.Popen[str]:
    """`fixloop ship`, started."""
    return subprocess.Popen(
        [sys.executable, "-m", "fixloop", "ship", "--kafka", bootstrap, "--spool", str(spool), *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(spool.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def create_topics(broker: KafkaBroker) -> None:
    """The topics that the shipper writes to."""
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.create_topics(
        {topic: {"num_partitions": 1, "replication_factor": 1} for topic in (EVENTS, DEAD_LETTERS)}
    )
    admin.close()


def arrived(broker: KafkaBroker, topic: str) -> Iterator[codec.Event]:
    """Every event in a topic of one partition."""
    partition = TopicPartition(topic, 0)
    consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    try:
        consumer.assign([partition])
        end = consumer.end_offsets([partition])[partition]
        while consumer.position(partition) < end:
            for messages in consumer.poll(timeout_ms=500).values():
                for message in messages:
                    yield codec.from_kafka(message.key, message.value, message.headers)
    finally:
        consumer.close()


def seqs(broker: KafkaBroker) -> set[int]:
    """The sequence numbers that arrived, repeated ones once."""
    return {event.data.model_dump()["seq"] for event in arrived(broker, EVENTS)}


def test_no_broker_is_one_clear_line(tmp_path: Path) -> None:
    """It says where it looked and what to do, and the events stay."""
    Spool(tmp_path / "spool").emit(an_edit())
    (port,) = free_ports(1)
    shipper = ship(tmp_path / "spool", f"127.0.0.1:{port}")
    output, errors = shipper.communicate(timeout=60)
    assert (shipper.returncode, output) == (1, "")
    assert errors.startswith(f"fixloop: No Kafka broker answers at 127.0.0.1:{port}")
    assert errors.count("\n") == 1


def test_a_missing_topic_is_one_clear_line(own_broker: KafkaBroker, tmp_path: Path) -> None:
    """It names the topic and how to create it."""
    Spool(tmp_path / "spool").emit(an_edit())
    shipper = ship(tmp_path / "spool", own_broker.bootstrap)
    _, errors = shipper.communicate(timeout=60)
    assert shipper.returncode == 1
    assert "'fixloop.events'" in errors
    assert "fixloop topics apply" in errors
    assert errors.count("\n") == 1


def test_a_broker_that_dies_and_comes_back_gets_everything(own_broker: KafkaBroker, tmp_path: Path) -> None:
    """What was spooled before, during and after its absence arrives, and the spool is empty then."""
    create_topics(own_broker)
    folder = tmp_path / "spool"
    spool = Spool(folder)
    shipper = ship(folder, own_broker.bootstrap, "--follow")
    try:
        spool.emit(an_edit())
        poll("the first events arrive", lambda: seqs(own_broker) == {0, 1})
        own_broker.kill()
        for _ in range(50):
            assert spool.emit(an_edit())
        own_broker.restart()
        spool.emit(an_edit())
        poll("all events arrive", lambda: seqs(own_broker) == set(range(53)), seconds=90)
        poll("the spool is empty", lambda: not list(folder.glob("sessions/*/*.jsonl")))
        shipper.send_signal(signal.SIGTERM)
        output, _ = shipper.communicate(timeout=60)
        assert shipper.returncode == 0
        assert output.startswith("shipped ")
    finally:
        shipper.kill()
        shipper.communicate()

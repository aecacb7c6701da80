"""What a changelog is told is there when it says so, key by key and in order, whatever the size."""

import asyncio
import os
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from fixloop.workers.changelog import Changelog, Values
from fixloop.workers.groups import MAX_STATE_BYTES
from fixloop.workers.sending import NotSentError
from tests.contract.reading import reading
from tests.services.lying import lying
from tests.services.shared_broker import SharedBroker

pytestmark = pytest.mark.kafka


@pytest.fixture
def topic(kafka_broker: SharedBroker, topic_prefix: str) -> str:
    """A changelog of this test's own, with two partitions, as it is provisioned."""
    with KafkaAdminClient(bootstrap_servers=kafka_broker.bootstrap) as admin:
        configs = {"cleanup.policy": "compact", "max.message.bytes": str(MAX_STATE_BYTES)}
        admin.create_topics(
            {topic_prefix: {"num_partitions": 2, "replication_factor": 1, "configs": configs}}
        )
        admin.wait_for_topics([topic_prefix])
    return topic_prefix


def _written(
    bootstrap: str, topic: str, folder: Path, *checkpoints: dict[int, Values]
) -> list[dict[int, int]]:
    async def write() -> list[dict[int, int]]:
        async with reading(bootstrap, f"{topic}-group", topic, folder) as reader:
            changelog = Changelog(reader.app, topic)
            return [await changelog.write(values) for values in checkpoints]

    return asyncio.run(write())


def test_what_is_written_lies_there(kafka_broker: SharedBroker, topic: str, tmp_path: Path) -> None:
    """More than a batch holds, values larger than a batch among small ones, and removals; each answer is the last offset."""
    large = os.urandom(2_000_000)
    first: dict[bytes, bytes | None] = {b"k%d" % number: os.urandom(1_000) for number in range(600)}
    second: dict[bytes, bytes | None] = {b"a": b"1", b"large": large, b"b": b"2", b"k0": None}
    checkpoints: list[dict[int, Values]] = [{0: first, 1: {b"other": b"3"}}, {0: second, 1: {}}]
    answers = _written(kafka_broker.bootstrap, topic, tmp_path, *checkpoints)
    assert [{0: 599, 1: 0}, {0: 603}] == answers
    records = [
        (record.partition, record.offset, record.key, record.value)
        for record in lying(kafka_broker.bootstrap, topic)
    ]
    expected = [(0, number, *pair) for number, pair in enumerate([*first.items(), *second.items()])]
    assert [*expected, (1, 0, b"other", b"3")] == sorted(records, key=lambda record: record[:2])


def test_what_is_too_large_is_said(kafka_broker: SharedBroker, topic: str, tmp_path: Path) -> None:
    """No state is taken for written that the broker refuses."""
    with pytest.raises(NotSentError, match="MessageSizeTooLarge"):
        _written(kafka_broker.bootstrap, topic, tmp_path, {0: {b"huge": os.urandom(MAX_STATE_BYTES + 1)}})
    assert [] == list(lying(kafka_broker.bootstrap, topic))

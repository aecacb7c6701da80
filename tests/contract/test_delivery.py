"""What a chunk keeps of Faust's delivery: nothing is lost, the order stays, and a commit says what is done and no more.

Each claim is shown for our transport, and where Faust's own keeps it, for that as well. As Faust ships it, a gap right after offset 0
holds up every later commit, and partitions that move can take records with them (`kafka_transport.py`).
"""

import asyncio
import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from aiokafka.protocol.offset import OffsetResetStrategy
from faust.transport.drivers.aiokafka import ensure_aiokafka_TP
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from tests.contract.reading import POLLED, Delivered, Reader, reading
from tests.services.kafka_broker import KafkaBroker
from tests.services.lying import lying
from tests.services.polling import poll
from tests.services.shared_broker import SharedBroker
from tests.unit.workers.test_header_names import LatinName

pytestmark = pytest.mark.kafka

AS_SHIPPED_TOO = pytest.mark.parametrize("chunks", [True, False], ids=["chunks", "as Faust ships it"])
COUNT = 12 * POLLED + 3


@pytest.fixture
def topic(kafka_broker: SharedBroker, topic_prefix: str) -> str:
    """A topic of this test's own, with two partitions; it is the name of the group, too."""
    _make(kafka_broker.bootstrap, topic_prefix)
    return topic_prefix


def _make(bootstrap: str, topic: str, **settings: str) -> None:
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        configs = {name.replace("_", "."): value for name, value in settings.items()}
        admin.create_topics({topic: {"num_partitions": 2, "replication_factor": 1, "configs": configs}})
        admin.wait_for_topics([topic])


def _send(bootstrap: str, topic: str, numbers: Iterable[int], transaction: str | None = None) -> None:
    """Messages, one in each partition in turn; each in a transaction of its own where one is named."""
    with KafkaProducer(bootstrap_servers=bootstrap, transactional_id=transaction) as producer:
        if transaction:
            producer.init_transactions()
        for number in numbers:
            if transaction:
                producer.begin_transaction()
            # The keys come again, but for those of each partition's first record.
            key = b"%d" % (number % 7) if number > 1 else b"first"
            producer.send(topic, b"%d" % number, key, partition=number % 2)
            if transaction:
                producer.commit_transaction()
        producer.flush()


def _committed(bootstrap: str, topic: str) -> list[int]:
    """The committed offset of each partition; 0 where there is none."""
    with KafkaConsumer(bootstrap_servers=bootstrap, group_id=topic, enable_auto_commit=False) as consumer:
        partitions = sorted(consumer.partitions_for_topic(topic) or ())
        return [consumer.committed(TopicPartition(topic, number)) or 0 for number in partitions]


def _all(count: int = COUNT) -> list[tuple[int, int]]:
    return sorted((number % 2, number // 2) for number in range(count))


def _in_order(reader: Reader) -> bool:
    """Whether each partition came in the order of its offsets."""
    return all(sorted(own) == own for of in (0, 1) for own in [[o for p, o in reader.offsets if p == of]])


@AS_SHIPPED_TOO
def test_everything_comes_once_in_order_and_is_committed(
    kafka_broker: SharedBroker, topic: str, chunks: bool, tmp_path: Path
) -> None:
    """More than the buffers hold, in two bursts with polls between them that bring nothing."""
    bootstrap = kafka_broker.bootstrap

    async def run() -> None:
        async with reading(bootstrap, topic, topic, tmp_path, chunks=chunks) as reader:
            for burst in (range(COUNT), range(COUNT, 2 * COUNT)):
                await asyncio.to_thread(_send, bootstrap, topic, burst)
                await reader.until(lambda burst=burst: len(reader.offsets) >= burst.stop)  # type: ignore[misc]
                await asyncio.sleep(1.5)
            assert _all(2 * COUNT) == sorted(reader.offsets)
            assert _in_order(reader)
            sizes = {len(one.offsets) for one in reader.delivered}
            assert max(sizes) <= POLLED
            assert (max(sizes) > 1) == chunks

    asyncio.run(run())
    assert [COUNT, COUNT] == _committed(bootstrap, topic)


@AS_SHIPPED_TOO
def test_a_crash_inside_of_a_batch_brings_it_again(
    kafka_broker: SharedBroker, topic: str, chunks: bool, tmp_path: Path
) -> None:
    """What was not acknowledged when the end came is read again, from the first of it; what was acknowledged behind it, too."""
    bootstrap = kafka_broker.bootstrap
    _send(bootstrap, topic, range(COUNT))
    missing: dict[int, int] = {}

    def skip_one(delivered: Delivered) -> bool:
        """Acknowledge all but the second message of each partition."""
        seen = [one for one in reached if one.partition == delivered.partition]
        reached.append(delivered)
        if len(seen) == 1:
            missing[delivered.partition] = delivered.offsets[0]
        return len(seen) != 1

    reached: list[Delivered] = []

    async def first() -> None:
        async with reading(bootstrap, topic, topic, tmp_path, chunks=chunks, acknowledge=skip_one) as reader:
            await reader.until(lambda: len(reader.offsets) == COUNT)

    async def second() -> None:
        async with reading(bootstrap, topic, topic, tmp_path, chunks=chunks) as reader:
            again = [one for one in _all() if one[1] >= missing[one[0]]]
            await reader.until(lambda: len(reader.offsets) >= len(again))
            assert again == sorted(reader.offsets)
            # Faust as it is shipped may end without a last commit.
            await asyncio.to_thread(poll, "all is committed", all_committed)

    def all_committed() -> bool:
        return [COUNT // 2 + 1, COUNT // 2] == _committed(bootstrap, topic)

    asyncio.run(first())
    assert [missing[0], missing[1]] == _committed(bootstrap, topic)
    asyncio.run(second())


def test_partitions_that_go_inside_of_a_batch_are_read_by_their_new_owner(
    kafka_broker: SharedBroker, topic: str, tmp_path: Path
) -> None:
    """A member that works on chunks while another one joins: to acknowledge them late commits nothing, and nobody misses anything."""
    bootstrap = kafka_broker.bootstrap
    _send(bootstrap, topic, range(COUNT))

    async def run() -> None:
        async with reading(
            bootstrap, topic, topic, tmp_path / "1", acknowledge=lambda one: one.offsets[0] == 0
        ) as old:
            await old.until(lambda: {0, 1} == {one.partition for one in old.delivered})
            await old.until(lambda: len(old.offsets) > 2 * POLLED)
            held = list(old.delivered)
            done = [one for one in held if one.offsets[0] == 0]
            async with reading(bootstrap, topic, topic, tmp_path / "2") as new:
                await new.until(lambda: len(new.delivered) > 0)
                for one in held:
                    one.ack()
                await old.commit()
                (theirs,) = {one.partition for one in new.delivered}
                (first,) = [one for one in done if one.partition == theirs]
                await new.until(lambda: new.offsets[-1][1] == _all()[-1 if theirs else COUNT // 2][1])
                assert first.offsets[-1] + 1 == new.offsets[0][1]
                (kept,) = [one for one in done if one.partition != theirs]
                await old.until(lambda: any(one.partition != theirs for one in old.delivered[len(held) :]))
                came = next(one for one in old.delivered[len(held) :] if one.partition != theirs)
                assert kept.offsets[-1] + 1 == came.offsets[0]

    asyncio.run(run())
    committed = _committed(bootstrap, topic)
    # The new owner did all of its partition; the old one acknowledged nothing more of the other.
    assert min(committed) <= POLLED
    assert max(committed) >= COUNT // 2


def test_transactions_leave_gaps_that_hold_up_no_commit(
    kafka_broker: SharedBroker, topic: str, tmp_path: Path
) -> None:
    """Each transaction ends with a marker that takes an offset and brings no record: the commit goes to the last record."""
    bootstrap = kafka_broker.bootstrap
    _send(bootstrap, topic, range(2 * POLLED), transaction=topic)

    async def run() -> None:
        async with reading(bootstrap, topic, topic, tmp_path) as reader:
            await reader.until(lambda: len(reader.offsets) == 2 * POLLED)
            assert [(number % 2, 2 * (number // 2)) for number in range(2 * POLLED)] == sorted(
                reader.offsets, key=lambda one: (one[1], one[0])
            )

    asyncio.run(run())
    assert [2 * POLLED - 1] * 2 == _committed(bootstrap, topic)


def test_compacted_gaps_hold_up_no_commit(own_broker: KafkaBroker, tmp_path: Path) -> None:
    """Of a compacted topic the last record of each key is left: all of them come, and the commit goes to the end."""
    bootstrap, topic = own_broker.bootstrap, "compacted"
    settings = {"cleanup_policy": "compact", "min_cleanable_dirty_ratio": "0.001", "segment_ms": "100"}
    _make(bootstrap, topic, **settings)
    _send(bootstrap, topic, range(COUNT))
    _send(bootstrap, topic, range(COUNT, COUNT + 40))

    def left() -> list[tuple[int, int]]:
        return [(one.partition, one.offset) for one in lying(bootstrap, topic)]

    def compacted() -> bool:
        _send(
            bootstrap, topic, [COUNT + 40, COUNT + 41]
        )  # the active segment is not cleaned, and rolls when something comes
        return len(left()) < COUNT // 2

    poll("the cleaner has been there", compacted, every=0.5)
    last = [max(offset for partition, offset in left() if partition == of) for of in (0, 1)]
    came: list[tuple[int, int]] = []

    async def run() -> None:
        async with reading(bootstrap, topic, topic, tmp_path) as reader:
            await reader.until(lambda: {(0, last[0]), (1, last[1])} <= set(reader.offsets))
            came.extend(sorted(reader.offsets))

    asyncio.run(run())
    # The cleaner may go on meanwhile: what lies there after all has come.
    assert set(left()) <= set(came)
    assert any(later - earlier > 1 for (_, earlier), (_, later) in pairwise(came))
    assert [offset + 1 for offset in last] == _committed(bootstrap, topic)


def test_who_looks_for_what_stands_still_may_look_while_partitions_move(
    kafka_broker: SharedBroker, topic: str, tmp_path: Path
) -> None:
    """Faust looks again and again, right after a rebalance as well, when it is not known yet from where a partition is read."""
    bootstrap = kafka_broker.bootstrap

    async def run() -> None:
        async with reading(bootstrap, topic, topic, tmp_path) as reader:
            await asyncio.to_thread(_send, bootstrap, topic, range(COUNT))
            await reader.until(lambda: len(reader.offsets) == COUNT)
            consumer = reader.app.consumer
            positions = consumer._thread._consumer._subscription.subscription.assignment
            for partition in consumer.assignment():
                position = positions.state_value(ensure_aiokafka_TP(partition))
                position.await_reset(OffsetResetStrategy.LATEST)
                assert not position.has_valid_position
                consumer.verify_event_path(time.monotonic(), partition)

    asyncio.run(run())


def test_a_header_whose_name_is_no_text_stops_nothing(
    kafka_broker: SharedBroker, topic: str, tmp_path: Path
) -> None:
    """The whole batch comes, and is committed; aiokafka alone would give up on it at each start."""
    bootstrap = kafka_broker.bootstrap
    with KafkaProducer(bootstrap_servers=bootstrap, compression_type="gzip", linger_ms=200) as producer:
        for headers in ([], [(LatinName("\xff\xfe"), b"1")], []):
            producer.send(topic, b"value", b"key", headers, partition=0)
        producer.flush()

    async def run() -> None:
        async with reading(bootstrap, topic, topic, tmp_path) as reader:
            await reader.until(lambda: len(reader.offsets) >= 3)
            assert [(0, 0), (0, 1), (0, 2)] == reader.offsets
            await reader.commit()
            names = [
                name
                for one in reader.delivered
                for record in one.event.message.records
                for name, _ in record.headers
            ]
            assert ["\\xff\\xfe"] == names

    asyncio.run(run())
    assert [3, 0] == _committed(bootstrap, topic)

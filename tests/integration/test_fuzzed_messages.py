"""20,000 fuzzed messages through `fixloop worker detect`: each is folded or in the dead letters, and the worker goes on."""

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from fixloop.workers.dead_letters import Letter, read_letter
from fixloop.workers.groups import DETECT_GROUP
from fixloop.workers.provision import apply_topics
from fixloop.workers.records import Record, from_fetched
from fixloop_schemas.topics import DEAD_LETTERS, EVENTS
from fixloop_schemas.vocabulary import DeadReason
from tests.integration.worker_processes import counted, start_worker, wait_until_settled
from tests.mutation import Message, message
from tests.services.kafka_broker import KafkaBroker
from tests.services.lying import lying

pytestmark = pytest.mark.kafka

COUNT = 20_000
SEED = 20_260_123


async def _send(bootstrap: str, messages: Sequence[Message]) -> None:
    """Through the client that also writes headers without a value."""
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, linger_ms=20, max_batch_size=256 * 1024
    ) as producer:
        waiting = []
        for one in messages:
            # It takes no message without key and value; for everybody else an empty key is as good as none.
            key = b"" if one.key is one.value is None else one.key
            waiting.append(await producer.send(EVENTS, one.value, key, headers=list(one.headers)))
        await asyncio.gather(*waiting)


def _lying(bootstrap: str, topic: str) -> list[Record]:
    """Every record of a topic."""
    return list(map(from_fetched, lying(bootstrap, topic)))


def _as_sent(letter: Letter, record: Record) -> bool:
    """Whether a letter gives back the record that it came from; what a message says in our name does not stay."""
    theirs = tuple(header for header in record.headers if not header[0].startswith("fixloop_"))
    return (letter.key, letter.value, letter.headers) == (record.key or None, record.value or b"", theirs)


def test_fuzzed_messages_are_folded_or_put_aside(own_broker: KafkaBroker, tmp_path: Path) -> None:
    """With the limit off: what is not folded is in the dead letters with its reason, as it came, and the worker stays up."""
    seed = int(os.environ.get("FIXLOOP_SEED") or SEED)
    sys.stdout.write(f"FIXLOOP_SEED={seed}\n")
    chance = random.Random(seed)  # noqa: S311 -- the same messages for the same seed
    bootstrap = own_broker.bootstrap
    apply_topics(bootstrap, partitions=3)
    worker = start_worker(bootstrap, tmp_path, "detect", "--metrics", "0", "--bad-share", "1", "--verbose")
    try:
        pid = worker.pid
        asyncio.run(_send(bootstrap, [message(chance) for _ in range(COUNT)]))
        wait_until_settled(bootstrap, DETECT_GROUP)
        folded = counted(worker, "fixloop_events_folded_total")
        assert (pid, True) == (worker.pid, worker.running)
        # Faust would say so of an agent that was started a second time.
        assert [] == [word for word in ("Restarting", "rashed", "Traceback") if word in worker.said()]
    finally:
        worker.stop()

    sent = {record.place: record for record in _lying(bootstrap, EVENTS)}
    letters = [read_letter(record) for record in _lying(bootstrap, DEAD_LETTERS)]
    assert (COUNT, COUNT - folded) == (len(sent), len(letters))
    assert len(letters) == len({letter.source for letter in letters})
    assert [] == [letter for letter in letters if not _as_sent(letter, sent[letter.source])]
    reasons = Counter(letter.reason for letter in letters)
    assert folded > COUNT / 5
    # Each sort of bad message was among them; the large ones are sent by another test, and no fault of ours was found.
    assert set(DeadReason) - {DeadReason.TOO_LARGE, DeadReason.PROCESSING_ERROR} == set(reasons)

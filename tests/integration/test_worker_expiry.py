"""States of sessions that are silent for long go, for everybody and for good."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from fixloop.detect import SessionState
from fixloop.observe.metrics import Metrics
from fixloop.workers.bad_messages import BadMessagePolicy
from fixloop.workers.batches import Batches
from fixloop.workers.counting import Counting
from fixloop.workers.faust_app import new_app
from fixloop.workers.folding_role import FoldingRole
from fixloop.workers.foldings import SESSIONS
from fixloop.workers.groups import DETECT_GROUP
from fixloop.workers.provision import apply_topics
from fixloop.workers.readiness import Readiness
from fixloop_schemas import codec
from fixloop_schemas.topics import EVENTS
from tests.builders import Session
from tests.integration.worker_processes import SECONDS
from tests.services.kafka_broker import KafkaBroker

Detector = FoldingRole[SessionState]
KEYS = {f"session-{number}".encode() for number in range(20)}


async def _with_detector(bootstrap: str, folder: Path, use: Callable[[Detector], Awaitable[None]]) -> None:
    """Run a detector in this process, and use it once it has what was committed."""
    app = new_app(DETECT_GROUP, bootstrap, folder)
    batches = Batches(app)
    detector = FoldingRole(
        "detect", SESSIONS, app, batches, Counting(Metrics()), Readiness(), BadMessagePolicy()
    )

    async def detect(stream: Any) -> None:
        async for batch in batches.of(stream, 100, 0.1):
            async with batches.lock:
                await detector.work(batch)

    app.agent(detector.source, concurrency=1)(detect)
    await app.start()
    try:
        await use(detector)
    finally:
        await app.stop()


async def _until_all_are_there(detector: Detector) -> dict[bytes, bytes]:
    async with asyncio.timeout(SECONDS):
        while set(detector._table.data) != KEYS:  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(0.05)
    return dict(detector._table.data)


@pytest.mark.kafka
def test_states_outlive_a_worker_and_silent_ones_go_for_good(own_broker: KafkaBroker, tmp_path: Path) -> None:
    """A second detector, on another disk, has every state. Once sessions were silent for long, they are gone for a third one as well."""
    bootstrap = own_broker.bootstrap
    apply_topics(bootstrap, partitions=3)
    with KafkaProducer(bootstrap_servers=bootstrap) as producer:
        for key in sorted(KEYS):
            message = codec.to_kafka(Session(key.decode()).edit().events[0])
            producer.send(EVENTS, message.value, message.key, list(message.headers))
        producer.flush()
    now = datetime.now(UTC)
    found: list[dict[bytes, bytes]] = []

    async def first(detector: Detector) -> None:
        found.append(await _until_all_are_there(detector))

    async def second(detector: Detector) -> None:
        found.append(dict(detector._table.data))
        await detector.expire(now + SESSIONS.idle - timedelta(minutes=5))
        assert KEYS == set(detector._table.data)
        await detector.expire(now + SESSIONS.idle + timedelta(minutes=5))
        assert set() == set(detector._table.data)

    async def third(detector: Detector) -> None:
        assert set() == set(detector._table.data)

    for use in (first, second, third):
        folder = tmp_path / use.__name__
        folder.mkdir()
        asyncio.run(_with_detector(bootstrap, folder, use))
    assert found[0] == found[1]

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
from fixloop.workers.foldings import LEDGERS, SESSIONS, Folding
from fixloop.workers.groups import DETECT_GROUP, LEDGER_GROUP
from fixloop.workers.provision import apply_topics
from fixloop.workers.readiness import Readiness
from fixloop_schemas import codec
from fixloop_schemas.codec import Event
from tests.builders import Session
from tests.integration.worker_processes import SECONDS
from tests.services.kafka_broker import KafkaBroker

Role = FoldingRole[Any]

NAMES = [f"session-{number}" for number in range(20)]


def _edits() -> list[Event]:
    """An event of each session."""
    return [Session(name).edit().events[0] for name in NAMES]


def _told() -> list[Event]:
    """A thing that each session tells the ledger, on a repository of its own."""
    told: list[Event] = []
    for name in NAMES:
        state: SessionState | None = None
        for event in Session(name, vcs_repository_name=name).run({"tests/test_a.py::test_a": "fail"}).events:
            state, following = SESSIONS.fold(state, event)
            told += following
    return told


async def _with_role(
    group: str, folding: Folding[Any], bootstrap: str, folder: Path, use: Callable[[Role], Awaitable[None]]
) -> None:
    """Run a role in this process, and use it once it has what was committed."""
    app = new_app(group, bootstrap, folder)
    batches = Batches(app)
    role = Role("a part", folding, app, batches, Counting(Metrics()), Readiness(), BadMessagePolicy())

    async def work(stream: Any) -> None:
        async for batch in batches.of(stream, 100, 0.1):
            async with batches.lock:
                await role.work(batch)

    app.agent(role.source, concurrency=1)(work)
    await app.start()
    try:
        await use(role)
    finally:
        await app.stop()


async def _until_all_are_there(role: Role, keys: set[bytes]) -> dict[bytes, bytes]:
    async with asyncio.timeout(SECONDS):
        while set(role._table.data) != keys:  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(0.05)
    return dict(role._table.data)


@pytest.mark.kafka
@pytest.mark.parametrize(
    ("group", "folding", "events"),
    [(DETECT_GROUP, SESSIONS, _edits()), (LEDGER_GROUP, LEDGERS, _told())],
    ids=["sessions", "ledgers"],
)
def test_states_outlive_a_worker_and_silent_ones_go_for_good(
    group: str, folding: Folding[Any], events: list[Event], own_broker: KafkaBroker, tmp_path: Path
) -> None:
    """A second worker, on another disk, has every state. Once nothing has come for long, they are gone for a third one as well."""
    bootstrap = own_broker.bootstrap
    apply_topics(bootstrap, partitions=3)
    keys = {event.data.partition_key.encode() for event in events}
    assert len(NAMES) == len(keys)
    with KafkaProducer(bootstrap_servers=bootstrap) as producer:
        for message in map(codec.to_kafka, events):
            producer.send(folding.topic, message.value, message.key, list(message.headers))
        producer.flush()
    now = datetime.now(UTC)
    found: list[dict[bytes, bytes]] = []

    async def first(role: Role) -> None:
        found.append(await _until_all_are_there(role, keys))

    async def second(role: Role) -> None:
        found.append(dict(role._table.data))
        await role.expire(now + folding.idle - timedelta(minutes=5))
        assert keys == set(role._table.data)
        await role.expire(now + folding.idle + timedelta(minutes=5))
        assert set() == set(role._table.data)

    async def third(role: Role) -> None:
        assert set() == set(role._table.data)

    for use in (first, second, third):
        folder = tmp_path / use.__name__
        folder.mkdir()
        asyncio.run(_with_role(group, folding, bootstrap, folder, use))
    assert found[0] == found[1]

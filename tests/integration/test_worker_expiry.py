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
from fixloop.workers.checkpoints import Checkpoints
from fixloop.workers.counting import Counting
from fixloop.workers.faust_app import new_app
from fixloop.workers.folding_role import FoldingRole
from fixloop.workers.foldings import LEDGERS, SESSIONS, Folding
from fixloop.workers.groups import DETECT_GROUP, LEDGER_GROUP
from fixloop.workers.provision import apply_topics
from fixloop.workers.readiness import Readiness
from fixloop.workers.state_stores import MEMORY, ROCKSDB
from fixloop.workers.state_table import Head
from fixloop_schemas import codec
from fixloop_schemas.codec import Event
from tests.builders import Session
from tests.integration.worker_processes import SECONDS
from tests.services.kafka_broker import KafkaBroker

Role = FoldingRole[Any]

NAMES = [f"session-{number}" for number in range(20)]
PARTITIONS = range(3)


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
    group: str,
    folding: Folding[Any],
    store: str,
    bootstrap: str,
    folder: Path,
    use: Callable[[Role], Awaitable[None]],
) -> None:
    """Run a role in this process, and use it once it has what was committed."""
    app = new_app(group, bootstrap, folder, store)
    failures: list[BaseException] = []
    role = Role(
        "a part", folding, app, Counting(Metrics()), Readiness(), BadMessagePolicy(), timedelta(minutes=30)
    )
    checkpoints = Checkpoints(app, role, 0.1, failures.append)
    app.agent(role.source, concurrency=1)(checkpoints.work)
    await app.start()
    try:
        await use(role)
    finally:
        await checkpoints.end()
        await app.stop()
    assert [] == failures


def _states(role: Role) -> dict[bytes, Head | None]:
    return {key: head for partition in PARTITIONS for key, head in role.table.heads(partition)}


async def _until_all_are_there(role: Role, keys: set[bytes]) -> dict[bytes, Head | None]:
    async with asyncio.timeout(SECONDS):
        while set(_states(role)) != keys:  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(0.05)
    return _states(role)


@pytest.mark.kafka
@pytest.mark.parametrize("store", [MEMORY, ROCKSDB])
@pytest.mark.parametrize(
    ("group", "folding", "events"),
    [(DETECT_GROUP, SESSIONS, _edits()), (LEDGER_GROUP, LEDGERS, _told())],
    ids=["sessions", "ledgers"],
)
def test_states_outlive_a_worker_and_silent_ones_go_for_good(
    group: str,
    folding: Folding[Any],
    events: list[Event],
    store: str,
    own_broker: KafkaBroker,
    tmp_path: Path,
) -> None:
    """Another worker has every state, on another disk or on the same one. Once nothing has come for long, they are gone for all."""
    bootstrap = own_broker.bootstrap
    apply_topics(bootstrap, partitions=len(PARTITIONS))
    keys = {event.data.partition_key.encode() for event in events}
    assert len(NAMES) == len(keys)
    with KafkaProducer(bootstrap_servers=bootstrap) as producer:
        for message in map(codec.to_kafka, events):
            producer.send(folding.topic, message.value, message.key, list(message.headers))
        producer.flush()
    now = datetime.now(UTC)
    found: list[dict[bytes, Head | None]] = []

    async def look(role: Role) -> None:
        found.append(await _until_all_are_there(role, keys))

    async def expire(role: Role) -> None:
        found.append(_states(role))
        await role.expire(now + folding.idle - timedelta(minutes=5))
        assert keys == set(_states(role))
        await role.expire(now + folding.idle + timedelta(minutes=5))
        assert {} == _states(role)

    async def nothing(role: Role) -> None:
        assert {} == _states(role)

    for folder, use in (("one", look), ("two", look), ("one", expire), ("two", nothing), ("three", nothing)):
        (tmp_path / folder).mkdir(exist_ok=True)
        asyncio.run(_with_role(group, folding, store, bootstrap, tmp_path / folder, use))
    assert [found[0]] * 3 == found

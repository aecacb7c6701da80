"""Batches are acknowledged by one call, and trying again has an end only where somebody else has the batch."""

import asyncio
from dataclasses import dataclass

import pytest

from fixloop.errors import UnreachableError
from fixloop.workers import batches
from fixloop.workers.batches import Batch, BatchGoneError, insist
from fixloop.workers.readiness import Readiness
from tests.builders import Session
from tests.unit.workers.kafka_records import records


@dataclass
class _Fetched:
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    timestamp: int


@dataclass
class _Chunk:
    records: list[_Fetched]
    generation_id: int = 7


@dataclass
class _Event:
    message: _Chunk
    acknowledged: int = 0

    def ack(self) -> None:
        self.acknowledged += 1


def test_a_batch_is_acknowledged_while_it_is_ours() -> None:
    """All its records at once; and never once somebody else has the partition."""
    lying = records(Session().edit().edit().events)
    event = _Event(
        _Chunk(
            [
                _Fetched(
                    one.topic, one.partition, one.offset, one.key, one.value, one.headers, one.written_ms
                )
                for one in lying
            ]
        )
    )
    Batch(event, lambda generation: generation == 8).acknowledge()
    assert 0 == event.acknowledged
    batch = Batch(event, lambda generation: generation == 7)
    batch.acknowledge()
    assert (tuple(lying), 1) == (batch.records, event.acknowledged)


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_FIRST_PAUSE", 0.0)


@pytest.mark.usefixtures("_no_pauses")
def test_what_fails_is_tried_until_it_succeeds() -> None:
    """Meanwhile the worker is not ready, says why, and counts; afterwards it is ready."""
    readiness = Readiness()
    seen: list[str | None] = []
    failures: list[int] = []

    async def action() -> None:
        seen.append(readiness())
        if len(seen) < 4:
            raise UnreachableError(f"no answer {len(seen)}")

    asyncio.run(
        insist(
            action,
            on=(UnreachableError,),
            ours=lambda: True,
            readiness=readiness,
            part="land",
            failed=lambda: failures.append(1),
        )
    )
    assert [None, "land: no answer 1", "land: no answer 2", "land: no answer 3"] == seen
    assert (3, None) == (len(failures), readiness())


@pytest.mark.usefixtures("_no_pauses")
def test_a_batch_that_went_away_is_let_go() -> None:
    """It is not tried for ever what somebody else does."""

    async def action() -> None:
        raise UnreachableError("no answer")

    with pytest.raises(BatchGoneError):
        asyncio.run(
            insist(action, on=(UnreachableError,), ours=lambda: False, readiness=Readiness(), part="land")
        )


@pytest.mark.usefixtures("_no_pauses")
def test_another_error_is_not_tried_again() -> None:
    """A fault of ours is not hidden by trying."""

    async def action() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(
            insist(action, on=(UnreachableError,), ours=lambda: True, readiness=Readiness(), part="land")
        )

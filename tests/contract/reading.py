"""A Faust application that reads one topic, as the contract of delivery needs it: what was delivered, and what is acknowledged when."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faust

from fixloop.workers import kafka_transport
from fixloop.workers.faust_app import SETTINGS, raw_topic
from fixloop.workers.state_stores import MEMORY

POLLED = 10
"""Records that one poll brings at most."""
SECONDS = 60.0


@dataclass(slots=True)
class Delivered:
    """One message as the agent got it."""

    partition: int
    offsets: list[int]
    event: Any

    def ack(self) -> None:
        """Let its offsets be committed."""
        self.event.ack()


@dataclass(slots=True)
class Reader:
    """One member of a group."""

    app: Any
    delivered: list[Delivered] = field(default_factory=list)

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """Partition and offset of each record, in the order in which they came."""
        return [(one.partition, offset) for one in self.delivered for offset in one.offsets]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(SECONDS):
            while not condition():  # noqa: ASYNC110 -- nobody tells
                await asyncio.sleep(0.02)

    async def commit(self) -> None:
        """Commit what may be committed."""
        await self.app.consumer.commit()


@asynccontextmanager
async def reading(
    bootstrap: str,
    group: str,
    topic: str,
    folder: Path,
    *,
    chunks: bool = True,
    acknowledge: Callable[[Delivered], bool] = lambda _: True,
) -> AsyncIterator[Reader]:
    """A member of `group` that reads `topic`, in chunks or as Faust ships it.

    Args:
        bootstrap: where the broker is.
        group: its group.
        topic: what it reads.
        folder: for Faust's own files.
        chunks: whether it reads through our transport.
        acknowledge: whether to acknowledge a message at once.
    """
    settings = {**SETTINGS, "broker_max_poll_records": POLLED, "broker_commit_interval": 0.2}
    app = faust.App(group, broker=f"kafka://{bootstrap}", store=MEMORY, datadir=str(folder), **settings)
    if chunks:
        kafka_transport.use(app)
    reader = Reader(app)

    async def read(stream: Any) -> None:
        async for event in stream.noack().events():
            message = event.message
            offsets = [one.offset for one in message.records] if chunks else [message.offset]
            delivered = Delivered(message.partition, offsets, event)
            reader.delivered.append(delivered)
            if acknowledge(delivered):
                delivered.ack()

    app.agent(raw_topic(app, topic), concurrency=1)(read)
    await app.start()
    try:
        yield reader
    finally:
        await app.stop()

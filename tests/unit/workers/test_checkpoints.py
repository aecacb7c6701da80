"""Which batches a role is given."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fixloop.workers.batches import Batch, BatchGoneError
from fixloop.workers.checkpoints import Checkpoints
from fixloop.workers.faust_app import new_app
from fixloop.workers.groups import DETECT_GROUP
from fixloop.workers.state_stores import MEMORY


@dataclass
class _Message:
    generation_id: int
    records: tuple[Any, ...] = ()


@dataclass
class _Event:
    message: _Message


@dataclass
class _Role:
    """Remembers what it was given; its checkpoints fail, or not."""

    given: list[int] = field(default_factory=list)
    gone: bool = False
    full: bool = False

    async def work(self, batch: Batch) -> None:
        self.given.append(batch.generation)

    async def checkpoint(self) -> None:
        if self.gone:
            raise BatchGoneError

    def forget(self) -> None:
        self.given.clear()


@dataclass
class _Stream:
    """Events of these generations, one after the other."""

    generations: list[int]

    def noack(self) -> "_Stream":
        return self

    async def events(self) -> Any:
        for generation in self.generations:
            yield _Event(_Message(generation))


def test_after_a_gap_nothing_is_taken_until_the_next_generation(tmp_path: Path) -> None:
    """What was let go of comes again, and what came after it would be folded without it until then."""

    async def run() -> None:
        app = new_app(DETECT_GROUP, "127.0.0.1:1", tmp_path, MEMORY)
        role = _Role()
        failures: list[BaseException] = []
        checkpoints = Checkpoints(app, role, 60.0, failures.append)
        await checkpoints._given()
        app.consumer_generation_id = 7
        await checkpoints.work(_Stream([7]))
        assert [7] == role.given
        role.gone = True
        await checkpoints.checkpoint()
        role.gone = False
        await checkpoints.work(_Stream([7, 7]))
        assert [] == role.given
        app.consumer_generation_id = 8
        await checkpoints.work(_Stream([7, 8, 8]))
        assert [8, 8] == role.given
        assert [] == failures

    asyncio.run(run())

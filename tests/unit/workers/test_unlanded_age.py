"""How old what the lander holds is."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fixloop.observe.metrics import Metrics
from fixloop.workers.batches import Batch
from fixloop.workers.counting import Counting
from fixloop.workers.faust_app import new_app
from fixloop.workers.groups import LAND_GROUP
from fixloop.workers.lander import Lander
from fixloop.workers.readiness import Readiness
from fixloop.workers.state_stores import MEMORY
from fixloop_schemas.codec import to_kafka
from fixloop_schemas.topics import EVENTS
from tests.builders import Session

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _batch(written: datetime | None) -> Batch:
    """An event, written then; None: nobody knows when."""
    (event,) = Session().edit().events
    message = to_kafka(event)
    fetched = SimpleNamespace(
        topic=EVENTS,
        partition=0,
        offset=0,
        key=message.key,
        value=message.value,
        headers=message.headers,
        timestamp=-1 if written is None else int(written.timestamp() * 1_000),
    )
    return Batch(SimpleNamespace(message=SimpleNamespace(generation_id=1, records=[fetched])), lambda _: True)


def test_the_age_is_the_oldest_ones_until_all_is_landed(tmp_path: Path) -> None:
    """It grows by time alone; what nobody knows the time of, and a clock that is ahead, make it neither more nor negative."""
    metrics = Metrics()
    nothing: Any = None
    app = new_app(LAND_GROUP, "127.0.0.1:1", tmp_path, MEMORY)
    lander = Lander(app, nothing, Counting(metrics), metrics, Readiness(), 1_000)

    def age(now: datetime) -> float:
        lander.tell_age(now)
        value = metrics.registry.get_sample_value("fixloop_oldest_unlanded_seconds")
        assert value is not None
        return value

    async def hold(*written: datetime | None) -> None:
        for one in written:
            await lander.work(_batch(one))

    assert age(NOW) == 0
    asyncio.run(hold(NOW + timedelta(seconds=5), None))
    assert age(NOW) == 0
    asyncio.run(hold(NOW - timedelta(seconds=20), NOW - timedelta(seconds=10)))
    assert age(NOW) == 20
    assert age(NOW + timedelta(minutes=1)) == 80
    lander.forget()
    assert age(NOW) == 0

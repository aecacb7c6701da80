"""Workers killed, the broker killed, the store away, workers come and go, all under load: the same as if nothing had happened."""

import os
import random
from collections import defaultdict
from pathlib import Path

import pytest

from fixloop.land.store import open_store
from fixloop.land.store_socket import query_store
from fixloop.workers.provision import apply_topics
from fixloop_schemas import codec
from fixloop_schemas.topics import DETECTIONS
from tests.comparable import Content, content, differences
from tests.e2e.chaos import Chaos
from tests.e2e.load import events_of
from tests.e2e.mishaps import Form, schedule
from tests.integration.worker_processes import fixloop
from tests.services.clickhouse_server import ClickHouseServer
from tests.services.errors import ServiceError
from tests.services.kafka_broker import KafkaBroker
from tests.services.lying import lying

SHORT = Form(
    seconds=24, events=3_000, kills=5, broker_kills=1, sinks_away=1, sink_seconds=5, settle_seconds=120
)
FULL = Form(
    seconds=300, events=40_000, kills=30, broker_kills=5, sinks_away=2, sink_seconds=40, settle_seconds=300
)
SEED = 5
PARTITIONS = 6

pytestmark = pytest.mark.kafka


def test_nothing_that_goes_wrong_shows(
    own_broker: KafkaBroker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Some kills of everything, a store that is away, detectors from one to three to two: views and rollups are the embedded runner's."""
    _run(SHORT, int(os.environ.get("FIXLOOP_SEED") or SEED), own_broker, tmp_path, capsys)


@pytest.mark.skipif(
    not os.environ.get("FIXLOOP_LONG"), reason="FIXLOOP_LONG is not set: `make e2e` runs the full form"
)
@pytest.mark.timeout(1800)
def test_nothing_that_goes_wrong_for_long_shows(
    own_broker: KafkaBroker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same with 30 kills of workers and 5 of the broker."""
    seed = int(os.environ.get("FIXLOOP_SEED") or random.SystemRandom().randrange(1_000_000))
    _run(FULL, seed, own_broker, tmp_path, capsys)


def _run(
    form: Form, seed: int, broker: KafkaBroker, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = events_of(form.events, seed)
    file = folder / "events.jsonl"
    file.write_bytes(b"".join(map(codec.to_json_line, events)))
    steps = schedule(form, seed)
    apply_topics(broker.bootstrap, partitions=PARTITIONS)
    with ClickHouseServer(folder / "sink") as sink:
        chaos = Chaos(broker, sink, folder, form, steps)
        try:
            chaos.run(file)
            found = _landed(sink.dsn)
        except ServiceError as error:
            raise AssertionError(f"seed {seed}: {error}; {chaos.behind()}\n{chaos.story()}") from error
        finally:
            with capsys.disabled():
                print(f"\n{_figures(seed, chaos, len(events))}", flush=True)  # noqa: T201
    wrong = differences(_embedded(file, folder / "embedded"), found)
    wrong += _told_otherwise(broker.bootstrap)
    wrong += [f"{log}: a traceback" for log in chaos.tracebacks()]
    assert not wrong, "\n".join([_figures(seed, chaos, len(events)), *wrong, chaos.story()])
    assert found["count of detections"] != ["[0]"]


def _figures(seed: int, chaos: Chaos, events: int) -> str:
    counts = chaos.counts
    return (
        f"seed {seed}, kills {counts['Kill']} (worker), broker kills {counts['KillBroker']}, store away {counts['SinkAway']}, "
        f"rebalances {counts['Scale']}, ended by themselves {counts['ended']}, events {events}"
    )


def _landed(dsn: str) -> Content:
    with open_store(dsn) as store:
        return content(lambda sql: store.query(sql).rows)


def _embedded(events: Path, data: Path) -> Content:
    """What the embedded runner makes of the same events."""
    fixloop("replay", "--data", str(data), str(events))
    return content(lambda sql: query_store(data, sql).rows)


def _told_otherwise(bootstrap: str) -> list[str]:
    """The versions of detections that were said in two ways: they may be said again, and only in the same words."""
    said: dict[str, set[bytes]] = defaultdict(set)
    for record in lying(bootstrap, DETECTIONS):
        said[dict(record.headers)["ce_id"].decode()].add(record.value)
    return [f"{one} was said in {len(words)} ways" for one, words in said.items() if len(words) > 1]

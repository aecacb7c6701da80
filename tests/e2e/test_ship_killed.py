"""Eight processes write while `fixloop ship` is killed again and again: nothing is lost, and nothing counts twice.

The whole of it, 100,000 lines, runs with FIXLOOP_LONG=1; `make test` has a shorter form.
"""

import json
import os
import random
import subprocess
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from fixloop.emit.ship_spool import BATCH
from fixloop.emit.spool_reader import SpoolReader
from fixloop.workers.groups import LAND_GROUP
from fixloop.workers.provision import apply_topics
from fixloop_schemas.topics import DEAD_LETTERS, EVENTS
from tests.e2e.test_live_ship import ship
from tests.integration.worker_processes import answer, start_worker, wait_until_settled
from tests.services.kafka_broker import KafkaBroker
from tests.services.lying import lying

pytestmark = pytest.mark.kafka

LINES = 100_000 if os.environ.get("FIXLOOP_LONG") else 16_000
PROCESSES = 8
SESSIONS = 4
SEED = 20_261_123

_EMITTER = """
import sys
from pathlib import Path
from fixloop.emit.events import EDIT_APPLIED, Draft
from fixloop.emit.spool import Spool
spool, session, count = Spool(Path(sys.argv[1]), limit_bytes=1 << 30), sys.argv[2], int(sys.argv[3])
data = {"path": "ab" * 16, "path_role": "product", "change": "modified", "hunks": [{"added": ["0123456789abcdef"] * 3}]}
refused = sum(not spool.emit(Draft(session, EDIT_APPLIED, "/agent/test", data)) for _ in range(count))
sys.exit(refused != 0)
"""


def _written(spool: Path) -> list[subprocess.Popen[bytes]]:
    """The processes that write, two to a session."""
    return [
        subprocess.Popen(
            [sys.executable, "-c", _EMITTER, str(spool), f"s{number % SESSIONS}", str(LINES // PROCESSES)]
        )
        for number in range(PROCESSES)
    ]


def _shipped_and_killed(spool: Path, bootstrap: str, writers: list[subprocess.Popen[bytes]]) -> int:
    """Ship while there is somebody who writes, or something to send; says how often the shipper was killed."""
    seed = int(os.environ.get("FIXLOOP_SEED") or SEED)
    chance = random.Random(seed)  # noqa: S311 -- the same moments for the same seed
    kills = 0
    while any(writer.poll() is None for writer in writers) or kills < 5:
        shipper = ship(spool, bootstrap, "--follow")
        try:
            shipper.wait(chance.uniform(0.5, 1.5))
        except subprocess.TimeoutExpired:
            kills += 1
        shipper.kill()
        shipper.communicate()
    sys.stdout.write(f"FIXLOOP_SEED={seed}, {LINES} lines, shipper killed {kills} times\n")
    return kills


def test_a_shipper_that_is_killed_loses_nothing_and_repeats_only_what_it_had_not_recorded(
    own_broker: KafkaBroker, tmp_path: Path
) -> None:
    """Every line is in Kafka, in order within its session; the store shows each once."""
    spool = tmp_path / "spool"
    apply_topics(own_broker.bootstrap, partitions=4)
    writers = _written(spool)
    kills = _shipped_and_killed(spool, own_broker.bootstrap, writers)
    assert [0] * PROCESSES == [writer.wait(120) for writer in writers]
    last = ship(spool, own_broker.bootstrap)
    assert 0 == last.wait(120), last.communicate()
    last.communicate()

    arrived: defaultdict[str, list[int]] = defaultdict(list)
    for record in lying(own_broker.bootstrap, EVENTS):
        arrived[record.key.decode()].append(json.loads(record.value)["seq"])
    assert [] == lying(own_broker.bootstrap, DEAD_LETTERS)
    whole = list(range(LINES // SESSIONS + 1))
    assert {f"s{number}": whole for number in range(SESSIONS)} == {
        session: sorted(set(numbers)) for session, numbers in arrived.items()
    }
    for numbers in arrived.values():
        back = [(before, after) for before, after in pairwise(numbers) if after != before + 1]
        assert len(back) <= kills
        assert all(0 <= before - after < BATCH for before, after in back)
    with SpoolReader(spool, "ship") as reader:
        assert [] == list(reader.read())

    lander = start_worker(own_broker.bootstrap, tmp_path, "land")
    try:
        wait_until_settled(own_broker.bootstrap, LAND_GROUP)
        counts = answer(
            tmp_path / "store",
            "SELECT session_id, count(), uniqExact(seq) FROM edits GROUP BY session_id ORDER BY session_id",
        )
    finally:
        lander.stop()
    assert [
        json.dumps([f"s{number}", LINES // SESSIONS, LINES // SESSIONS]) for number in range(SESSIONS)
    ] == counts

"""The same events give the same detections: embedded, or on Kafka with several workers."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from fixloop.ingest.recordings import shipped_paths
from fixloop.land.store_socket import query_store
from fixloop.workers.groups import DETECT_GROUP, LAND_GROUP, LEDGER_GROUP
from fixloop_schemas import codec
from tests.comparable import Content, content, differences
from tests.integration.worker_processes import fixloop, start_worker, wait_until_settled
from tests.lineages import in_turn, lineage_sessions
from tests.services.kafka_broker import KafkaBroker

ROLES = {
    "detect-1": "detect",
    "detect-2": "detect",
    "ledger-1": "ledger",
    "ledger-2": "ledger",
    "land": "land",
}


@pytest.fixture
def paths(which: str, tmp_path: Path, request: pytest.FixtureRequest) -> list[str]:
    """Event files, or recordings."""
    if which == "shipped":
        return [str(path) for path in shipped_paths()]
    if which == "all":
        return [str(request.getfixturevalue("recordings"))]
    file = tmp_path / "lineages.jsonl"
    file.write_bytes(b"".join(map(codec.to_json_line, in_turn(lineage_sessions(30)))))
    return [str(file)]


@pytest.mark.kafka
@pytest.mark.timeout(600)
@pytest.mark.parametrize("which", ["shipped", "lineages", "all"])
def test_the_same_events_give_the_same_detections(
    paths: list[str], own_broker: KafkaBroker, tmp_path: Path
) -> None:
    """Two detectors, two ledgers, a lander: row for row what the embedded runner gives, and nothing twice after a second replay."""
    fixloop("replay", "--data", str(tmp_path / "embedded"), *paths)
    expected = _content(tmp_path / "embedded")
    assert len(expected["detections"]) > 1

    bootstrap = own_broker.bootstrap
    fixloop("topics", "apply", "--kafka", bootstrap)
    with ExitStack() as stack:
        workers = [start_worker(bootstrap, tmp_path, role, name=name) for name, role in ROLES.items()]
        for worker in workers:
            stack.callback(worker.stop)
        for replay in ("first", "second"):
            fixloop("replay", "--to", "kafka", "--kafka", bootstrap, *paths)
            wait_until_settled(bootstrap, DETECT_GROUP, LEDGER_GROUP, LAND_GROUP)
            assert [] == differences(expected, _content(tmp_path / "store")), f"after the {replay} replay"
        assert [True] * len(ROLES) == [worker.running for worker in workers]


def _content(data: Path) -> Content:
    return content(lambda sql: query_store(data, sql).rows)

"""The same events give the same detections: embedded, or on Kafka with several workers."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from fixloop.ingest.recordings import shipped_paths
from fixloop.workers.groups import DETECT_GROUP, LAND_GROUP, LEDGER_GROUP
from fixloop_schemas import codec
from tests.integration.worker_processes import answer, fixloop, rows, start_worker, wait_until_settled
from tests.lineages import in_turn, lineage_sessions
from tests.services.kafka_broker import KafkaBroker

VIEWS = ("events", "edits", "test_runs", "test_results")
DETECTIONS = """
SELECT * FROM detections WHERE NOT (status = 'withdrawn' AND position(data, '"fixing_session"') > 0) ORDER BY ALL"""
"""As they stand in the end. What was said of two sessions and withdrawn, another order of arrival may never have said."""
VERSIONS = """
SELECT * FROM detection_versions WHERE position(data, '"fixing_session"') = 0 AND detection_id NOT IN
    (SELECT detection_id FROM detection_versions WHERE has(reasons, 'flaky_elsewhere')) ORDER BY ALL"""
"""What is said on the way, where sessions are by themselves: what they learn from each other comes when it comes."""

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
            assert expected == _content(tmp_path / "store"), f"after the {replay} replay"
        assert [True] * len(ROLES) == [worker.running for worker in workers]


def _content(data: Path) -> dict[str, list[str]]:
    return {
        **{view: rows(data, view) for view in VIEWS},
        "detections": answer(data, DETECTIONS),
        "versions": answer(data, VERSIONS),
    }

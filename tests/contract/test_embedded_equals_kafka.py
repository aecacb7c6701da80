"""The same events give the same detections: embedded, or on Kafka with several workers."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from fixloop.ingest.recordings import shipped_paths
from fixloop.workers.groups import DETECT_GROUP, LAND_GROUP
from tests.integration.worker_processes import fixloop, rows, start_worker, wait_until_settled
from tests.services.kafka_broker import KafkaBroker

VIEWS = ("detections", "detection_versions", "events", "edits", "test_runs", "test_results")


@pytest.mark.kafka
@pytest.mark.timeout(600)
@pytest.mark.parametrize("which", ["shipped", "all"])
def test_the_same_events_give_the_same_detections(
    which: str, own_broker: KafkaBroker, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Two detectors and a lander on Kafka give row for row what the embedded runner gives, and nothing twice after a second replay."""
    paths = [
        str(path) for path in ([request.getfixturevalue("recordings")] if which == "all" else shipped_paths())
    ]
    fixloop("replay", "--data", str(tmp_path / "embedded"), *paths)
    expected = {view: rows(tmp_path / "embedded", view) for view in VIEWS}
    assert len(expected["detections"]) > 1

    bootstrap = own_broker.bootstrap
    fixloop("topics", "apply", "--kafka", bootstrap)
    with ExitStack() as stack:
        workers = [
            start_worker(bootstrap, tmp_path, role, name=name)
            for role, name in (("detect", "detect-1"), ("detect", "detect-2"), ("land", "land"))
        ]
        for worker in workers:
            stack.callback(worker.stop)
        for replay in ("first", "second"):
            fixloop("replay", "--to", "kafka", "--kafka", bootstrap, *paths)
            wait_until_settled(bootstrap, DETECT_GROUP, LAND_GROUP)
            actual = {view: rows(tmp_path / "store", view) for view in VIEWS}
            assert expected == actual, f"after the {replay} replay"
        assert [True] * 3 == [worker.running for worker in workers]

"""Pytest fixtures for real services; nothing starts before the first test that asks for it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.services.kafka_broker import KafkaBroker, start_broker
from tests.services.shared_broker import SharedBroker, shared_broker


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedBroker]:
    """The session's one broker; tests share it, so each names its topics and groups with `topic_prefix`."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the workers of one parallel run have this one in common
    with shared_broker(folder) as broker:
        yield broker


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[KafkaBroker]:
    """A broker for this test alone, which may stop, kill and restart it."""
    with start_broker(tmp_path / "kafka") as broker:
        yield broker


@pytest.fixture
def topic_prefix(request: pytest.FixtureRequest) -> str:
    """A prefix for topics and groups that no other test has: the test's name and a random end."""
    name = re.sub(r"[^a-z0-9]+", "-", str(request.node.name).lower()).strip("-")
    return f"{name[:60]}-{uuid4().hex[:8]}"

"""Fixtures for all tests; real services are started lazily, once a test session."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Machines differ and are shared, so no example is judged by its time.
settings.register_profile(
    "fixloop", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fixloop")

pytest_plugins = ["tests.services.fixtures"]


@pytest.fixture
def recordings() -> Path:
    """The folder of recorded sessions that are too large for the repository."""
    folder = os.environ.get("FIXLOOP_RECORDINGS")
    if not folder:
        pytest.skip(
            "FIXLOOP_RECORDINGS is not set: the recorded sessions beyond the shipped ones are not compared"
        )
    return Path(folder)


@pytest.fixture
def transcripts() -> Path:
    """The folder of whole transcripts, which are not in the repository."""
    folder = os.environ.get("FIXLOOP_TRANSCRIPTS")
    if not folder:
        pytest.skip("FIXLOOP_TRANSCRIPTS is not set: no real transcripts are imported")
    return Path(folder)

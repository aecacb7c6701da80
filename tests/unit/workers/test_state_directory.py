"""The directory of a worker's states belongs to one worker."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from fixloop.errors import UsageError
from fixloop.workers.worker import _directory


def test_a_second_worker_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    """Two would each write states that the other one does not know."""
    states = tmp_path / "states"
    with ExitStack() as first:
        assert states == _directory(states, first)
        with ExitStack() as second, pytest.raises(UsageError, match="Another worker keeps its states in"):
            _directory(states, second)
    with ExitStack() as third:
        assert states == _directory(states, third)


def test_without_a_choice_each_worker_has_its_own() -> None:
    """Which goes with the process."""
    with ExitStack() as stack:
        one, another = _directory(None, stack), _directory(None, stack)
        assert one != another
    assert not one.exists()
    assert not another.exists()

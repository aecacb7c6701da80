"""For how long a worker is a member of its group for certain."""

import asyncio
import time

import pytest

from fixloop.workers.batches import BatchGoneError
from fixloop.workers.membership import CLOCK, Membership, elapsed


class _Coordinator:
    """What a client asks; each question takes a second."""

    def __init__(self) -> None:
        self.now = 0.0
        self.member = True

    async def _do_heartbeat(self) -> bool:
        self.now += 1
        return self.member

    async def _do_rejoin_group(self, _subscription: object) -> bool:
        return await self._do_heartbeat()


def _listening(coordinator: _Coordinator) -> Membership:
    membership = Membership(6.0, lambda: coordinator.now)
    membership.listen(coordinator)
    return membership


@pytest.mark.parametrize("join", [True, False], ids=["joined", "beaten"])
def test_a_confirmation_holds_from_the_question_on(join: bool) -> None:
    """Six seconds from when the group was asked, however late its answer is read; before the first one nothing is certain."""
    coordinator = _Coordinator()
    membership = _listening(coordinator)
    assert not membership.certain
    asyncio.run(coordinator._do_rejoin_group(None) if join else coordinator._do_heartbeat())
    coordinator.now = 5.9
    assert membership.certain
    coordinator.now = 6.0
    assert not membership.certain


def test_a_refusal_confirms_nothing() -> None:
    """The answer that it is no member is no confirmation."""
    coordinator = _Coordinator()
    membership = _listening(coordinator)
    coordinator.member = False
    assert asyncio.run(coordinator._do_heartbeat()) is False
    assert not membership.certain


@pytest.mark.parametrize("leaving", [True, False])
def test_there_is_no_waiting_for_what_does_not_come(leaving: bool) -> None:
    """While partitions are taken from it, or have gone, the waiting ends."""
    membership = Membership(6.0)
    membership.leaving = leaving
    with pytest.raises(BatchGoneError):
        asyncio.run(membership.confirmed(lambda: leaving))


def test_the_clock_goes_on_while_the_machine_sleeps() -> None:
    """It is the one that counts from the start of the machine, sleep included."""
    assert getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC) == CLOCK
    assert elapsed() <= time.clock_gettime(CLOCK)

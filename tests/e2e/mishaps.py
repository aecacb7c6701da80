"""What may go wrong, as data, and a schedule of it that follows from a seed."""

import random
from dataclasses import dataclass
from typing import Final

from fixloop.workers.worker import DETECT, LAND, LEDGER

_ROLES: Final = (DETECT, DETECT, DETECT, LEDGER, LAND)
"""Whose workers are killed: detectors more often, as they are more."""
_BROKER_SECONDS: Final = (0.0, 3.0)
_FIRST: Final = 0.1
"""The share of the time in which nothing happens at first."""


@dataclass(frozen=True, slots=True)
class Kill:
    """SIGKILL of one of the workers of a role, whether it is ready or still begins; it is started again."""

    role: str
    which: int


@dataclass(frozen=True, slots=True)
class KillBroker:
    """SIGKILL of the broker; it is started again after some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class SinkAway:
    """ClickHouse answers nothing for some seconds: it hangs, or it is killed and started again."""

    seconds: float
    hangs: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """Another number of workers of a role; those too many are told to stop."""

    role: str
    count: int


Mishap = Kill | KillBroker | SinkAway | Scale


@dataclass(frozen=True, slots=True)
class Step:
    """A mishap and its moment, in seconds since the load began."""

    at: float
    mishap: Mishap


@dataclass(frozen=True, slots=True)
class Form:
    """How much of everything."""

    seconds: float
    """How long events come."""
    events: int
    """How many, some of them sent again not counted."""
    kills: int
    broker_kills: int
    sinks_away: int
    sink_seconds: float
    settle_seconds: float
    """How long it may take after the last event until nothing is left to do."""


def schedule(form: Form, seed: int) -> tuple[Step, ...]:
    """Kills at random moments, one of them each time that the store is away, and detectors from one to three to two."""
    chance = random.Random(seed)  # noqa: S311 -- the same schedule for the same seed

    def moment(after: float = _FIRST, before: float = 1.0) -> float:
        return round(chance.uniform(after, before) * form.seconds, 2)

    def apart(count: int, earliest: float, latest: float) -> list[float]:
        """Moments one after the other, each within two shares of the time that is its own."""
        own = (1.0 - _FIRST) / max(count, 1)
        begins = [_FIRST + number * own for number in range(count)]
        return [moment(begin + earliest * own, begin + latest * own) for begin in begins]

    # The store first, the broker later: while the broker is away, nothing comes that the store could lose.
    sinks = apart(form.sinks_away, 0.0, 0.2)
    # What a lander holds while its store is away must not be lost with it: one dies each time.
    steps = [Step(round(at + chance.uniform(0.4, 0.9) * form.sink_seconds, 2), Kill(LAND, 0)) for at in sinks]
    steps += [
        Step(moment(), Kill(chance.choice(_ROLES), chance.randrange(3)))
        for _ in range(form.kills - form.sinks_away)
    ]
    steps += [
        Step(at, KillBroker(round(chance.uniform(*_BROKER_SECONDS), 2)))
        for at in apart(form.broker_kills, 0.5, 0.7)
    ]
    steps += [
        Step(at, SinkAway(form.sink_seconds, hangs=bool(number % 2))) for number, at in enumerate(sinks)
    ]
    steps += [Step(moment(0.15, 0.4), Scale(DETECT, 3)), Step(moment(0.6, 0.8), Scale(DETECT, 2))]
    return tuple(sorted(steps, key=lambda step: step.at))

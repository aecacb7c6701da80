"""Where a fact comes from, on the wire and in the core: the same names on both sides."""

from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from fixloop.detect.facts import Origination, Who
from fixloop.detect.replacing import filler
from fixloop_schemas.codec import Event

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WHO: Final = tuple(Who.__dataclass_fields__)
_told_of: Final = attrgetter(*_WHO)
_who: Final = filler(Who)


def origination_of(event: Event, seq: int) -> Origination:
    """What the core is told of an event's origin; `seq` is its place in its session."""
    return Origination(event.id, seq, _microseconds(event.time), _who(*_told_of(event.data)))


def attribution(of: Origination) -> dict[str, Any]:
    """The fields of an event's data that say who, with what, on which code."""
    return {name: getattr(of.who, name) for name in _WHO}


def time_of(of: Origination) -> datetime | None:
    """When it happened; None when not known."""
    return None if of.time_us is None else _EPOCH + timedelta(microseconds=of.time_us)


def _microseconds(time: datetime | None) -> int | None:
    return None if time is None else (time - _EPOCH) // timedelta(microseconds=1)

"""What is folded into what: for each topic whose events change a state, the state and how it is changed. Both shells go through here."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from fixloop.detect import SessionState, restore, snapshot
from fixloop.detect.ledger import LedgerState, ledger_restore, ledger_snapshot
from fixloop.detect.ledger.state import LEDGER_VERSION
from fixloop.detect.state import STATE_VERSION
from fixloop.workers.folding import fold
from fixloop.workers.groups import LEDGER_TABLE, SESSION_TABLE
from fixloop.workers.ledger_folding import fold_ledger
from fixloop.workers.session_summaries import closed
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.topics import EVENTS, LEDGER
from fixloop_schemas.vocabulary import DeadReason

State = TypeVar("State")

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """What one event led to."""

    state: State
    events: tuple[Event, ...]
    """What followed; each belongs in the topic of its type."""
    messages: tuple[KafkaMessage, ...]
    """The same, encoded."""


@dataclass(frozen=True, slots=True)
class Closing(Generic[State]):
    """How states close that are silent for long."""

    last_us: Callable[[State], int | None]
    """The time of the last event of an open state, in microseconds since 1970, or -1 when that is not known; None for a closed one."""
    close: Callable[[State], tuple[State, tuple[Event, ...]]]
    """The state after it closed, and what followed."""

    def step(self, state: State) -> Step[State]:
        """Close a state."""
        return _step(*self.close(state))


@dataclass(frozen=True, slots=True)
class Folding(Generic[State]):
    """One kind of state, with a state for each partition key of its topic."""

    kind: str
    """What the states are called where they are kept."""
    topic: str
    """Its events are folded."""
    fold: Callable[[State | None, Event], tuple[State, tuple[Event, ...]]]
    """The state after one more event, and what followed; None is the state before the first one."""
    state: type[State]
    version: int
    """Of the states' type."""
    snapshot: Callable[[State], bytes]
    restore: Callable[[bytes], State]
    """Raises `SnapshotError` for what `snapshot` of this version did not write."""
    idle: timedelta
    """How long a state may stay as it is before a worker forgets it."""
    closing: Closing[State] | None
    """How a state closes; None where it never does."""

    def step(self, before: State | None, event: Event) -> Step[State]:
        """Fold one event.

        Raises:
            Rejected: there is a fault in folding it, or what followed is too large to be an event. The state stays as it was.
        """
        try:
            return _step(*self.fold(before, event))
        except Exception as error:
            _log.exception("the event %s of %s cannot be folded", event.id, event.source)
            raise Rejected(DeadReason.PROCESSING_ERROR, f"{type(error).__name__}: {error}") from error


def _step(state: State, events: tuple[Event, ...]) -> Step[State]:
    return Step(state, events, tuple(map(codec.to_kafka, events)))


CLOSING: Final[Closing[SessionState]] = Closing(
    lambda state: None if state.closed else -1 if state.until_us is None else state.until_us, closed
)
# Idle sessions are kept twice as long as their events are. The ledger forgets a fix after 90 days by itself.
SESSIONS: Final[Folding[SessionState]] = Folding(
    SESSION_TABLE,
    EVENTS,
    fold,
    SessionState,
    STATE_VERSION,
    snapshot,
    restore,
    idle=timedelta(days=14),
    closing=CLOSING,
)
LEDGERS: Final[Folding[LedgerState]] = Folding(
    LEDGER_TABLE,
    LEDGER,
    fold_ledger,
    LedgerState,
    LEDGER_VERSION,
    ledger_snapshot,
    ledger_restore,
    idle=timedelta(days=90),
    closing=None,
)

FOLDINGS: Final[Mapping[str, Folding[Any]]] = MappingProxyType(
    {folding.topic: folding for folding in (SESSIONS, LEDGERS)}
)
"""By topic. Events of other topics end where they are landed."""

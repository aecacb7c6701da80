"""Records of one batch, folded: what is to be sent, what is to be kept, and what was refused. Nothing is sent or kept here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic

from fixloop.workers.foldings import Folding, State
from fixloop.workers.records import Record, event_of
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.codec import Event


@dataclass(frozen=True, slots=True)
class StateAfter(Generic[State]):
    """A state after a batch, and the partition of its key."""

    state: State
    partition: int


@dataclass(slots=True)
class Folded(Generic[State]):
    """What came of a batch."""

    events: list[Event] = field(default_factory=list)
    """Those that went into a state, in order."""
    following: list[tuple[Event, KafkaMessage]] = field(default_factory=list)
    """What followed from them, and the same encoded."""
    refused: list[tuple[Record, Rejected]] = field(default_factory=list)
    after: dict[bytes, StateAfter[State]] = field(default_factory=dict)
    """By the key of the records."""


def fold_records(
    folding: Folding[State], records: Sequence[Record], state_of: Callable[[bytes], State | None]
) -> Folded[State]:
    """Fold records in order. One that cannot be folded is refused, the state of its key stays as it was, and the next one is folded.

    Args:
        folding: how they are folded.
        records: a batch.
        state_of: a state before the batch, by its key.
    """
    folded: Folded[State] = Folded()
    for record in records:
        try:
            event = event_of(record)
            key = event.data.partition_key.encode()
            before = folded.after[key].state if key in folded.after else state_of(key)
            step = folding.step(before, event)
        except Rejected as rejected:
            folded.refused.append((record, rejected))
            continue
        folded.events.append(event)
        folded.following += zip(step.events, step.messages, strict=True)
        if step.state is not before:
            folded.after[key] = StateAfter(step.state, record.partition)
    return folded

"""An event, and everything that follows from it, in one process. Pure.

What Kafka's topics carry between the detector and the ledger goes through a queue here.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from fixloop.workers.foldings import FOLDINGS
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.topics import topic_of

Place = tuple[str, str]
"""Where a state is kept: its kind, and its key."""


@dataclass(slots=True)
class Followed:
    """What came of events."""

    events: list[Event] = field(default_factory=list)
    """Those that went into a state, in order."""
    found: list[Event] = field(default_factory=list)
    """Those that followed and go into none: detections."""
    refused: list[tuple[Event, Rejected]] = field(default_factory=list)
    """Those that could not be folded; the states that they concern stay as they were."""
    after: dict[Place, Any] = field(default_factory=dict)
    """The states that have changed."""


def place_of(event: Event) -> Place | None:
    """Where the state is kept that an event changes; None when there is none."""
    folding = FOLDINGS.get(topic_of(event.type))
    return (folding.kind, event.data.partition_key) if folding else None


def fold_through(
    event: Event, followed: Followed, states_of: Callable[[Iterable[Place]], dict[Place, Any]]
) -> None:
    """Fold an event, then what followed from it, until nothing follows; `followed` takes in all of it.

    Args:
        event: any event.
        followed: what came of the events before.
        states_of: states before the first event, None where there is none; asked for those that are needed together.
    """
    waiting = deque([event])
    before: dict[Place, Any] = {}
    while waiting:
        event = waiting.popleft()
        place = place_of(event)
        if place is None:
            continue
        if place not in followed.after and place not in before:
            places = {each for each in map(place_of, (event, *waiting)) if each}
            before |= states_of(places - followed.after.keys())
        state = followed.after.get(place, before.get(place))
        try:
            step = FOLDINGS[topic_of(event.type)].step(state, event)
        except Rejected as rejected:
            followed.refused.append((event, rejected))
            continue
        followed.events.append(event)
        if step.state is not state:
            followed.after[place] = step.state
        for each in step.events:
            (waiting if place_of(each) else followed.found).append(each)

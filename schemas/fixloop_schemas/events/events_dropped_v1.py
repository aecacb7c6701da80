"""A range of events was given up: the fact that they are missing is itself an event."""

from typing import Literal

from fixloop_schemas.events.wire import Count, SessionEvent


class EventsDroppedV1(SessionEvent):
    """The spool was full, or a file of it could not be read."""

    first_seq: Count
    last_seq: Count
    """Inclusive."""
    reason: Literal["spool_full", "unreadable", "too_large"]

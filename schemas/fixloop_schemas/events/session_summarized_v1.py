"""What became of a session, said when it closes."""

from typing import Annotated

from pydantic import Field

from fixloop_schemas.events.wire import Attribution, Count, Version, WireModel
from fixloop_schemas.vocabulary import Kind


class KindCount(WireModel):
    """How many detections of a kind stand."""

    kind: Kind
    count: Version


class SessionSummarizedV1(Attribution):
    """A session closed: it ended, or was silent for long. What comes later opens it again, and closing it again is a later version.

    The event's time is that of the last event in the session.
    """

    summary_version: Version
    """Readers take the latest version of each session; it follows from what the session has taken in."""
    ended: bool
    """Whether it said so itself; false when it fell silent."""
    duration: Annotated[float, Field(ge=0, le=1e10)] | None = None
    """From the first event to the last, in seconds; absent when times are not known."""
    events: Count
    events_lost: Count
    """Events that never came, or came too late."""
    edits: Count
    product_edits: Count
    test_runs: Count
    """Test runs that ended by themselves."""
    test_cases: Count
    """Tests that were seen."""
    bugs: Count
    """(test, signature) pairs that were red."""
    bugs_open: Count
    """Those that are red at the end."""
    bugs_fixed: Count
    """Those that went away with a product edit, and of which the last word is that fix."""
    returns: Count
    """How often a bug that had gone away came back, for whatever reason."""
    detections: Annotated[tuple[KindCount, ...], Field(max_length=100, fail_fast=True)] = ()
    """What stands of the detections in it, by kind."""

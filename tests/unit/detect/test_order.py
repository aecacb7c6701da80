"""Order is the session's own, whatever order the events arrive in."""

from fixloop.detect.state import MAX_HELD
from tests.builders import Session, fold, kinds
from tests.unit.detect.test_reintroduction import returned


def test_an_early_event_waits_for_its_place() -> None:
    """Neighbours that arrive the wrong way round change nothing."""
    events = returned().events
    swapped = [event for pair in zip(events[1::2], events[::2], strict=False) for event in pair] + events[
        len(events) // 2 * 2 :
    ]
    assert kinds(fold(events)[1]) == kinds(fold(swapped)[1])


def test_a_gap_is_given_up_after_a_bounded_wait() -> None:
    """A lost event holds up at most a bounded number of later ones, and the state says how many were lost."""
    events = Session().run(a="pass").events
    for _ in range(MAX_HELD + 1):
        session = Session()
        session.events = events
        session.commit()
    state, _ = fold(events[:1] + events[2:])
    assert (1, len(events), ()) == (state.lost, state.next_seq, state.held)


def test_a_late_event_behind_a_given_up_gap_changes_nothing() -> None:
    """Its place is gone; the session does not go back."""
    events = Session().run(a="pass").events
    session = Session()
    session.events = events
    for _ in range(MAX_HELD + 1):
        session.commit()
    state, _ = fold(events[:1] + events[2:])
    assert state == fold([events[1]], state)[0]


def test_a_dropped_range_closes_its_gap_at_once() -> None:
    """When an event says that a range will never come, nothing waits for it."""
    session = Session().run(a="fail").edit().run(a="pass").dropped(3)
    state, _ = fold(session.events)
    assert (3, ()) == (state.lost, state.held)


def test_a_duplicate_changes_nothing() -> None:
    """The same event again gives the same state and no detection."""
    events = returned().events
    state, _ = fold(events)
    assert (state, []) == fold(events, state)


def test_lost_events_are_said_in_the_evidence() -> None:
    """A detection in a session with lost events says so, and is less sure."""
    session = (
        Session()
        .run(a="fail")
        .edit(add=["x"])
        .run(a="pass")
        .dropped(3)
        .edit(remove=["x"], add=["y"])
        .run(a="fail")
    )
    (found,) = fold(session.events)[1]
    assert "events_lost" in {reason.code for reason in found.reasons}

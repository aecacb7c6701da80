"""An event and what follows from it, in one process: as if topics lay between, and one fault stops nothing else."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import pytest

from fixloop.workers import following
from fixloop.workers.foldings import FOLDINGS, LEDGERS, SESSIONS
from fixloop.workers.following import Followed, Place, fold_through, place_of
from fixloop_schemas.codec import Event
from fixloop_schemas.topics import DETECTIONS, LEDGER, topic_of
from fixloop_schemas.vocabulary import DeadReason
from tests.builders import fold_all, latest
from tests.lineages import in_turn, lineage_sessions

SESSIONS_OF_ONE = lineage_sessions()
EVENTS = in_turn(SESSIONS_OF_ONE)


def _nothing(places: Iterable[Place]) -> dict[Place, Any]:
    return dict.fromkeys(places)


def _followed(events: Iterable[Event]) -> Followed:
    followed = Followed()
    for event in events:
        fold_through(event, followed, _nothing)
    return followed


def test_states_and_detections_are_those_of_folding_apart() -> None:
    """Every session and every ledger ends where it ends when each is folded by itself."""
    watched = fold_all(SESSIONS_OF_ONE, order=lambda _: EVENTS)
    followed = _followed(EVENTS)
    expected = {(SESSIONS.kind, one.session_id): one.state for one in watched.by_file.values()}
    assert expected | {(LEDGERS.kind, key): state for key, state in watched.ledgers.items()} == followed.after
    assert {found.detection_id for one in watched.by_file.values() for found in latest(one.versions)} == {
        event.data.detection_id for event in followed.found if hasattr(event.data, "detection_id")
    }
    assert {DETECTIONS} == {topic_of(event.type) for event in followed.found}


def test_the_same_again_changes_nothing() -> None:
    """Each event, and all that followed, once more: nothing is found, and every state is the same object."""
    first = _followed(EVENTS)
    again = Followed()
    for event in [*EVENTS, *first.events]:
        fold_through(event, again, lambda places: {place: first.after.get(place) for place in places})
    assert ([], {}, []) == (again.found, again.after, again.refused)


def test_states_are_asked_for_together() -> None:
    """Whatever one event tells the ledger is loaded in one go, and nothing twice in one event."""
    asked: list[set[Place]] = []

    def states_of(places: Iterable[Place]) -> dict[Place, Any]:
        asked.append(set(places))
        return _nothing(asked[-1])

    followed = Followed()
    for event in EVENTS:
        fold_through(event, followed, states_of)
    places = [place for some in asked for place in some]
    assert sorted(places) == sorted(set(places)) == sorted(followed.after)


def test_a_fault_in_the_ledger_leaves_the_session_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be folded is refused by itself; its session has gone on, as it would between workers."""

    def faulty(*_: Any) -> Any:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(
        following, "FOLDINGS", {**FOLDINGS, LEDGER: dataclasses.replace(LEDGERS, fold=faulty)}
    )
    followed = _followed(EVENTS)
    assert {DeadReason.PROCESSING_ERROR} == {rejected.reason for _, rejected in followed.refused}
    assert {LEDGER} == {topic_of(event.type) for event, _ in followed.refused}
    assert {(SESSIONS.kind, session.session_id) for session in SESSIONS_OF_ONE} == set(followed.after)


def test_a_detection_has_no_place() -> None:
    """It changes no state, and where it is fed nothing follows."""
    (detection, *_) = _followed(EVENTS).found
    assert place_of(detection) is None
    assert Followed() == _followed([detection])

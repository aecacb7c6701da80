"""What holds for every session."""

import random

from hypothesis import given
from hypothesis import strategies as st

from fixloop.detect import restore, snapshot
from fixloop.detect.state import MAX_HELD
from fixloop_schemas.codec import Event
from fixloop_schemas.vocabulary import Level
from tests.builders import fold
from tests.property.strategies import sessions


@given(sessions(), st.data())
def test_resume_from_a_snapshot_at_any_point(events: list[Event], data: st.DataObject) -> None:
    """Stopping after any event and going on from the snapshot gives the same detections and the same state."""
    cut = data.draw(st.integers(1, len(events)))
    whole, versions = fold(events)
    state, before = fold(events[:cut])
    state, after = fold(events[cut:], restore(snapshot(state)))
    assert (snapshot(whole), versions) == (snapshot(state), before + after)


@given(sessions())
def test_resume_from_a_snapshot_after_every_event(events: list[Event]) -> None:
    """A session that is stopped after each single event is the same as one that never was."""
    whole, versions = fold(events)
    state, resumed = fold(events[:1])
    for event in events[1:]:
        state, more = fold([event], restore(snapshot(state)))
        resumed += more
    assert (snapshot(whole), versions) == (snapshot(state), resumed)


@given(sessions(), st.data())
def test_duplicates_change_nothing(events: list[Event], data: st.DataObject) -> None:
    """Any event may come again at any later time."""
    again = list(events)
    for _ in range(data.draw(st.integers(1, 10))):
        index = data.draw(st.integers(0, len(again) - 1))
        again.insert(data.draw(st.integers(index, len(again))), again[index])
    assert fold(events) == fold(again)


@given(sessions(), st.randoms(use_true_random=False))
def test_bounded_reordering_changes_nothing(events: list[Event], chance: random.Random) -> None:
    """Events may arrive out of order, as long as no more wait than may."""
    late = sorted(range(len(events)), key=lambda index: index + chance.uniform(0, MAX_HELD / 2))
    assert fold(events) == fold([events[index] for index in late])


@given(sessions(edits=False))
def test_without_edits_nothing_alerts(events: list[Event]) -> None:
    """A session in which nothing is edited has no cycle, whatever its tests do."""
    assert [] == [found for found in fold(events)[1] if found.kind.alerting]


@given(sessions())
def test_versions_count_from_one_without_gaps(events: list[Event]) -> None:
    """Each detection's versions are 1, 2, 3, ... and keep its kind and its first sight."""
    seen: dict[str, tuple[int, object, int]] = {}
    for found in fold(events)[1]:
        version, kind, first = seen.get(found.detection_id, (0, found.kind, found.first_seq))
        assert (version + 1, kind, first) == (found.detection_version, found.kind, found.first_seq)
        seen[found.detection_id] = (found.detection_version, found.kind, found.first_seq)


@given(sessions())
def test_the_given_state_is_not_changed(events: list[Event]) -> None:
    """`step` returns a new state; the old one can be gone on from again."""
    state, _ = fold(events[: len(events) // 2 or 1])
    before = snapshot(state)
    fold(events[len(events) // 2 :], state)
    assert before == snapshot(state)


@given(sessions(level=Level.GROUP))
def test_groups_found_nothing_that_alerts(events: list[Event]) -> None:
    """What packages, files and builds do founds no detection of a kind that alerts, and says nothing of any test."""
    state, versions = fold(events)
    assert ([], []) == ([found for found in versions if found.kind.alerting], list(state.tests))


@given(sessions(), st.sampled_from(("codex", "somebody")))
def test_ids_do_not_depend_on_who_it_was(events: list[Event], name: str) -> None:
    """A detection's id is made of session, kind and founding evidence: the same whoever worked, and at whatever time."""
    other = [
        event.model_copy(update={"data": event.data.model_copy(update={"gen_ai_agent_name": name})})
        for event in events
    ]
    assert [found.detection_id for found in fold(events)[1]] == [
        found.detection_id for found in fold(other)[1]
    ]

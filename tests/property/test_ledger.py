"""What holds for every set of sessions on one repository."""

import random
from collections import defaultdict
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from fixloop.detect.ledger import ledger_restore, ledger_snapshot
from fixloop.workers.watched_sessions import WatchedSessions
from fixloop_schemas.codec import Event
from fixloop_schemas.vocabulary import DetectionStatus
from tests.builders import Session, fold_all, latest

TESTS = ("tests/test_a.py::test_a", "tests/test_b.py::test_b")
FILES = ("src/a.py", "src/b.py")
TEXTS = ("one", "two", "three")


@st.composite
def some_sessions(draw: st.DrawFn) -> list[Session]:
    """A few sessions that edit the same files and run the same tests."""
    built = []
    for number in range(draw(st.integers(2, 6))):
        session = Session(f"session-{number}", day=draw(st.integers(0, 3)))
        for _ in range(draw(st.integers(1, 8))):
            if draw(st.booleans()):
                before, after = draw(st.sampled_from(TEXTS)), draw(st.sampled_from(TEXTS))
                session.edit(draw(st.sampled_from(FILES)), before=before, after=after)
            else:
                session.run({test: draw(st.sampled_from(("pass", "fail"))) for test in TESTS})
        built.append(session)
    return built


def standing(watched: WatchedSessions) -> dict[str, str]:
    """The last word on each detection of each session that was not withdrawn."""
    return {
        found.detection_id: found.model_dump_json()
        for session in watched.by_file.values()
        for found in latest(sorted(session.versions, key=lambda version: version.detection_version))
        if found.status is not DetectionStatus.WITHDRAWN
    }


def interleaved(events: Iterable[Event], chance: random.Random) -> list[Event]:
    """Each session in its own order, and the sessions in any."""
    by_session: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_session[event.data.session_id].append(event)
    queues = list(by_session.values())
    mixed = []
    while queues:
        queue = chance.choice(queues)
        mixed.append(queue.pop(0))
        queues = [queue for queue in queues if queue]
    return mixed


@given(some_sessions(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_leaves_no_trace(sessions: list[Session], chance: random.Random) -> None:
    """Whichever session comes first, once all are folded the same is said, in the same versions."""
    mixed = fold_all(sessions, order=lambda events: interleaved(events, chance))
    assert standing(fold_all(sessions)) == standing(mixed)


@given(some_sessions())
def test_what_is_told_again_changes_nothing(sessions: list[Session]) -> None:
    """All events once more: the sessions know them, and so do the ledgers."""
    once = fold_all(sessions)
    versions = {key: list(watched.versions) for key, watched in once.by_file.items()}
    for session in sessions:
        for event in session.events:
            once.fold(once.of("file", session.session_id), event)
    assert versions == {key: watched.versions for key, watched in once.by_file.items()}


@given(some_sessions())
def test_a_ledger_survives_its_snapshot(sessions: list[Session]) -> None:
    """Bytes and back, it is the same ledger."""
    for state in fold_all(sessions).ledgers.values():
        assert state == ledger_restore(ledger_snapshot(state))

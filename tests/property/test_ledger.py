"""What holds for every set of sessions on one repository."""

import random
from collections import defaultdict
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from fixloop.detect import SessionState
from fixloop.detect.ledger import LedgerState, ledger_restore, ledger_snapshot
from fixloop.workers.folding import fold
from fixloop.workers.ledger_folding import fold_ledger
from fixloop.workers.watched_sessions import WatchedSessions
from fixloop_schemas.codec import Event
from fixloop_schemas.events.bug_transitioned_v1 import BugTransitionedV1
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


def told_by(session: Session) -> list[Event]:
    """What a session tells the ledger."""
    state: SessionState | None = None
    told: list[Event] = []
    for event in session.events:
        state, following = fold(state, event)
        told += [each for each in following if isinstance(each.data, BugTransitionedV1)]
    return told


def ledgers(told: Iterable[Event]) -> dict[str, tuple[LedgerState, set[str]]]:
    """The state of each ledger, and all that it said."""
    states: dict[str, tuple[LedgerState, set[str]]] = {}
    for event in told:
        state, said = states.get(event.data.partition_key, (None, set[str]()))
        after, following = fold_ledger(state, event)
        states[event.data.partition_key] = after, said | {each.id for each in following}
    return states


@given(some_sessions(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_leaves_no_trace(sessions: list[Session], chance: random.Random) -> None:
    """Whichever session comes first, once all are folded the same is said, in the same versions."""
    mixed = fold_all(sessions, order=lambda events: interleaved(events, chance))
    assert standing(fold_all(sessions)) == standing(mixed)


@given(some_sessions(), st.randoms(use_true_random=False))
def test_what_is_told_again_changes_nothing(sessions: list[Session], chance: random.Random) -> None:
    """Kafka delivers at least once: anything told may come again, at any later time."""
    told = [event for session in sessions for event in told_by(session)]
    again = list(told)
    for event in told:
        again.insert(chance.randint(again.index(event), len(again)), event)
    assert ledgers(told) == ledgers(again)


@given(some_sessions())
def test_a_ledger_survives_its_snapshot(sessions: list[Session]) -> None:
    """Bytes and back, it is the same ledger."""
    for state in fold_all(sessions).ledgers.values():
        assert state == ledger_restore(ledger_snapshot(state))

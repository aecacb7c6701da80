"""State stays bounded, however long a session goes on."""

from fixloop.detect import snapshot
from fixloop.detect.state import (
    MAX_DETECTIONS,
    MAX_EDITS,
    MAX_FILES,
    MAX_LINKS,
    MAX_OPEN_RUNS,
    MAX_RETURNS,
    MAX_SCOPES,
    MAX_TESTS,
)
from tests.builders import Session, fold


def test_edits_files_and_scopes() -> None:
    """The logs of edits, files and scopes forget their oldest."""
    session = Session()
    for number in range(MAX_FILES + 10):
        session.edit(f"src/{number}.py")
    for number in range(MAX_SCOPES + 10):
        session.run(scope=[f"t{number}"], a="pass")
    state, _ = fold(session.events)
    assert (MAX_EDITS, MAX_FILES, MAX_SCOPES) == (len(state.edits), len(state.files), len(state.scopes))
    assert MAX_FILES + 10 == state.code.edits


def test_tests_that_never_failed_go_first() -> None:
    """A test with a history outlives any number of green ones."""
    session = Session().run(red="fail")
    for batch in range(5):
        session.run({f"t{batch}_{number}": "pass" for number in range(1_500)})
    state, _ = fold(session.events)
    assert MAX_TESTS == len(state.tests)
    assert "red" in state.tests


def test_a_cycle_without_end() -> None:
    """Laps go on counting; evidence keeps its first return and the latest."""
    session = Session().run(a="fail", b="pass")
    for _ in range(MAX_RETURNS * 2):
        session.edit().run(a="pass", b="fail").edit().run(a="fail", b="pass")
    state, versions = fold(session.events)
    assert max(len(found.returns) for found in versions) <= MAX_RETURNS
    assert len(state.links) <= MAX_LINKS
    assert len(state.detections) <= MAX_DETECTIONS


def test_runs_that_never_end() -> None:
    """Runs of ever new sub-agents that never finish are closed as crashed."""
    session = Session()
    for number in range(MAX_OPEN_RUNS * 3):
        session.run(agent_id=f"sub-{number}", crashed=True, a="pass")
    state, _ = fold(session.events)
    assert MAX_OPEN_RUNS == len(state.open_runs)


def test_a_snapshot_of_a_long_session_stays_small() -> None:
    """Ten times as long a session has no larger a snapshot, once the bounds are reached."""

    def size(rounds: int) -> int:
        session = Session().run(a="fail", b="pass")
        for _ in range(rounds):
            session.edit().run(a="pass", b="fail").edit().run(a="fail", b="pass")
        return len(snapshot(fold(session.events)[0]))

    assert size(1_000) < size(250) * 1.1

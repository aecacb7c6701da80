"""Putting runs together: crashed, parallel, and with parts lost."""

from fixloop_schemas.events.suite_run_v1 import SuiteRunResultsV1, SuiteRunStartedV1
from fixloop_schemas.vocabulary import Kind
from tests.builders import Session, fold, kinds, placed

BACK = [(Kind.REINTRODUCTION, "open")]


def returned() -> Session:
    """A test fails, is fixed, and fails again in the last run."""
    return Session().run(a="fail").edit().run(a="pass").edit().run(a="fail")


def test_a_lost_start_does_not_lose_the_run() -> None:
    """What a run's parts say counts, even when nobody saw it begin."""
    session = returned()
    events = list(session.events)
    starts = [event for event in events if isinstance(event.data, SuiteRunStartedV1)]
    kept = [event for event in events if event is not starts[-1]]
    for _ in range(150):
        session.commit()
    assert BACK == kinds(fold([*kept, *session.events[len(events) :]])[1])


def test_a_part_that_comes_twice_counts_once() -> None:
    """The same part under another sequence number adds nothing."""
    events = returned().events
    parts = [event for event in events if isinstance(event.data, SuiteRunResultsV1)]
    state, _ = fold(events[: events.index(parts[-1]) + 1])
    again = placed(parts[-1], state.next_seq)
    assert state.open_runs == fold([again], state)[0].open_runs


def test_runs_of_sub_agents_go_on_side_by_side() -> None:
    """A run of another sub-agent that begins meanwhile does not end this one."""
    mine, other = Session().run(a="fail"), Session().run(b="pass", agent_id="sub")
    start, part, end = mine.events
    renumbered = [placed(event, seq) for seq, event in enumerate([start, *other.events, part, end])]
    assert {"a", "b"} == set(fold(renumbered)[0].tests)


def test_a_session_that_ends_under_a_run() -> None:
    """The run crashed with it, and what it had said counts."""
    session = Session().run(a="fail").edit().run(a="pass").edit().run(a="fail", crashed=True)
    assert [] == kinds(fold(session.events)[1])
    assert BACK == kinds(fold(session.ended().events)[1])

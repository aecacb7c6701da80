from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from fixloop.detect import SessionState, restore, snapshot
from fixloop.detect.closing import Summary, close, summary, taken
from fixloop.detect.facts import Marker, Origination, Who
from fixloop.workers import folding
from fixloop_schemas import codec
from fixloop_schemas.codec import Event
from fixloop_schemas.events.session_summarized_v1 import SessionSummarizedV1
from fixloop_schemas.events.testcase_judged_v1 import CaseJudgedV1
from fixloop_schemas.vocabulary import Kind
from tests.builders import START, Session, fold


def came_back(session: Session) -> Session:
    """A bug that is fixed, and comes back."""
    session.run(a="fail", b="pass").edit("src/core.py").run(a="pass", b="pass")
    return session.edit("src/core.py").run(a="fail", b="pass")


def summarized(session: Session) -> Summary:
    return summary(fold(session.events)[0])


def judged(test: str, sessions: int) -> Event:
    data = CaseJudgedV1(session_id="session-1", test_case_name=test, flaky_in_sessions=sessions)
    return codec.new_event(f"{test}:{sessions}", "/fixloop/ledger", None, data)


def said(state: SessionState, event: Event) -> tuple[SessionState, list[SessionSummarizedV1]]:
    """The state after an event, and the summaries that came of it."""
    state, events = folding.fold(state, event)
    return state, [one.data for one in events if isinstance(one.data, SessionSummarizedV1)]


def test_a_summary_counts_what_happened() -> None:
    """Events, edits, runs, tests, bugs, returns, and the kinds of what was found."""
    found = summarized(came_back(Session().started()).edit("tests/test_a.py").ended())
    assert (14, 0, 3, 2, 3) == (found.events, found.lost, found.edits, found.product_edits, found.runs)
    assert (2, 1, 1, 1) == (found.tests, found.bugs, found.open_bugs, found.returns)
    assert 1 == dict(found.standing)[Kind.REINTRODUCTION]
    assert found.ended


def test_what_was_lost_is_no_event() -> None:
    """Numbers that were dropped are counted apart, and raise the version all the same: they will never come."""
    found = summarized(Session().started().dropped(5).run(a="pass"))
    assert (5, 5, 10) == (found.events, found.lost, found.version)


def test_the_version_grows_with_every_event() -> None:
    """Whatever is taken in makes the next summary a later one."""
    events = came_back(Session().started()).ended().events
    state: SessionState | None = None
    versions = []
    for event in events:
        state, _ = folding.fold(state, event)
        versions.append(summary(state).version)
    assert sorted(set(versions)) == versions


def test_the_end_says_a_summary_once() -> None:
    """The end event closes the session; the same event again says nothing."""
    *before, end = came_back(Session()).ended().events
    state, found = said(fold(before)[0], end)
    assert [True] == [one.ended for one in found]
    assert state.closed
    assert (state, []) == said(state, end)


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "silent"])
def test_a_later_event_opens_the_session_again(ended: bool) -> None:
    """Whichever way it was closed; closing it again says a later version."""
    session = Session().run(a="fail")
    closed = fold(session.ended().events)[0] if ended else close(fold(session.events)[0])
    assert closed.closed
    again, found = said(closed, session.edit().events[-1])
    assert (False, []) == (again.closed, found)
    assert summary(close(again)).version > summary(closed).version
    assert not summary(close(again)).ended


def test_an_event_that_is_known_opens_nothing() -> None:
    """A closed session that is told the same again stays closed, and is the same."""
    events = came_back(Session()).events
    closed = close(fold(events)[0])
    assert all((closed, []) == said(closed, event) for event in events)


def test_a_closed_state_is_kept_as_one() -> None:
    """What was closed before a restart is closed after it."""
    closed = close(fold(came_back(Session()).events)[0])
    again = restore(snapshot(closed))
    assert (True, summary(closed)) == (again.closed, summary(again))


def test_closing_changes_no_summary() -> None:
    """A summary follows from what was taken in: closing early, late or often adds nothing to it."""
    state, _ = fold(came_back(Session()).events)
    assert summary(state) == summary(close(state)) == summary(close(close(state)))


def test_times_are_the_first_and_the_last() -> None:
    """Clocks may go back inside of a session, and not every event has a time."""
    session = Session().run(a="pass").edit()
    times = [START + timedelta(seconds=seconds) for seconds in (50, 10, 90)]
    events = [
        event.model_copy(update={"time": time})
        for event, time in zip(session.events, [*times, None], strict=True)
    ]
    state, _ = fold(events)
    begin = int(START.timestamp()) * 1_000_000
    assert (begin + 10_000_000, begin + 90_000_000) == (state.began_us, state.until_us)


def test_who_is_the_last_that_is_known() -> None:
    """A test runner does not know the model; that it says nothing takes nothing away."""
    session = Session(gen_ai_request_model="model-x").edit()
    session.attribution = {"gen_ai_agent_name": "claude-code", "vcs_ref_head_name": "main"}
    who = fold(session.run(a="pass").events)[0].who
    assert ("model-x", "main") == (who.gen_ai_request_model, who.vcs_ref_head_name)


def test_what_others_learn_of_a_closed_session_revises_its_summary() -> None:
    """A detection that rests on a flaky test does not stand; the summary that says so is a later version."""
    closed = close(fold(came_back(Session()).events)[0])
    assert Kind.REINTRODUCTION in dict(summary(closed).standing)
    state, (first,) = said(closed, judged("a", 9))
    assert state.closed
    assert first.summary_version > summary(closed).version
    assert Kind.REINTRODUCTION not in {one.kind for one in first.detections}


def test_what_others_learn_of_an_open_session_is_said_when_it_closes() -> None:
    """There is no summary of a session that goes on."""
    state, _ = fold(came_back(Session()).events)
    assert [] == said(state, judged("a", 9))[1]


def test_judgements_come_to_the_same_in_any_order() -> None:
    """The ledgers of two tests speak independently: the last summary is the same, version included."""
    closed = close(fold(came_back(Session()).events)[0])
    ends = set()
    for order in permutations([judged("a", 1), judged("a", 3), judged("b", 2)]):
        state = closed
        for event in order:
            state, _ = said(state, event)
        ends.add(summary(state))
    assert 1 == len(ends)


def test_a_session_is_not_its_sub_agents() -> None:
    """What a sub-agent did is part of it; afterwards the session is the main agent's again."""
    state, _ = fold(Session("s1").edit().events[:1])
    of = Origination("e", 1, None, Who(gen_ai_agent_id="reviewer-1"))
    within = taken(state, Marker(of))
    assert "reviewer-1" == within.who.gen_ai_agent_id
    after = taken(within, Marker(replace(of, seq=2, who=Who())))
    assert (None, "claude-code") == (after.who.gen_ai_agent_id, after.who.gen_ai_agent_name)

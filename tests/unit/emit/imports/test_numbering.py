"""Facts as events, with their numbers and ids."""

from dataclasses import replace

from fixloop.emit.events import COMMIT_CREATED, EDIT_APPLIED, RUN_STARTED
from fixloop.emit.imported.facts import Fact
from fixloop.emit.imported.numbering import Numbering
from tests.unit.emit.imports.reading import Event, short, shorts

_FACT = Fact(
    "s",
    "k",
    COMMIT_CREATED,
    "/agent/x",
    {"revision": "1"},
    "2026-01-02T03:04:05Z",
    {"vcs_repository_name": "acme/shop"},
)


def _events(*facts: Fact) -> list[Event]:
    numbering = Numbering()
    return [event for fact in facts for event in numbering.events(fact)]


def test_a_session_begins_and_is_counted_from_0() -> None:
    """Whoever tells the first fact, a start stands before it, at its time; each session has numbers of its own."""
    events = _events(_FACT, replace(_FACT, key="k2"), replace(_FACT, session_id="t"))
    assert [
        "session.started",
        "commit.created",
        "commit.created",
        "session.started",
        "commit.created",
    ] == shorts(events)
    assert [0, 1, 2, 0, 1] == [event["data"]["seq"] for event in events]
    assert {_FACT.time} == {event["time"] for event in events}
    assert ["s"] * 3 + ["t"] * 2 == [event["partitionkey"] for event in events]


def test_a_key_is_told_once_in_its_session_and_a_unique_one_once_at_all() -> None:
    """A copy in another session has the same id, and is left out."""
    numbering = Numbering()
    copies = [
        _FACT,
        _FACT,
        replace(_FACT, session_id="t"),
        replace(_FACT, session_id="u", unique=True, key="x"),
    ]
    told = [
        event for fact in (*copies, replace(copies[-1], session_id="v")) for event in numbering.events(fact)
    ]
    assert ["s", "s", "t", "t", "u", "u"] == [event["partitionkey"] for event in told]
    assert 2 == numbering.repeated


def test_a_run_says_how_many_edits_came_before() -> None:
    """Edits of its own session are counted."""
    edit = replace(_FACT, type=EDIT_APPLIED, data={"path": "p", "path_role": "product"})
    run = replace(_FACT, type=RUN_STARTED, data={"run_id": "r", "framework": "pytest"}, key="r")
    events = _events(edit, replace(edit, session_id="t"), replace(edit, key="2"), run)
    assert {"edits": 2} == events[-1]["data"]["code_state"]


def test_an_event_that_is_too_large_is_told_as_dropped() -> None:
    """Its number is there, with the reason."""
    events = _events(replace(_FACT, data={"revision": "x" * 300_000}))
    assert "events.dropped" == short(events[1])
    assert (1, 1, "too_large") == tuple(
        events[1]["data"][name] for name in ("first_seq", "last_seq", "reason")
    )


def test_ids_do_not_hang_on_what_else_is_imported() -> None:
    """A fact has the same id alone and among others."""
    alone, among = _events(_FACT), _events(replace(_FACT, session_id="t"), _FACT)
    assert [event["id"] for event in alone] == [event["id"] for event in among[2:]]

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1
from fixloop_schemas.events.session_ended_v1 import SessionEndedV1
from fixloop_schemas.events.session_started_v1 import SessionStartedV1
from fixloop_schemas.events.suite_run_v1 import SuiteRunResultsV1
from fixloop_schemas.events.wire import SessionEvent
from tests.unit.ingest.recorded import data, edit, events, line, read, rejections, run

FAILED = {"name": "t", "status": "fail", "msg": "ValueError: 12 apples"}


def test_a_session_goes_from_started_to_ended_without_a_gap() -> None:
    """Its numbers are the reader's own, from 0, however many events a line gives."""
    found = events(edit(3), run(8, FAILED), edit(9))
    assert list(range(7)) == [event.data.seq for event in found if isinstance(event.data, SessionEvent)]
    assert isinstance(found[0].data, SessionStartedV1)
    assert isinstance(found[-1].data, SessionEndedV1)


def test_each_session_has_its_own_numbers() -> None:
    """A new session closes the one before it."""
    found = events(edit(0), edit(0, session="s2"))
    assert [("s1", 0), ("s1", 1), ("s1", 2), ("s2", 0), ("s2", 1), ("s2", 2)] == [
        (event.data.session_id.rpartition("/")[2], event.data.model_dump()["seq"]) for event in found
    ]


def test_a_session_that_comes_up_again_counts_on() -> None:
    """A file that is not in order loses nothing, and no number is given twice."""
    found = events(edit(0), edit(0, session="s2"), edit(1))
    assert [0, 1, 2, 3, 4] == [
        event.data.model_dump()["seq"] for event in found if "s1" in event.data.session_id
    ]
    assert len(found) == len({event.id for event in found})


def test_the_same_recording_in_two_data_sets_is_two_sessions() -> None:
    """Keys never collide; source and ids can be read."""
    one, other = (events(edit(4, dataset=name, session="django__django-1"))[1] for name in ("a/x:m", "b y"))
    assert ["a/x:m/django__django-1", "b y/django__django-1"] == [one.partitionkey, other.partitionkey]
    assert ["/recording/a/x:m", "/recording/b%20y"] == [one.source, other.source]
    assert "django__django-1:4" == one.id


def test_a_long_name_is_cut_and_stays_its_own() -> None:
    """Keys never become longer than the wire allows, and never the same."""
    one, other = (events(edit(0, session="s" * 400 + end))[0] for end in ("a", "b"))
    assert 256 == len(one.partitionkey)
    assert one.partitionkey != other.partitionkey


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T05:04:05+02:00", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02 03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (1767323045, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (1767323045000, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("yesterday", None),
        (True, None),
        (None, None),
        (1e300, None),
    ],
)
def test_a_time_that_cannot_be_read_is_not_known(stamp: object, time: datetime | None) -> None:
    """The event stays; its place in the session is its number."""
    assert {time} == {event.time for event in events(edit(0, ts=stamp))}


@pytest.mark.parametrize(
    ("recorded", "reason"),
    [
        (b"{", "not_json: not JSON: Expecting property name enclosed in double quotes at column 2"),
        (b"[1]", "invalid_data: a recorded line is one JSON object"),
        (b'{"a": "\xff"}', "not_json: not JSON: UnicodeDecodeError"),
        (line(0, "edit", session=None, op="edit", path="a"), "invalid_data: a recorded line needs session"),
        (line(0, "edit", dataset=""), "invalid_data: a recorded line needs dataset"),
        (
            json.dumps({"dataset": "d", "session": "s", "kind": "edit", "seq": -1}).encode(),
            "invalid_data: a recorded line needs seq",
        ),
        (line(0, "thought"), "unknown_type: no rule for the recorded kind 'thought'"),
    ],
)
def test_a_line_that_is_no_fact_is_rejected_in_its_place(recorded: bytes, reason: str) -> None:
    """With its reason, and what stands around it is read."""
    assert [reason] == rejections(edit(0, session="before"), recorded, edit(0, session="behind"))


def test_half_a_character_brings_nothing_down() -> None:
    """JSON can write what UTF-8 cannot; it is written as a question mark."""
    half = "a\ud800b"
    names = {"session": half, "dataset": half, "agent": half, "branch": half}
    found = events(
        edit(0, path=half, **names), run(1, {**FAILED, "name": half, "msg": half}, command=half, **names)
    )
    assert b"a?b" in b"".join(codec.to_json_line(event) for event in found)


def test_nesting_beyond_reason_is_rejected() -> None:
    """A line cannot bring the reader down."""
    assert ["not_json: not JSON: RecursionError"] == rejections(b"[" * 100_000)


def test_a_line_that_comes_twice_is_rejected() -> None:
    """Within a session the recorded numbers grow."""
    assert ["invalid_data: seq 0 of its session came before or out of order"] == rejections(
        edit(0), edit(0), edit(1)
    )


def test_a_rejected_line_takes_no_number() -> None:
    """What follows it has the next one."""
    found = [item for item in read(edit(0), line(1, "thought"), edit(2)) if not isinstance(item, Rejected)]
    assert [0, 1, 2, 3] == [event.data.model_dump()["seq"] for event in found]


@pytest.mark.parametrize("value", [None, 7, True, "text", [], {}, [None], [[]], {"a": None}])
@pytest.mark.parametrize(
    "name",
    [
        "agent",
        "model",
        "branch",
        "op",
        "path",
        "added",
        "framework",
        "command",
        "tests",
        "totals",
        "exit_code",
        "status",
        "ts",
    ],
)
def test_a_field_of_the_wrong_sort_brings_nothing_down(name: str, value: object) -> None:
    """It counts as not known, or its line is rejected."""
    field: dict[str, Any] = {name: value}
    items = read(edit(0, **field), run(1, FAILED, **field), edit(2))
    assert isinstance(items[-1], codec.CloudEvent)


def test_what_was_read_is_valid_on_the_wire() -> None:
    """Every event survives the round trip."""
    for event in events(edit(0), edit(1, op="git stash", path="*"), run(2, FAILED)):
        assert codec.to_dict(event) == codec.to_dict(codec.from_json_line(codec.to_json_line(event)))


def test_no_text_leaves() -> None:
    """Neither message, command, path nor any field that is not known is in what is written."""
    words = {"msg": "ValueError: hunter2 failed", "command": "pytest -x --password=swordfish"}
    recorded = [
        edit(0, path="src/secret_place.py", old_text="open sesame"),
        run(1, {**FAILED, "msg": words["msg"]}, command=words["command"]),
    ]
    written = b"".join(codec.to_json_line(event) for event in events(*recorded))
    for text in (b"hunter2", b"swordfish", b"secret_place", b"sesame"):
        assert text not in written


def test_an_operation_behind_the_tests_happened_behind_them() -> None:
    """`git stash && test; git stash pop` is recorded as two edits before the run."""
    stash, pop = edit(0, op="git stash", path="*"), edit(1, op="git stash pop", path="*")
    kinds = [
        event.type.split(".")[2]
        for event in events(stash, pop, run(2, FAILED, command="git stash && pytest; git stash pop"))
    ]
    assert [
        "session",
        "workspace",
        "testsuiterun",
        "testsuiterun",
        "testsuiterun",
        "workspace",
        "session",
    ] == kinds
    as_recorded = [event.type.split(".")[2] for event in events(stash, pop, run(2, FAILED, command="pytest"))]
    assert ["session", "workspace", "workspace", *["testsuiterun"] * 3, "session"] == as_recorded


def test_who_worked_on_what() -> None:
    """Agent, model, session and repository are on every event."""
    found = events(edit(0), run(1, FAILED))
    assert {("entire:acme/shop/s1", "claude-code", "model-x", "acme/shop")} == {
        (e.data.session_id, e.data.gen_ai_agent_name, e.data.gen_ai_request_model, e.data.vcs_repository_name)
        for e in found
    }


def test_digests_compare_between_any_two_readings() -> None:
    """The key of recordings is fixed."""
    one, other = data(EditAppliedV1, edit(0)), data(EditAppliedV1, edit(0))
    assert one == other
    assert data(SuiteRunResultsV1, run(0, FAILED)) == data(SuiteRunResultsV1, run(0, FAILED))

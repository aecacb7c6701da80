"""Simulated sessions: reproducible, valid, noisy within bounds, with every kind among them."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

from fixloop import cli
from fixloop.ingest.event_files import read_events
from fixloop.simulate import PROFILES, Profile, Simulated, read_truth, simulate
from fixloop.simulate.chronicle import Change
from fixloop.simulate.habits import HABITS
from fixloop.simulate.heirs import HEIRS
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import dump
from fixloop_schemas.vocabulary import Kind

DEFAULT = PROFILES["default"]
SESSIONS = 600


@cache
def some(profile: Profile = DEFAULT, seed: int = 5, count: int = SESSIONS) -> tuple[Simulated, ...]:
    return tuple(simulate(profile, seed, index) for index in range(count))


def test_a_session_is_the_same_however_many_are_made() -> None:
    """Session 7 alone equals session 7 of many; another seed gives another."""
    assert some()[7] == simulate(DEFAULT, 5, 7)
    assert some()[7].events != simulate(DEFAULT, 6, 7).events


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_every_event_is_valid(profile: Profile) -> None:
    """Each line decodes, with no field that the schemas do not know."""
    for session in some(profile, count=120):
        for event in session.events:
            decoded = codec.from_json_line(dump(event))
            assert session.truth.session_id == decoded.partitionkey
            assert [] == list(unknown_fields(decoded.data))


def unknown_fields(value: object) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from value.model_extra or ()
        for name in type(value).model_fields:
            yield from unknown_fields(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from unknown_fields(item)


def test_noise_moves_and_doubles_events_and_makes_none() -> None:
    """Without lateness and duplicates the same session has the same set of events, in order and each once."""
    quiet = replace(DEFAULT, late=0.0, duplicates=0.0)
    for index in range(100):
        noisy = {dump(event) for event in simulate(DEFAULT, 5, index).events}
        calm = [dump(event) for event in simulate(quiet, 5, index).events]
        assert len(calm) == len(set(calm))
        assert len(noisy) == simulate(DEFAULT, 5, index).truth.events
    for session in some(quiet, count=100):
        assert list(range(len(session.events))) == [event["data"]["seq"] for event in session.events]


def test_lateness_and_duplicates_are_as_often_as_the_profile_says() -> None:
    """Of all events about 2 % come twice and about 2 % late, and none later than `late_by` others."""
    twice = late = total = 0
    for session in some():
        seqs = [event["data"]["seq"] for event in session.events]
        first = list(dict.fromkeys(seqs))
        assert sorted(first) == list(range(session.truth.events))
        twice += len(seqs) - len(first)
        late += sum(seq < max(first[:place], default=-1) for place, seq in enumerate(first))
        total += len(first)
        assert all(
            sum(other > seq for other in first[:place]) <= DEFAULT.late_by for place, seq in enumerate(first)
        )
    assert 0.015 < twice / total < 0.025
    assert 0.01 < late / total < 0.025


def test_hostile_sessions_lose_events() -> None:
    """Places are missing where events were lost, and ranges that were dropped are told."""
    hostile = some(PROFILES["hostile"], count=200)
    gaps = [
        session
        for session in hostile
        if max(event["data"]["seq"] for event in session.events) >= session.truth.events
    ]
    told = [
        session for session in hostile if any("events.dropped" in event["type"] for event in session.events)
    ]
    assert len(gaps) > 10
    assert len(told) > 2


def test_clean_sessions_are_clean() -> None:
    """Nothing is flaky, lost, late or double, and the clock runs forward."""
    for session in some(PROFILES["clean"], count=100):
        times = [event["time"] for event in session.events]
        assert sorted(times) == times
        kinds = {label.kind for label in session.truth.labels}
        assert not kinds & {Kind.FLAKY, Kind.ENVIRONMENT, Kind.INFRASTRUCTURE}


def test_every_kind_occurs_in_at_least_three_percent() -> None:
    """In the default profile each kind and look-alike can be measured."""
    count = Counter(kind for session in some() for kind in {label.kind for label in session.truth.labels})
    assert {kind for kind in Kind if count[kind] < 0.025 * SESSIONS} == set()


def test_cycles_are_in_a_minority_of_sessions() -> None:
    """Most sessions hold no cycle."""
    cycles = {Kind.COUPLED_CYCLE, Kind.SIGNATURE_CYCLE}
    share = sum(any(label.kind in cycles for label in session.truth.labels) for session in some()) / SESSIONS
    assert 0.05 < share < 0.3


def test_every_habit_occurs_and_is_known() -> None:
    """The profile's habits are the ones that there are, and each plays."""
    assert {name for name, _ in DEFAULT.habits} == set(HABITS)
    assert {name for name, _ in DEFAULT.lineages} == set(HEIRS)
    assert {session.truth.habit for session in some()} == set(HABITS) | set(HEIRS)


def test_labels_name_runs_and_tests_of_the_session() -> None:
    """Everything that a truth points at is in the session's events."""
    for session in some(count=200):
        runs = {event["data"].get("run_id") for event in session.events}
        names = {
            result["test_case_name"]
            for event in session.events
            for result in event["data"].get("results", ())
        }
        for label in session.truth.labels:
            assert {label.first_run, label.last_run} <= runs | {None}
            assert set(label.tests) <= names


def test_a_test_that_lacks_something_need_not_be_called_flaky() -> None:
    """What comes and goes with its host is environment, and flaky is what may be said."""
    for session in some():
        lacking = {label.tests for label in session.truth.labels if label.kind is Kind.ENVIRONMENT}
        flaky = {label.tests for label in session.truth.labels if label.kind is Kind.FLAKY}
        assert not lacking & flaky


def test_a_fix_that_went_unseen_and_is_put_back_next_is_a_check() -> None:
    """Hidden, and the same text put back: a check is to be found, and that a fix was lost may be said."""
    checks = 0
    for session in some():
        labels = {(label.kind, label.tests) for label in session.truth.labels}
        if session.truth.habit == "forgetful":
            checked = {tests for kind, tests in labels if kind is Kind.RESTORE_CHECK}
            checks += bool(checked)
            assert not {(Kind.LOST_FIX, tests) for tests in checked} & labels
    assert checks > 0


def test_a_text_is_what_the_edit_before_left() -> None:
    """Files are really edited: each change starts from the text that the one before it made."""
    for session in some(count=100):
        texts: dict[str, tuple[str, ...]] = {}
        for change in session.chronicle.changes:
            assert isinstance(change, Change)
            for edit in change.edits:
                assert texts.get(edit.path, edit.before) == edit.before
                texts[edit.path] = edit.after


def test_every_parameter_is_documented() -> None:
    """Each field of a profile is named in docs/simulator.md."""
    text = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text("utf-8")
    assert [field.name for field in fields(Profile) if f"`{field.name}`" not in text] == []


def test_the_command_writes_events_and_truth(tmp_path: Path) -> None:
    """`fixloop simulate` writes files that read back, the same each time."""
    for name in ("one", "two"):
        arguments = [
            "simulate",
            "--sessions",
            "12",
            "--seed",
            "3",
            "--profile",
            "hostile",
            "--out",
            str(tmp_path / name),
        ]
        assert cli.main(arguments) == 0
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert ["sessions-00000.jsonl.gz", "truth.json"] == files
    assert all(
        (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in files
    )
    truth = read_truth(tmp_path / "one" / "truth.json")
    assert ("hostile", 3) == (truth.profile, truth.seed)
    assert tuple(simulate(PROFILES["hostile"], 3, index).truth for index in range(12)) == truth.sessions
    events = [event for _, event in read_events([tmp_path / "one"])]
    assert {session.session_id for session in truth.sessions} == {
        event.data.session_id for event in events if isinstance(event, codec.CloudEvent)
    }
    assert len(events) == sum(len(simulate(PROFILES["hostile"], 3, index).events) for index in range(12))
    json.loads((tmp_path / "one" / "truth.json").read_text("utf-8"))


@pytest.mark.parametrize("wrong", [["--profile", "kind"], ["--sessions", "0"]])
def test_what_cannot_be_simulated_is_said_in_one_line(
    wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown profile and an empty simulation are usage errors."""
    assert cli.main(["simulate", "--sessions", "1", "--seed", "1", "--out", str(tmp_path), *wrong]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1

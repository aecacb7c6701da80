"""The drop box: what emitters without a lock leave there gets its place, once and in order, whoever takes it and whoever dies."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.events import EDIT_APPLIED, RUN_STARTED, SESSION_STARTED, new_event
from fixloop.emit.private_files import locked
from fixloop.emit.spool import drop_box
from fixloop.emit.spool import spool as spool_module
from fixloop.emit.spool.reader import SpoolReader
from fixloop.emit.spool.session_file import SessionFile, folder_name, open_session
from fixloop.emit.spool.spool import Spool
from fixloop_schemas.events.events_dropped_v1 import EventsDroppedV1
from fixloop_schemas.events.suite_run_v1 import SuiteRunStartedV1
from fixloop_schemas.events.wire import SessionEvent
from tests.unit.emit.spooled import an_edit, events_of, short_types

EDIT = {"path": "aa" * 8, "path_role": "product"}


def dropped(event_type: str = EDIT_APPLIED, session_id: str = "s1", **data: Any) -> dict[str, Any]:
    """An event as an emitter in another language writes it."""
    return new_event("/editor/vscode", event_type, {"session_id": session_id, **data})


def leave(spool: Path, number: int, *lines: dict[str, Any] | bytes, session_id: str = "s1") -> Path:
    """A file in the session's box."""
    box = spool / "sessions" / folder_name(session_id) / "inbox"
    box.mkdir(parents=True, exist_ok=True)
    path = box / f"{number:020d}-77-000001.jsonl"
    path.write_bytes(
        b"".join((json.dumps(line).encode() if isinstance(line, dict) else line) + b"\n" for line in lines)
    )
    return path


def seqs(spool: Path) -> list[int]:
    """The numbers, in the order of the file."""
    return [event.data.seq for event in events_of(spool) if isinstance(event.data, SessionEvent)]


def test_what_lies_in_the_box_comes_before_what_is_emitted_after_it(tmp_path: Path) -> None:
    """In the order of the files' names, each file whole."""
    leave(tmp_path, 2, dropped(RUN_STARTED, run_id="r1", framework="jest"))
    leave(tmp_path, 1, dropped(**EDIT), dropped(**EDIT))
    assert Spool(tmp_path).emit(an_edit())
    assert [
        "session.started",
        "edit.applied",
        "edit.applied",
        "testsuiterun.started",
        "edit.applied",
    ] == short_types(tmp_path)
    assert list(range(5)) == seqs(tmp_path)
    assert [] == list((tmp_path / "sessions/s1/inbox").iterdir())
    (started,) = [event.data for event in events_of(tmp_path) if isinstance(event.data, SuiteRunStartedV1)]
    assert 2 == started.code_state.edits


def test_a_reader_takes_in_what_no_emitter_comes_for(tmp_path: Path) -> None:
    """A session that only other languages write to is read as well."""
    leave(tmp_path, 1, dropped(SESSION_STARTED, reason="startup"), dropped(**EDIT))
    with SpoolReader(tmp_path, "up") as reader:
        assert 2 == len(list(reader.read()))
    assert [0, 1] == seqs(tmp_path)


def test_what_a_session_says_at_its_start_is_on_later_events(tmp_path: Path) -> None:
    """Agent and model, as far as an event does not say otherwise."""
    leave(tmp_path, 1, dropped(SESSION_STARTED, gen_ai_agent_name="opencode", gen_ai_request_model="model-x"))
    leave(tmp_path, 2, dropped(**EDIT), dropped(**EDIT, gen_ai_request_model="model-y"))
    Spool(tmp_path).take_in(tmp_path / "sessions/s1")
    data = [event.data for event in events_of(tmp_path)]
    assert ["opencode"] * 3 == [one.gen_ai_agent_name for one in data]
    assert ["model-x", "model-x", "model-y"] == [one.gen_ai_request_model for one in data]


def test_a_file_that_is_not_complete_is_left_alone(tmp_path: Path) -> None:
    """Until it is renamed."""
    unfinished = leave(tmp_path, 1, dropped(**EDIT))
    hidden = unfinished.rename(unfinished.with_name(f".{unfinished.name}"))
    Spool(tmp_path).emit(an_edit())
    assert hidden.exists()
    assert ["session.started", "edit.applied"] == short_types(tmp_path)


@pytest.mark.parametrize("dies_at", ["save", "unlink"])
def test_a_death_while_the_box_is_emptied_repeats_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    """Between appending and writing down, or between that and removing the files."""

    class DiedError(Exception):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise DiedError

    leave(tmp_path, 1, dropped(**EDIT), dropped(**EDIT))
    leave(tmp_path, 2, dropped(**EDIT))
    of = SessionFile if dies_at == "save" else type(tmp_path)
    monkeypatch.setattr(of, dies_at, die)
    with pytest.raises(DiedError):
        Spool(tmp_path).take_in(tmp_path / "sessions/s1")
    monkeypatch.undo()
    Spool(tmp_path).take_in(tmp_path / "sessions/s1")
    Spool(tmp_path).emit(an_edit())
    assert list(range(5)) == seqs(tmp_path)
    assert 5 == len({event.id for event in events_of(tmp_path)})


def test_a_disk_that_is_full_leaves_the_box_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no number is lost to it."""
    leave(tmp_path, 1, dropped(**EDIT))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SessionFile, "append", full)
    assert not Spool(tmp_path).emit(an_edit())
    monkeypatch.undo()
    assert Spool(tmp_path).emit(an_edit())
    kinds = short_types(tmp_path)
    assert 2 == kinds.count("edit.applied")
    assert 1 == kinds.count("events.dropped")


def test_what_an_emitter_gave_up_has_numbers_and_is_named(tmp_path: Path) -> None:
    """As the range that was dropped."""
    leave(tmp_path, 1, dropped(**EDIT))
    leave(tmp_path, 2, {"given_up": 40}, dropped(**EDIT))
    Spool(tmp_path).take_in(tmp_path / "sessions/s1")
    (gap,) = [event.data for event in events_of(tmp_path) if isinstance(event.data, EventsDroppedV1)]
    assert (2, 41) == (gap.first_seq, gap.last_seq)
    assert [0, 1, 42, 43] == seqs(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"[1]",
        b"7",
        b'{"given_up": "many"}',
        json.dumps({**dropped(**EDIT), "id": 7}).encode(),
        json.dumps(dropped(session_id="another", **EDIT)).encode(),
        json.dumps({"specversion": "1.0", "id": "x", "source": "/s", "type": "t", "data": None}).encode(),
        b"[" * 100_000,
    ],
    ids=["text", "list", "number", "odd count", "odd id", "another session", "no data", "deep"],
)
def test_a_line_that_is_no_event_is_set_aside_with_its_reason(tmp_path: Path, line: bytes) -> None:
    """What stands around it is taken in."""
    leave(tmp_path, 1, dropped(**EDIT), line, dropped(**EDIT))
    Spool(tmp_path).take_in(tmp_path / "sessions/s1")
    assert [0, 1, 2] == seqs(tmp_path)
    (aside,) = [json.loads(entry) for entry in (tmp_path / "set-aside.jsonl").read_bytes().splitlines()]
    assert line[: 16 * 1024].decode() == aside["line"]
    assert aside["reason"]
    assert aside["place"].startswith("s1/inbox/")
    assert 0o600 == stat.S_IMODE((tmp_path / "set-aside.jsonl").stat().st_mode)


def test_a_long_box_is_emptied_in_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An emitter does not work for all others for long; a reader takes all."""
    monkeypatch.setattr(drop_box, "_MOST_AT_ONCE", 3)
    for number in range(10):
        leave(tmp_path, number, dropped(**EDIT))
    with open_session(tmp_path / "sessions/s1", 1) as session:
        assert drop_box.take_in(session, tmp_path, 1 << 20)
    assert 7 == len(list((tmp_path / "sessions/s1/inbox").iterdir()))
    Spool(tmp_path).take_in(tmp_path / "sessions/s1")
    assert list(range(11)) == seqs(tmp_path)


def test_a_lock_that_nobody_lets_go_of_costs_one_wait_and_no_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events go into the box meanwhile, and have their place before what comes after."""
    monkeypatch.setattr(spool_module, "LOCK_SECONDS", 0.01)
    spool = Spool(tmp_path)
    assert spool.emit(an_edit(path="a0" * 8))
    with locked(tmp_path / "sessions/s1/state", 0):
        assert all(spool.emit(an_edit(path=f"b{number}" * 8)) for number in range(3))
        assert 3 == len(list((tmp_path / "sessions/s1/inbox").iterdir()))
    assert spool.emit(an_edit(path="c0" * 8))
    paths = [event.data.model_dump().get("path") for event in events_of(tmp_path)]
    assert [None, "a0" * 8, "b0" * 8, "b1" * 8, "b2" * 8, "c0" * 8] == paths
    assert [0, 1, 2, 3, 4, 5] == seqs(tmp_path)


def test_a_box_with_too_many_files_gives_up_its_oldest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And whoever does so says how many events these were, those that were given up before counted in."""
    monkeypatch.setattr(drop_box, "MOST_FILES", 3)
    folder = tmp_path / "sessions/s1"
    leave(tmp_path, 1, {"given_up": 5}, dropped(**EDIT), dropped(**EDIT))
    for number in (2, 3):
        leave(tmp_path, number, dropped(**EDIT))
    drop_box.leave(folder, dropped(**EDIT))
    assert 3 == len(list((folder / "inbox").iterdir()))
    Spool(tmp_path).take_in(folder)
    (gap,) = [event.data for event in events_of(tmp_path) if isinstance(event.data, EventsDroppedV1)]
    assert 7 == gap.last_seq - gap.first_seq + 1
    assert 3 == short_types(tmp_path).count("edit.applied")

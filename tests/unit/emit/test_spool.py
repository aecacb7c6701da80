"""The spool: one gapless order, a bound, and no error that gets out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixloop.emit.emit_log import note
from fixloop.emit.events import RUN_STARTED, SESSION_STARTED, Draft
from fixloop.emit.spool import drop_box
from fixloop.emit.spool.session_file import SessionFile, open_session
from fixloop.emit.spool.set_aside import set_aside
from fixloop.emit.spool.spool import Spool
from fixloop_schemas.events.events_dropped_v1 import EventsDroppedV1
from fixloop_schemas.events.suite_run_v1 import SuiteRunStartedV1
from fixloop_schemas.events.wire import SessionEvent
from tests.services.polling import poll
from tests.unit.emit.spooled import an_edit, events_of, lines_of, short_types

_EMITTER = """
import sys
from pathlib import Path
from fixloop.emit.events import EDIT_APPLIED, Draft
from fixloop.emit.spool.spool import Spool
spool = Spool(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    written = spool.emit(Draft("s1", EDIT_APPLIED, "/test", {"path": "aa" * 8, "path_role": "product"}))
    sys.exit(1) if not written else None
"""


def seqs(spool: Path) -> list[int]:
    """The sequence numbers, in the order of the file."""
    return [event.data.seq for event in events_of(spool) if isinstance(event.data, SessionEvent)]


def test_a_session_begins_by_itself(tmp_path: Path) -> None:
    """A session that nobody started is started before its first event."""
    Spool(tmp_path).emit(an_edit())
    assert short_types(tmp_path) == ["session.started", "edit.applied"]
    assert seqs(tmp_path) == [0, 1]


def test_a_started_session_is_not_started_again(tmp_path: Path) -> None:
    """Who says that the session starts is taken at their word."""
    Spool(tmp_path).emit(Draft("s1", SESSION_STARTED, "/test", {"reason": "startup"}))
    Spool(tmp_path).emit(an_edit())
    assert short_types(tmp_path) == ["session.started", "edit.applied"]


def test_processes_that_write_at_once_give_one_gapless_order(tmp_path: Path) -> None:
    """Four processes with fifty events each: every number once, and in the order of the file."""
    writers = [
        subprocess.Popen([sys.executable, "-c", _EMITTER, str(tmp_path), "50"], cwd=tmp_path)
        for _ in range(4)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    assert seqs(tmp_path) == list(range(201))


def test_writers_that_are_killed_leave_whole_lines_and_no_gap(tmp_path: Path) -> None:
    """Each in the middle of its work; what they wrote is read, and whoever comes next goes on with the next number."""
    written = 0
    for _ in range(6):
        writer = subprocess.Popen([sys.executable, "-c", _EMITTER, str(tmp_path), "1000000"], cwd=tmp_path)
        try:
            poll("it writes", lambda: len(lines_of(tmp_path)) > written + 20, every=0.001)  # noqa: B023
        finally:
            writer.kill()
            writer.wait()
        written = len(lines_of(tmp_path))
    assert Spool(tmp_path).emit(an_edit())
    numbers = seqs(tmp_path)
    assert list(range(len(numbers))) == numbers


def test_only_the_owner_can_read_the_spool(tmp_path: Path) -> None:
    """Directories are 0700 and files 0600, whatever the umask."""
    old = os.umask(0)
    try:
        Spool(tmp_path / "state/spool").emit(an_edit())
        drop_box.leave(tmp_path / "state/spool/sessions/s2", {})
        note(tmp_path / "state/spool", "a line")
        set_aside(tmp_path / "state/spool", b"no event", "a place", "a reason")
    finally:
        os.umask(old)
    found = [tmp_path / "state", *(tmp_path / "state").rglob("*")]
    assert {0o600} == {path.stat().st_mode & 0o777 for path in found if path.is_file()}
    assert {0o700} == {path.stat().st_mode & 0o777 for path in found if path.is_dir()}


def told(spool: Path) -> dict[str, list[int]]:
    """By session, each number that is in the spool or named as dropped."""
    numbers: dict[str, list[int]] = {}
    for event in events_of(spool):
        assert isinstance(event.data, SessionEvent)
        of_session = numbers.setdefault(event.data.session_id, [])
        of_session.append(event.data.seq)
        if isinstance(event.data, EventsDroppedV1):
            of_session += range(event.data.first_seq, event.data.last_seq + 1)
    return numbers


def test_a_full_spool_gives_up_its_oldest_events_and_says_which(tmp_path: Path) -> None:
    """It stays within its bound, takes every new event, and no number is neither there nor named; of any session."""
    limit = 64 * 1024
    spool = Spool(tmp_path, limit_bytes=limit)
    for number in range(600):
        assert spool.emit(an_edit("first" if number < 150 else "second", padding="x" * 150))
        held = sum(len(line) + 1 for line in lines_of(tmp_path))
        assert held <= limit + limit // 16 + 1_024
    numbers = told(tmp_path)
    assert {"first", "second"} == numbers.keys()
    for of_session in numbers.values():
        assert list(range(max(of_session) + 1)) == sorted(set(of_session))
    newest = events_of(tmp_path)[-1].data
    assert isinstance(newest, SessionEvent)
    assert "second" == newest.session_id
    dropped = [event.data for event in events_of(tmp_path) if isinstance(event.data, EventsDroppedV1)]
    assert {"spool_full"} == {one.reason for one in dropped}
    assert {"first", "second"} == {one.session_id for one in dropped}


def test_a_session_that_somebody_is_at_work_in_gives_nothing_up(tmp_path: Path) -> None:
    """Its lock is respected, and another session gives up instead."""
    spool = Spool(tmp_path, limit_bytes=64 * 1024)
    for _ in range(60):
        spool.emit(an_edit("held", padding="x" * 150))
    with open_session(tmp_path / "sessions/held", 1):
        for _ in range(400):
            assert spool.emit(an_edit("other", padding="x" * 150))
    numbers = told(tmp_path)
    assert list(range(61)) == sorted(numbers["held"])


def test_an_event_that_is_too_large_is_given_up_alone(tmp_path: Path) -> None:
    """Its number is named as dropped, and the session goes on."""
    spool = Spool(tmp_path)
    assert spool.emit(an_edit(padding="x" * 300_000))
    assert spool.emit(an_edit())
    started, dropped, edit = events_of(tmp_path)
    assert isinstance(dropped.data, EventsDroppedV1)
    assert (dropped.data.first_seq, dropped.data.last_seq, dropped.data.reason) == (1, 1, "too_large")
    assert [event.data.model_dump()["seq"] for event in (started, dropped, edit)] == [0, 2, 3]


def test_a_torn_line_is_cut_and_what_follows_is_whole(tmp_path: Path) -> None:
    """A process that died within a line leaves no half event, and takes no number away."""
    spool = Spool(tmp_path)
    spool.emit(an_edit())
    with next(tmp_path.glob("sessions/*/*.jsonl")).open("ab") as file:
        file.write(b'{"specversion":"1.0","id":"torn' + b"n" * 5_000)
    spool.emit(an_edit())
    assert seqs(tmp_path) == [0, 1, 2]


def test_a_death_between_the_event_and_the_numbers_repeats_no_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The numbers are written after the event; who comes next reads on where they stop."""
    spool = Spool(tmp_path)
    spool.emit(an_edit())
    monkeypatch.setattr(SessionFile, "save", lambda _: None)
    spool.emit(an_edit())
    monkeypatch.undo()
    spool.emit(an_edit())
    assert seqs(tmp_path) == [0, 1, 2, 3]
    assert spool.memory("s1").edits == 3


def test_segments_rotate(tmp_path: Path) -> None:
    """A session has many small files, so that what was delivered can go."""
    spool = Spool(tmp_path, limit_bytes=1024 * 1024)
    for _ in range(100):
        spool.emit(an_edit())
    assert len(list(tmp_path.glob("sessions/s1/*.jsonl"))) > 1
    assert seqs(tmp_path) == list(range(101))


def test_a_run_says_how_many_edits_came_before_it(tmp_path: Path) -> None:
    """The count is taken under the same lock as the number."""
    spool = Spool(tmp_path)
    spool.emit(an_edit())
    spool.emit(an_edit())
    spool.emit(Draft("s1", RUN_STARTED, "/runner/pytest", {"run_id": "r1", "framework": "pytest"}))
    started = events_of(tmp_path)[-1].data
    assert isinstance(started, SuiteRunStartedV1)
    assert started.code_state.edits == 2


def test_a_remembered_model_is_on_later_events_but_not_on_those_of_sub_agents(tmp_path: Path) -> None:
    """Who starts a session says its model once; a sub-agent may use another."""
    spool = Spool(tmp_path)
    spool.remember("s1", {"gen_ai_request_model": "model-x", "gen_ai_agent_name": "claude-code"})
    spool.emit(an_edit())
    sub = Draft("s1", "dev.fixloop.edit.applied.v1", "/a", an_edit().data, {"gen_ai_agent_id": "sub-1"})
    spool.emit(sub)
    models = [event.data.gen_ai_request_model for event in events_of(tmp_path)]
    assert models == ["model-x", "model-x", None]


def test_an_odd_session_id_has_a_plain_folder(tmp_path: Path) -> None:
    """An id is data and never a path."""
    Spool(tmp_path).emit(an_edit("../../etc/passwd"))
    assert [event.data.session_id for event in events_of(tmp_path)] == ["../../etc/passwd"] * 2


def test_a_spool_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """Nothing is raised; the caller hears that nothing was written."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert Spool(blocked / "spool").emit(an_edit()) is False


def test_a_full_disk_is_a_counted_drop(tmp_path: Path) -> None:
    """What was written of the event is taken back; it has its number, and is named once the disk has room."""
    Spool(tmp_path).emit(an_edit())
    size = next(tmp_path.glob("sessions/*/*.jsonl")).stat().st_size
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 100}, {size + 100}))"
    wrote = subprocess.run([sys.executable, "-c", limited + _EMITTER, str(tmp_path), "1"], check=False)
    assert wrote.returncode == 1
    assert Spool(tmp_path).emit(an_edit())
    assert short_types(tmp_path) == ["session.started", "edit.applied", "events.dropped", "edit.applied"]

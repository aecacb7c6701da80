"""What a spool says of itself: its size, its readers' lag, and what found no room."""

from itertools import islice
from pathlib import Path

import pytest

from fixloop.emit.git.tree_memory import FileState, TreeMemory, save
from fixloop.emit.spool.reader import FORGET_AFTER_SECONDS, SpoolReader
from fixloop.emit.spool.session_file import SessionFile
from fixloop.emit.spool.spool import Spool
from fixloop.emit.spool.status import spool_status
from tests.unit.emit.spooled import an_edit


def test_lag_is_what_a_reader_has_not_delivered(tmp_path: Path) -> None:
    """By reader, in bytes, and in how many sessions."""
    spool = Spool(tmp_path)
    for session in ("s1", "s1", "s2"):
        assert spool.emit(an_edit(session))
    with SpoolReader(tmp_path, "slow"), SpoolReader(tmp_path, "up") as up:
        first = list(islice(up.read(), 1))
        up.advance(first)
        behind = {reader.name: reader for reader in spool_status(tmp_path).readers}
        whole = spool_status(tmp_path).bytes
        assert (whole, 2) == (behind["slow"].lag_bytes, behind["slow"].lag_sessions)
        assert (whole - len(first[0].line) - 1, 2) == (behind["up"].lag_bytes, behind["up"].lag_sessions)
        up.advance(list(up.read()))
        assert [0] == [reader.lag_bytes for reader in spool_status(tmp_path).readers if reader.name == "up"]


def test_a_reader_that_stood_for_a_week_is_said_to_be_forgotten(tmp_path: Path) -> None:
    """As the spool itself forgets it."""
    with SpoolReader(tmp_path, "ship"):
        pass
    cursor = tmp_path / "cursors/ship.json"
    moved = cursor.stat().st_mtime
    assert [True] == [reader.counts for reader in spool_status(tmp_path, moved + 60).readers]
    assert [False] == [
        reader.counts for reader in spool_status(tmp_path, moved + FORGET_AFTER_SECONDS + 1).readers
    ]


def test_what_found_no_room_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until an event in the spool says so."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SessionFile, "append", full)
    spool = Spool(tmp_path)
    assert [False, False] == [spool.emit(an_edit()), spool.emit(an_edit())]
    assert 2 == spool_status(tmp_path).giving_up
    monkeypatch.undo()
    assert spool.emit(an_edit())
    assert 0 == spool_status(tmp_path).giving_up
    assert 2 == spool_status(tmp_path).given_up


def test_working_copies_that_could_not_be_compared_are_counted(tmp_path: Path) -> None:
    """Until a look was in time; how many files are remembered makes no difference."""
    Spool(tmp_path).emit(an_edit())
    files = {f"src/module_{number}.py": FileState("d" * 32) for number in range(100)}
    for name, memory in (
        ("tree-1.json", TreeMemory(files, told=7, looked=True, slow_at=1e9, slow_times=2)),
        ("tree-2.json", TreeMemory(files, looked=True)),
    ):
        save(tmp_path / "sessions/s1" / name, memory)
    (tmp_path / "sessions/s1/tree-3.json").write_text("[")
    assert 1 == spool_status(tmp_path).not_compared


def test_asking_changes_nothing(tmp_path: Path) -> None:
    """No file appears, and none is touched; what is no session, no segment and no cursor is passed over."""
    Spool(tmp_path).emit(an_edit())
    (tmp_path / "sessions/s1/inbox").mkdir()
    (tmp_path / "sessions/s1/inbox/.half.jsonl").touch()
    (tmp_path / "sessions/s1/inbox/1-2-3.jsonl").touch()
    (tmp_path / "sessions/stray").touch()
    (tmp_path / "cursors").mkdir()
    (tmp_path / "cursors/up.json").write_text("[")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    status = spool_status(tmp_path)
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert (1, 1) == (status.sessions, status.inbox_files)

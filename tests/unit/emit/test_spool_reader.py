"""Reading a spool: at least once, in order, and nothing stays that every reader has delivered."""

import os
import time
from pathlib import Path

import pytest

from fixloop.emit.spool.reader import FORGET_AFTER_SECONDS, Record, SpoolReader
from fixloop.emit.spool.session_file import segments
from fixloop.emit.spool.spool import Spool
from fixloop.errors import FixloopError
from fixloop_schemas.codec import from_json_line
from tests.unit.emit.spooled import an_edit


def fill(spool: Path, count: int, limit_bytes: int = 1024 * 1024) -> None:
    """So many edits in one session."""
    writer = Spool(spool, limit_bytes)
    for _ in range(count):
        assert writer.emit(an_edit())


def numbers(records: list[Record]) -> list[int]:
    """The sequence numbers of what was read."""
    return [from_json_line(record.line).data.model_dump()["seq"] for record in records]


def test_what_was_not_delivered_is_read_again(tmp_path: Path) -> None:
    """The cursor moves by `advance` alone, and another process goes on where it stands."""
    fill(tmp_path, 5)
    with SpoolReader(tmp_path, "ship") as reader:
        first = list(reader.read())
        assert numbers(list(reader.read())) == numbers(first) == [0, 1, 2, 3, 4, 5]
        reader.advance(first[:4])
    with SpoolReader(tmp_path, "ship") as reader:
        assert numbers(list(reader.read())) == [4, 5]


def test_what_every_reader_has_is_deleted_and_the_numbers_go_on(tmp_path: Path) -> None:
    """An emptied spool holds no event, and the session goes on with its next number."""
    fill(tmp_path, 100)
    with SpoolReader(tmp_path, "ship") as reader:
        reader.advance(list(reader.read()))
        assert segments(tmp_path / "sessions/s1") == []
        fill(tmp_path, 1)
        assert numbers(list(reader.read())) == [101]


def test_a_death_before_the_segments_are_deleted_leaves_them_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though nothing new comes into their session."""
    fill(tmp_path, 100)
    monkeypatch.setattr(SpoolReader, "_delete_delivered", lambda *_: None)
    with SpoolReader(tmp_path, "ship") as reader:
        reader.advance(list(reader.read()))
    assert [] != segments(tmp_path / "sessions/s1")
    monkeypatch.undo()
    with SpoolReader(tmp_path, "ship"):
        assert [] == segments(tmp_path / "sessions/s1")


def test_two_readers_each_get_everything(tmp_path: Path) -> None:
    """What one has delivered stays until the other has, too."""
    fill(tmp_path, 3)
    with SpoolReader(tmp_path, "ship") as ship, SpoolReader(tmp_path, "up") as up:
        ship.advance(list(ship.read()))
        assert numbers(list(up.read())) == [0, 1, 2, 3]
        up.advance(list(up.read()))
        assert segments(tmp_path / "sessions/s1") == []


def test_a_reader_that_never_came_back_keeps_nothing(tmp_path: Path) -> None:
    """After a week its cursor does not count any more."""
    fill(tmp_path, 3)
    with SpoolReader(tmp_path, "up"):
        pass
    old = time.time() - FORGET_AFTER_SECONDS - 1
    os.utime(tmp_path / "cursors/up.json", (old, old))
    with SpoolReader(tmp_path, "ship") as ship:
        ship.advance(list(ship.read()))
    assert segments(tmp_path / "sessions/s1") == []


def test_half_a_line_is_not_read_and_blocks_nothing(tmp_path: Path) -> None:
    """A torn line waits for the next writer, which cuts it."""
    fill(tmp_path, 1)
    with next(tmp_path.glob("sessions/*/*.jsonl")).open("ab") as file:
        file.write(b'{"torn')
    with SpoolReader(tmp_path, "ship") as reader:
        reader.advance(list(reader.read()))
        assert list(reader.read()) == []
        fill(tmp_path, 1)
        assert numbers(list(reader.read())) == [2]


def test_a_name_is_used_by_one_process_at_a_time(tmp_path: Path) -> None:
    """A second reader under the same name would deliver everything twice; it says so and ends."""
    with SpoolReader(tmp_path, "ship"), pytest.raises(FixloopError, match="Another `fixloop ship`"):
        SpoolReader(tmp_path, "ship").__enter__()


def test_a_broken_cursor_begins_anew(tmp_path: Path) -> None:
    """Delivered twice is better than lost."""
    fill(tmp_path, 1)
    (tmp_path / "cursors").mkdir()
    (tmp_path / "cursors/ship.json").write_text("[1, 2")
    with SpoolReader(tmp_path, "ship") as reader:
        assert numbers(list(reader.read())) == [0, 1]

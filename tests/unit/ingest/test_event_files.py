import gzip
import json
from pathlib import Path

import pytest

from fixloop.errors import UsageError
from fixloop.ingest import event_files
from fixloop.ingest.event_files import find, read_events
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.limits import MAX_EVENT_BYTES
from tests.builders import Session
from tests.unit.ingest.recorded import edit, run

RECORDED = edit(0) + b"\n" + run(1, {"name": "t", "status": "fail"}) + b"\n"


def own(session_id: str = "s1") -> bytes:
    """An event file as fixloop writes it."""
    return b"".join(map(codec.to_json_line, Session(session_id).started().edit("src/cart.py").events))


def places(*paths: Path) -> list[str]:
    """Where each item was read from: file name and line."""
    return [source.rpartition("/")[2] for source, _ in read_events(paths)]


def test_fixloops_own_files_are_read_as_they_are(tmp_path: Path) -> None:
    """Each line is an event, and says where it stands."""
    (tmp_path / "a.jsonl").write_bytes(own())
    assert own() == b"".join(
        codec.to_json_line(item)
        for _, item in read_events([tmp_path / "a.jsonl"])
        if not isinstance(item, Rejected)
    )
    assert ["a.jsonl:1", "a.jsonl:2"] == places(tmp_path / "a.jsonl")


def test_recorded_sessions_are_known_by_their_fields(tmp_path: Path) -> None:
    """Compressed or not, whatever the file is called."""
    (tmp_path / "plain").write_bytes(RECORDED)
    (tmp_path / "packed").write_bytes(gzip.compress(RECORDED))
    assert ["plain:1", "plain:1", "plain:2", "plain:2", "plain:2", "plain:2"] == places(tmp_path / "plain")
    assert len(places(tmp_path / "plain")) == len(places(tmp_path / "packed"))


def test_a_folder_gives_its_event_files_in_order_of_their_paths(tmp_path: Path) -> None:
    """Other files in it are passed over; folders in it are not."""
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "b.jsonl").write_bytes(own("s2"))
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(RECORDED))
    (tmp_path / "labels.json").write_text("[]")
    (tmp_path / "other.jsonl").write_text(json.dumps({"type": "user", "message": "hello"}))
    (tmp_path / "empty.jsonl").touch()
    assert ["b.jsonl", "c.jsonl.gz"] == [file.path.name for file in find([tmp_path])]
    assert sum(file.bytes for file in find([tmp_path])) == sum(
        (tmp_path / name).stat().st_size for name in ("below/b.jsonl", "c.jsonl.gz")
    )


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    """A folder and a file in it may both be named."""
    (tmp_path / "a.jsonl").write_bytes(own())
    assert 2 == len(places(tmp_path, tmp_path / "a.jsonl"))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing", None, "There is nothing at"),
        ("notes.txt", b"some words\n", "holds neither CloudEvents JSON lines nor recorded sessions"),
        ("empty", b"", "holds neither"),
        ("broken.gz", b"\x1f\x8bnot really", "holds neither"),
    ],
)
def test_a_path_that_holds_no_events_is_one_clear_line(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    """It is said before anything is read."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=sentence):
        read_events([tmp_path / name])


def test_a_folder_without_event_files_is_one_clear_line(tmp_path: Path) -> None:
    """A wrong folder is no empty replay."""
    with pytest.raises(UsageError, match="There is no event file in"):
        read_events([tmp_path])


def test_a_bad_line_is_rejected_in_its_place(tmp_path: Path) -> None:
    """What stands around it is read."""
    large = json.loads(own().splitlines()[1])
    large["data"]["later_field"] = "x" * MAX_EVENT_BYTES
    lines = [
        *own().splitlines(),
        b"{",
        b'{"specversion": "1.0"}',
        b"",
        json.dumps(large).encode(),
        *own("s2").splitlines(),
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    items = list(read_events([tmp_path / "a.jsonl"]))
    rejected = [
        (source.rpartition(":")[2], item.reason) for source, item in items if isinstance(item, Rejected)
    ]
    assert [("3", "not_json"), ("4", "not_cloudevents"), ("6", "too_large")] == rejected
    assert 4 == len(items) - len(rejected)


def test_a_first_line_that_is_broken_does_not_hide_the_others(tmp_path: Path) -> None:
    """A file is judged by the first of its lines that can be read."""
    (tmp_path / "a.jsonl").write_bytes(b"half a li\n" + own())
    assert ["a.jsonl:1", "a.jsonl:2", "a.jsonl:3"] == places(tmp_path / "a.jsonl")


def test_a_file_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    """And says that there was more; the next file is read."""
    many = b"".join(edit(n, diff_sha256=f"{n:064}") + b"\n" for n in range(500))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(many)[:-200])
    (tmp_path / "b.jsonl").write_bytes(own("s2"))
    items = list(read_events([tmp_path]))
    (broken,) = [
        item for _, item in items if isinstance(item, Rejected) and "rest of the file" in item.detail
    ]
    assert "not_json" == broken.reason
    assert len(items) > 100
    assert items[-1][0].endswith("b.jsonl:2")


def test_a_line_beyond_all_bounds_is_not_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is rejected, and the line behind it is read."""
    monkeypatch.setattr(event_files, "MAX_LINE_BYTES", 4_000)
    first, second = own().splitlines()
    (tmp_path / "a.jsonl").write_bytes(first + b"\n" + b'"' + b"x" * 20_000 + b'"\n' + second + b"\n")
    items = [item for _, item in read_events([tmp_path / "a.jsonl"])]
    assert [False, True, False] == [isinstance(item, Rejected) for item in items]


def test_progress_is_counted_in_bytes_on_disk(tmp_path: Path) -> None:
    """At the end it is all of them, compressed or not."""
    (tmp_path / "a.jsonl").write_bytes(own())
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(RECORDED))
    steps: list[int] = []
    list(read_events([tmp_path], steps.append))
    assert sum(file.bytes for file in find([tmp_path])) == sum(steps)

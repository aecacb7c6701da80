import json
import subprocess
import sys
from pathlib import Path

from fixloop_schemas import codec
from tests.builders import Session


def replay(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`fixloop replay` as somebody calls it."""
    return subprocess.run(
        [sys.executable, "-m", "fixloop", "replay", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def returning(path: Path) -> Path:
    """An event file in which a fixed bug comes back, with a line that is no event."""
    session = Session("s1").started().run(a="fail").edit("src/a.py", add=["x = 1"]).run(a="pass")
    session.edit("src/a.py", add=["y = 2"], remove=["x = 1"]).run(a="fail")
    path.write_bytes(b"".join(map(codec.to_json_line, session.events)) + b"{\n")
    return path


def test_a_replay_says_what_was_found(tmp_path: Path) -> None:
    """Counts and detections, in one document with --json; a second replay of the same says the same."""
    path, data = returning(tmp_path / "a.jsonl"), str(tmp_path / "data")
    first = replay(str(path), "--data", data, "--json")
    assert (0, "") == (first.returncode, first.stderr)
    document = json.loads(first.stdout)
    assert (1, {"not_json": 1}) == (document["sessions"], document["rejected"])
    assert "reintroduction" in document["detections_by_kind"]
    assert ["s1"] == sorted({detection["session_id"] for detection in document["detections"]})
    assert first.stdout == replay(str(path), "--data", data, "--json").stdout


def test_a_replay_prints_tables(tmp_path: Path) -> None:
    """Without colour and without a progress bar when nobody looks."""
    printed = replay(str(returning(tmp_path / "a.jsonl")), "--data", str(tmp_path / "data"))
    assert (0, "") == (printed.returncode, printed.stderr)
    assert "rejected  1 (1 not_json)" in printed.stdout
    assert "reintroduction" in printed.stdout
    assert "\x1b" not in printed.stdout


def test_a_data_directory_that_is_none_is_one_clear_line(tmp_path: Path) -> None:
    """The store says why it cannot be there."""
    (tmp_path / "file").touch()
    refused = replay(str(returning(tmp_path / "a.jsonl")), "--data", str(tmp_path / "file"))
    assert (1, "") == (refused.returncode, refused.stdout)
    assert refused.stderr.startswith("fixloop: ")
    assert 1 == refused.stderr.count("\n")


def test_a_dead_broker_is_one_clear_line(tmp_path: Path) -> None:
    """A replay does not hang before a broker that is not there."""
    refused = replay(str(returning(tmp_path / "a.jsonl")), "--to", "kafka", "--kafka", "127.0.0.1:1")
    assert (1, "") == (refused.returncode, refused.stdout)
    assert "127.0.0.1:1" in refused.stderr
    assert 1 == refused.stderr.count("\n")

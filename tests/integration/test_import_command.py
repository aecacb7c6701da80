"""`fixloop import` as a person calls it: into a file, into a pipe, into the spool."""

import gzip
import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixloop.cli import main
from fixloop.emit.events import EDIT_APPLIED, Draft
from fixloop.emit.names_book import read_name
from fixloop.emit.spool.reader import SpoolReader
from fixloop.emit.spool.spool import Spool
from fixloop.emit.transcripts import claude_code
from tests.unit.emit.imports.claude_lines import AFTER, BEFORE, GREEN, RED, Line, edit, shell
from tests.unit.emit.imports.reading import shorts, write_lines

_MARKED = "xyzzy_marked_source"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A spool, a store and a home of this test's own, and no setting of the machine's."""
    for name in [name for name in os.environ if name.startswith("FIXLOOP")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FIXLOOP_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setenv("FIXLOOP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def _reintroduction() -> list[Line]:
    """A bug is there, fixed, and back with the edit that takes the fix out."""
    return [
        *shell(1, "pytest -q", RED, code=1),
        *edit(2, BEFORE, AFTER),
        *shell(3, "pytest -q", GREEN),
        *edit(4, "RATE = 1\n", "RATE = 2\n", "/home/ada/shop/src/tax.py"),
        *edit(5, AFTER, "def total(prices):\n    return sum(prices[:0])\n"),
        *shell(6, "pytest -q", RED, code=1),
    ]


def _fixloop(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "fixloop", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=120)


def _events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_transcript_replayed_through_a_pipe_shows_its_cycle(tmp_path: Path) -> None:
    """`fixloop import ... | fixloop replay -` finds what the transcript acts out."""
    transcript = write_lines(tmp_path / "session-1.jsonl", _reintroduction())
    exported = _fixloop("import", "claude-code", str(transcript))
    assert b"imported 13 events of 1 session\n" == exported.stderr
    replayed = _fixloop("replay", "-", "--json", stdin=exported.stdout)
    document = json.loads(replayed.stdout)
    assert (13, {}, {"reintroduction": 1}) == (
        document["events"],
        document["rejected"],
        document["detections_by_kind"],
    )
    again = json.loads(_fixloop("replay", "-", "--json", stdin=gzip.compress(exported.stdout)).stdout)
    assert {"reintroduction": 1} == again["detections_by_kind"]


def test_the_same_content_gives_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a file, packed, from the standard input, in a folder, and once more when the session has grown."""
    lines = _reintroduction()
    plain = write_lines(tmp_path / "in/session-1.jsonl", lines[:-2])
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    outs = [tmp_path / f"out-{number}" for number in range(4)]
    assert 0 == main(["import", "claude-code", str(plain), "--out", str(outs[0])])
    assert 0 == main(["import", "claude-code", str(packed), "--out", str(outs[1])])
    assert 0 == main(["import", "claude-code", str(tmp_path / "in"), str(plain), "--out", str(outs[2])])
    outs[3].write_bytes(_fixloop("import", "claude-code", "-", stdin=plain.read_bytes()).stdout)
    assert 1 == len({out.read_bytes() for out in outs})
    write_lines(plain, lines)
    assert 0 == main(["import", "claude-code", str(plain), "--out", str(outs[1])])
    assert outs[1].read_bytes().startswith(outs[0].read_bytes())
    capsys.readouterr()


def test_what_is_left_out_is_said_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each broken place, and the counts at the end; the exit code is 0, since the rest was imported."""
    half = gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in edit(3, "a", "b")))[:-20]
    (tmp_path / "half.jsonl.gz").write_bytes(half)
    path = write_lines(tmp_path / "s.jsonl", ["{", {"type": "strange"}, *edit(1, BEFORE, AFTER)])
    assert 0 == main(
        ["import", "claude-code", str(path), str(tmp_path / "half.jsonl.gz"), "--out", str(tmp_path / "out")]
    )
    said = capsys.readouterr().err.splitlines()
    assert any(line.startswith(f"fixloop: {path}:1: not JSON: ") for line in said)
    assert any(
        line.startswith(f"fixloop: {tmp_path}/half.jsonl.gz: the rest cannot be read") for line in said
    )
    assert said[-1].endswith("left out: 2 broken lines or files, left out: 1 of an unknown shape")


def test_a_reader_that_breaks_costs_one_transcript(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in a reader is told as what it is, without a text, and the other transcripts are imported."""
    first = write_lines(tmp_path / "a.jsonl", edit(1, BEFORE, AFTER))
    second = write_lines(tmp_path / "b.jsonl", edit(2, BEFORE, AFTER, sessionId="session-2"))
    true = claude_code._said

    def broken(told: Any, line: Any) -> Any:
        if line["sessionId"] == "session-1":
            raise ZeroDivisionError(_MARKED)
        return true(told, line)

    monkeypatch.setattr(claude_code, "_said", broken)
    assert 0 == main(["import", "claude-code", str(first), str(second), "--out", str(tmp_path / "out")])
    assert {"claude-code/session-2"} == {event["data"]["session_id"] for event in _events(tmp_path / "out")}
    assert (
        f"fixloop: {first}: the rest cannot be read: ZeroDivisionError"
        in capsys.readouterr().err.splitlines()
    )


def test_a_path_that_is_not_there_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """So is a folder without such files."""
    assert 2 == main(["import", "codex", str(tmp_path / "none")])
    assert 2 == main(["import", "codex", str(tmp_path)])
    assert [
        f"fixloop: There is nothing at {tmp_path}/none: name a file, a folder, or - for the standard input.",
        f"fixloop: There is no .jsonl file in {tmp_path}.",
    ] == capsys.readouterr().err.splitlines()


def test_the_spool_takes_what_is_new_and_nothing_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In drop boxes, without numbers; the book of names knows the files; a watched session is left alone."""
    lines = _reintroduction()
    path = write_lines(tmp_path / "session-1.jsonl", lines[:-2])
    assert 0 == main(["import", "claude-code", str(path), "--spool"])
    assert 0 == main(["import", "claude-code", str(path), "--spool"])
    write_lines(path, lines)
    assert 0 == main(["import", "claude-code", str(path), "--spool"])
    assert [
        "imported 10 events of 1 session",
        "imported 0 events of 1 session, 10 that were there already",
        "imported 3 events of 1 session, 10 that were there already",
    ] == capsys.readouterr().err.splitlines()
    boxes = sorted((tmp_path / "spool/sessions").glob("*/inbox/*.jsonl"))
    events = [event for box in boxes for event in _events(box)]
    assert (13, 13) == (len(events), len({event["id"] for event in events}))
    assert not any("seq" in event["data"] for event in events)
    named = {event["data"]["path"] for event in events if "path" in event["data"]}
    assert {"src/shop.py", "src/tax.py"} == {read_name(tmp_path / "spool", one) for one in named}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "spool").rglob("*") if path.is_file()}
    assert {0o600} == modes
    (tmp_path / "spool/sessions/session-2").mkdir()
    other = write_lines(tmp_path / "session-2.jsonl", edit(9, BEFORE, AFTER, sessionId="session-2"))
    assert 0 == main(["import", "claude-code", str(other), "--spool"])
    assert (
        "imported 0 events of 1 session, 1 session left out that fixloop watched live\n"
        == capsys.readouterr().err
    )


def test_what_was_put_into_the_spool_is_read_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A reader of the spool finds the same events as in a file, with the same ids and numbers."""
    path, out = write_lines(tmp_path / "session-1.jsonl", _reintroduction()), tmp_path / "out"
    assert 0 == main(["import", "claude-code", str(path), "--out", str(out)])
    assert 0 == main(["import", "claude-code", str(path), "--spool"])
    with SpoolReader(tmp_path / "spool", "test") as reader:
        read = [json.loads(record.line) for record in reader.read()]
    assert _events(out) == read
    capsys.readouterr()


def test_a_session_that_others_tell_of_begins_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is imported into a session that is there comes behind what it has, whatever was imported into it before."""
    spool = Spool(tmp_path / "spool")
    spool.emit(Draft("mine", EDIT_APPLIED, "/agent/x", {"path": "p", "path_role": "product"}))
    for number in (1, 2):
        path = write_lines(
            tmp_path / f"session-{number}.jsonl", edit(number, BEFORE, AFTER, sessionId=f"session-{number}")
        )
        assert 0 == main(["import", "claude-code", str(path), "--spool", "--session", "mine"])
    with SpoolReader(tmp_path / "spool", "test") as reader:
        read = [json.loads(record.line) for record in reader.read()]
    assert ["session.started", *["edit.applied"] * 3] == shorts(read)
    assert [0, 1, 2, 3] == [event["data"]["seq"] for event in read]
    capsys.readouterr()


def test_lists_of_repositories_and_the_switch_hold_for_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a denied repository nothing is told, by its name alone where its owner is not known; switched off, the spool takes nothing."""
    path = write_lines(tmp_path / "session-1.jsonl", edit(1, BEFORE, AFTER))
    out = tmp_path / "out"
    monkeypatch.setenv("FIXLOOP_DENY", "acme/sh*")
    assert 0 == main(["import", "claude-code", str(path), "--out", str(out)])
    assert b"" == out.read_bytes()
    assert 0 == main(["import", "claude-code", str(path), "--out", str(out), "--repository", "other/shop"])
    assert 2 == len(_events(out))
    monkeypatch.setenv("FIXLOOP", "off")
    assert 2 == main(["import", "claude-code", str(path), "--spool"])
    assert "FIXLOOP switches everything off" in capsys.readouterr().err


def test_no_text_of_a_transcript_is_written(tmp_path: Path) -> None:
    """Marked words in every text of a transcript are in nothing that is written or said; names of tests are told, and are not texts."""
    lines = [
        *edit(1, f"{_MARKED} = 1\n", f"{_MARKED} = 2\n", f"/home/ada/shop/{_MARKED}/a.py"),
        *shell(
            2, f"cat > {_MARKED}.py <<'EOF'\n{_MARKED}\nEOF\nsed -i 's/{_MARKED}//' {_MARKED}.py", _MARKED
        ),
        *shell(3, "pytest -q", RED.replace("0 == 3", f"'{_MARKED}' == 3"), code=1),
        *shell(4, f"git checkout {_MARKED}.py && git commit -m '{_MARKED}'", f"[main abcdef12] {_MARKED}"),
    ]
    path = write_lines(tmp_path / "s.jsonl", [*lines, f'{{"type": "{_MARKED}'])
    finished = _fixloop("import", "claude-code", str(path))
    assert 0 == finished.returncode
    assert b"edit.applied" in finished.stdout
    assert _MARKED.encode() not in finished.stdout + finished.stderr


def _large(session_lines: int) -> Iterator[bytes]:
    filler = "x" * 20_000
    for number in range(session_lines):
        for line in shell(number % 25, "ls", f"{filler}{number}"):
            line["timestamp"] = (
                f"2026-01-{number // 1440 % 28 + 1:02d}T{number // 60 % 24:02d}:{number % 60:02d}:00Z"
            )
            text = json.dumps(line).replace("toolu_", f"toolu_{number:012d}")
            yield text.encode() + b"\n"


def test_a_large_transcript_is_read_in_bounded_memory(tmp_path: Path) -> None:
    """A hundred megabytes through the standard input grow the process by a small part of that."""
    program = (
        "import resource, sys; from fixloop.cli import main; import fixloop.emit.transcripts.claude_code; "
        "begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        "code = main(['import', 'claude-code', '-', '--out', sys.argv[1]]); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begin, file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "out")]
    fed = 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        writer = (
            io.BufferedWriter(process.stdin.raw, 1 << 20) if hasattr(process.stdin, "raw") else process.stdin
        )
        for line in _large(4_000):
            fed += writer.write(line)
        writer.close()
        said = process.stderr.read().decode().split()
    assert 0 == process.returncode
    grown = int(said[-1]) * 1024
    assert fed > 80_000_000
    assert grown < 40_000_000, f"{grown} bytes more for {fed} bytes"

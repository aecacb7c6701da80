import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from fixloop.cli import main
from fixloop.detect import DETECTOR_VERSION
from fixloop.emit.names_book import write_name
from fixloop.land.rows import combined, rows_of
from fixloop.land.store_socket import StoreServer
from fixloop_schemas import codec
from fixloop_schemas.codec import Event
from tests.builders import DIGESTER, Session
from tests.integration.opened_store import cycle, detections_of, opened_store

DOCUMENT = Path(__file__).parents[2] / "docs/explain.md"


@pytest.fixture(autouse=True)
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spool of its own, for the names of files."""
    monkeypatch.setenv("FIXLOOP_SPOOL", str(tmp_path / "spool"))
    monkeypatch.delenv("FIXLOOP_CLICKHOUSE_DSN", raising=False)
    return tmp_path / "spool"


def _events() -> list[Event]:
    flaky = Session("team/flaky").run(a="fail").edit().run(a="pass").edit().run(a="fail").run(a="pass")
    return [*cycle("team/cycle").events, *flaky.events, *Session("team/quiet").run(a="pass").events]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Event files with three sessions; one event stands there twice, and two change places."""
    folder = tmp_path_factory.mktemp("events")
    events = _events()
    events[3], events[4] = events[4], events[3]
    (folder / "a.jsonl").write_bytes(b"".join(map(codec.to_json_line, [*events[:20], events[2]])))
    (folder / "b.jsonl").write_bytes(b"".join(map(codec.to_json_line, events[20:])))
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the same sessions and their detections."""
    return _stored(tmp_path_factory.mktemp("data"), [*_events(), *detections_of(_events())])


def _stored(directory: Path, events: Iterable[Event]) -> Path:
    with opened_store(directory) as store:
        store.insert(combined(map(rows_of, events)))
    return directory


def _said(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> str:
    """What the command prints: to the standard output, or, when it fails, to the standard error."""
    assert code == main(["explain", *map(str, arguments)])
    printed = capsys.readouterr()
    assert "" == (printed.out if code else printed.err)
    return printed.err if code else printed.out


@pytest.mark.parametrize("session", ["team/cycle", "flaky", "team/quiet"])
def test_the_store_and_event_files_say_the_same(
    session: str, data: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """To the letter, for people and for programs: order and repetition of the events change nothing."""
    for form in ([], ["--json"]):
        from_store = _said(capsys, session, "--data", data, *form)
        assert from_store == _said(capsys, session, *form, "--events", files)


def test_the_owner_of_a_store_is_asked_for_a_session(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """While something has the store open, as `fixloop up` does, it answers."""
    expected = _said(capsys, "cycle", "--data", data)
    with opened_store(data) as store, StoreServer(store, data):
        assert expected == _said(capsys, "cycle", "--data", data)


def test_a_cycle_is_told_from_the_timeline_to_its_versions(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two bugs, one of them open again; the cycle with its laps, and the reintroduction that it superseded."""
    said = _said(capsys, "cycle", "--data", data)
    assert said.startswith("team/cycle\nclaude-code · model-x · example/shop · 5 runs · 4 product edits")
    assert "Bugs: 1 open, 1 fixed, 0 gone, 2 returned" in said
    assert "coupled_cycle  open, confidence" in said
    assert re.search(r"supersedes reintroduction [0-9a-f]{12}", said)
    assert re.search(r"superseded by coupled_cycle [0-9a-f]{12}", said)
    assert re.search(r"  for\n    \+0\.\d\d  ", said)
    assert re.search(r"    2  run \d, event \d+: confidence 0\.\d\d; .*1 more return", said)


def test_a_withdrawal_says_why(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The test proved flaky: the reintroduction stands there as withdrawn, with the argument that overturned it."""
    said = _said(capsys, "flaky", "--data", data)
    assert "reintroduction  withdrawn" in said
    assert re.search(r"  against\n    -1\.00  ", said)
    assert re.search(r"    2  .*; withdrawn; \w.+", said)


def test_a_session_without_a_detection_reads_well(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says that there is nothing, and of what."""
    expected = """\
No bugs: no test failed in this session.

No detections: nothing that was fixed came back, and nothing looked like it.
"""
    assert _said(capsys, "quiet", "--data", data).endswith("\n" + expected)


def test_a_session_without_a_run_reads_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nor is there a legend for what is not drawn."""
    path = tmp_path / "edits.jsonl"
    path.write_bytes(b"".join(map(codec.to_json_line, Session("edits").edit().events)))
    said = _said(capsys, "edits", "--events", path)
    assert "no test run in this session\n\nNo bugs" in said


def test_files_have_their_names_where_this_machine_knows_them(
    data: Path, spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else the first signs of a digest; the JSON form has both."""
    digest = DIGESTER.path("src/core.py")
    assert f"of {digest[:8]}…" in _said(capsys, "cycle", "--data", data)
    write_name(spool, digest, "/home/ada/shop/src/core.py")
    assert "of /home/ada/shop/src/core.py" in _said(capsys, "cycle", "--data", data)
    document = json.loads(_said(capsys, "cycle", "--data", data, "--json"))
    assert [(digest, "/home/ada/shop/src/core.py")] * 4 == [(e["path"], e["name"]) for e in document["edits"]]


def test_the_json_form_has_the_documented_keys(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every key is in the document, and the document names no other."""
    rows = re.findall(r"^\| (`.+) \| (.+) \|$", DOCUMENT.read_text(), re.MULTILINE)
    named = {key for names, _ in rows for key in re.findall(r"`(\w+)`", names)}
    details = {names.strip("`"): set(re.findall(r"`(\w+)`", text)) for names, text in rows}
    document = json.loads(_said(capsys, "cycle", "--data", data, "--json"))
    assert named == document.keys()
    for name in ("runs", "edits", "bugs", "detections"):
        values = {"open", "fixed", "gone", "null"}
        assert _keys(document[name], inside={"runs": {"outcomes"}, "detections": {"versions"}}.get(name)) == (
            details[name] - values
        )


def _keys(entries: list[dict[str, Any]], inside: set[str] | None) -> set[str]:
    """The keys of all entries, and of what is inside those that are named."""
    keys = {key for entry in entries for key in entry}
    return keys | {key for entry in entries for name in inside or () for each in entry[name] for key in each}


def test_the_json_form_tells_what_was_found(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Runs and edits that a return names are in the document, and the versions grow up to the latest."""
    document = json.loads(_said(capsys, "cycle", "--data", data, "--json"))
    first = document["detections"][0]
    assert ("coupled_cycle", True, "open", 2) == tuple(
        first[key] for key in ("kind", "alerting", "status", "laps")
    )
    runs = {run["run_id"] for run in document["runs"]}
    edits = {edit["event_id"] for edit in document["edits"]}
    for back in first["returns"]:
        assert {back["red_run"], back["fixing_run"], back["returning_run"]} <= runs
        assert {*back["fixing_edits"], *back["breaking_edits"]} <= edits
    assert first["detection_version"] == first["versions"][-1]["version"] == len(first["versions"])
    assert [("a", "open", 2), ("b", "fixed", 1)] == [
        (bug["test_case_name"], bug["stand"], bug["returns"]) for bug in document["bugs"]
    ]


def test_another_detector_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The store's detections may be older than the program that tells of them."""
    events = cycle("s1").events
    older = [
        found.model_copy(update={"data": found.data.model_copy(update={"detector_version": "0.9"})})
        for found in detections_of(events)
    ]
    _stored(tmp_path / "data", [*events, *older])
    said = _said(capsys, "s1", "--data", tmp_path / "data")
    assert f"The detections are of detector 0.9; the bugs are as detector {DETECTOR_VERSION} sees" in said
    document = json.loads(_said(capsys, "s1", "--data", tmp_path / "data", "--json"))
    assert ["0.9"] == document["other_detector_versions"]


def test_what_is_missing_from_a_session_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An event that never came keeps those after it waiting, and a line that is none is counted."""
    events = cycle("s1").events
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"".join(map(codec.to_json_line, [*events[:8], *events[9:]])) + b"{}\n")
    said = _said(capsys, "s1", "--events", path)
    assert f"that wait for one before them, and tell nothing yet: {len(events) - 9}.\n" in said
    assert "Events or lines that could not be read: 1.\n" in said


@pytest.fixture(params=["store", "files"])
def place(request: pytest.FixtureRequest, data: Path, files: Path) -> list[object]:
    """The options that say where the sessions are."""
    return ["--data", data] if request.param == "store" else ["--events", files]


def test_several_sessions_are_named_in_one_line(
    place: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    """What is meant more than once is asked back."""
    said = _said(capsys, "team", *place, code=2)
    assert said.endswith("'team', say more of its id: team/cycle, team/flaky, team/quiet.\n")
    assert 1 == said.count("\n")


@pytest.mark.parametrize("session", ["nobody", "it's \\ a\nquote'"])
def test_a_session_that_is_not_there_is_one_line(
    session: str, place: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to do; whatever signs were asked for."""
    said = _said(capsys, session, *place, code=2)
    assert repr(session) in said
    assert ("fixloop sql" if place[0] == "--data" else "(team/cycle, team/flaky, team/quiet)") in said
    assert 1 == said.count("\n")


def test_what_cannot_be_asked_is_one_line(
    data: Path, files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No session, two places, and a store that is not there."""
    assert "There is no session" in _said(capsys, "", "--data", data, code=2)
    assert "--events reads none" in _said(capsys, "s1", "--data", data, "--events", files, code=2)
    assert "Nothing is recorded" in _said(capsys, "s1", "--data", tmp_path / "none", code=1)

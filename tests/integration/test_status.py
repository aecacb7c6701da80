"""`fixloop status`: the same document from a store that nobody has, from `fixloop up`, and of a spool alone."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixloop.emit.spool.spool import Spool
from fixloop.land.store_socket import ask_status
from fixloop_schemas import codec
from tests.builders import Session
from tests.integration.opened_store import cycle
from tests.services.polling import poll
from tests.unit.emit.spooled import an_edit


def environment(tmp_path: Path) -> dict[str, str]:
    """A machine of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIXLOOP")}
    return {
        **kept,
        "HOME": str(tmp_path),
        "FIXLOOP_DATA": str(tmp_path / "data"),
        "FIXLOOP_SPOOL": str(tmp_path / "spool"),
        "NO_COLOR": "1",
    }


def fixloop(tmp_path: Path, *arguments: str) -> str:
    """What a command prints; it has to succeed, and say nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "fixloop", *arguments],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def asked(tmp_path: Path) -> dict[str, Any]:
    """The document."""
    document: dict[str, Any] = json.loads(fixloop(tmp_path, "status", "--json"))
    return document


def spooled(tmp_path: Path, session: Session) -> None:
    """A session lies in the spool, as its emitters would have written it."""
    folder = tmp_path / "spool/sessions" / session.events[0].data.session_id
    folder.mkdir(parents=True, mode=0o700)
    (folder / "0000000000.jsonl").write_bytes(b"".join(codec.to_json_line(event) for event in session.events))


def unfinished(session_id: str = "s1") -> Session:
    """A cycle that still goes on: two laps, and `a` is red."""
    session = cycle(session_id)
    del session.events[-1]
    return session


@pytest.fixture
def up(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`fixloop up`, which has read what lies in the spool."""
    spooled(tmp_path, unfinished())
    with subprocess.Popen(
        [sys.executable, "-m", "fixloop", "up"],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("following ")
        assert process.stdout.readline()  # a detection: the batch is in the store
        yield process
        process.kill()


def test_nothing_is_there_yet(tmp_path: Path) -> None:
    """No store and no spool is a status too, and neither is made by asking."""
    assert asked(tmp_path) == {
        "version": 1,
        "up": None,
        "store": None,
        "spool": {
            "directory": str(tmp_path / "spool"),
            "bytes": 0,
            "sessions": 0,
            "inbox_files": 0,
            "given_up": 0,
            "giving_up": 0,
            "set_aside": 0,
            "not_compared": 0,
            "readers": [],
        },
    }
    assert "nothing is recorded yet" in fixloop(tmp_path, "status")
    assert [] == list(tmp_path.iterdir())


def test_up_answers_while_it_holds_the_store(tmp_path: Path, up: subprocess.Popen[str]) -> None:
    """Status, explain and sql come from the process that has the store open; an editor asks its socket without starting Python."""
    document = asked(tmp_path)
    assert up.pid == document["up"]["pid"]
    store = document["store"]
    assert (1, 1) == (store["sessions_open"], store["bugs_open"])
    assert store["laps"] >= 1
    assert "failure" == store["last_run"]["status"]
    assert "coupled_cycle" in {found["kind"] for found in store["detections"]}
    assert [("up", 0)] == [(reader["name"], reader["lag_bytes"]) for reader in document["spool"]["readers"]]
    assert document["store"] == (ask_status(tmp_path / "data") or {})["store"]
    assert "coupled_cycle" in fixloop(tmp_path, "explain", "s1")
    assert "coupled_cycle" in fixloop(tmp_path, "sql", "SELECT kind FROM detections WHERE alerting")


def test_the_answer_is_the_same_when_up_has_ended(tmp_path: Path, up: subprocess.Popen[str]) -> None:
    """What the store says does not depend on who is asked."""
    while_up = asked(tmp_path)
    up.send_signal(signal.SIGTERM)
    up.communicate(timeout=60)
    afterwards = asked(tmp_path)
    assert None is afterwards["up"]
    assert while_up["store"] == afterwards["store"]


@pytest.mark.usefixtures("up")
def test_what_comes_is_in_the_next_answer(tmp_path: Path) -> None:
    """An answer is kept for two seconds and no longer."""
    assert 1 == asked(tmp_path)["store"]["sessions_open"]
    Spool(tmp_path / "spool").emit(an_edit("s2"))
    poll("the second session", lambda: asked(tmp_path)["store"]["sessions_open"] == 2)


def test_a_session_that_ended_is_open_no_longer(tmp_path: Path) -> None:
    """What it led to stands all the same."""
    spooled(tmp_path, cycle())
    fixloop(tmp_path, "up", "--once")
    store = asked(tmp_path)["store"]
    assert (0, 0, []) == (store["sessions_open"], store["bugs_open"], store["sessions"])
    assert store["detections"]


def test_lost_and_refused_lines_are_counted(tmp_path: Path) -> None:
    """Events that were given up, and a line that is none."""
    spooled(tmp_path, Session("s1").started().dropped(7))
    with (tmp_path / "spool/sessions/s1/0000000000.jsonl").open("ab") as segment:
        segment.write(b"{}\n")
    fixloop(tmp_path, "up", "--once")
    store = asked(tmp_path)["store"]
    assert (7, 1) == (store["events_given_up"], store["lines_set_aside"])
    assert "7 events given up, 1 lines set aside" in fixloop(tmp_path, "status")

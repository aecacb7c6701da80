"""Kill -9 between any two steps, feed again, and look: the third promise, on the real engine."""

import subprocess
import sys
from pathlib import Path

import pytest

from fixloop.detect import snapshot
from fixloop.detect.ledger import ledger_snapshot
from fixloop.land.store import Store
from fixloop.workers.embedded import EmbeddedRunner
from fixloop.workers.foldings import LEDGERS, SESSIONS
from fixloop.workers.watched_sessions import WatchedSessions
from fixloop_schemas import codec
from tests.integration.opened_store import content, cycle, expected_content, opened_store
from tests.lineages import in_turn, lineage_sessions

EVENTS = in_turn([cycle("s1"), cycle("s2"), *lineage_sessions()])
BATCH = 16

# Feeds a file in batches, and kills itself before the insert whose turn it is.
_PROGRAM = """
import os, signal, sys
from pathlib import Path
from fixloop.land.connection import Connection
from fixloop.workers.embedded import EmbeddedRunner
from fixloop_schemas import codec
from tests.lineages import in_turn, lineage_sessions
from tests.integration.opened_store import opened_store

left = int(sys.argv[3])
insert = Connection.insert

def counted(self, table, columns, rows):
    global left
    if table != "migrations":
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
    insert(self, table, columns, rows)

Connection.insert = counted
with opened_store(Path(sys.argv[1])) as store, EmbeddedRunner(store) as runner:
    for place, line in enumerate(Path(sys.argv[2]).read_bytes().splitlines(), start=1):
        runner.feed(f"file:{place}", codec.from_json_line(line))
        if place % int(sys.argv[4]) == 0:
            runner.flush()
"""


def states(store: Store) -> dict[tuple[str, str], str]:
    rows = store.query("SELECT kind, key, state FROM states FINAL").rows
    return {(kind, key): state for kind, key, state in rows}


def expected_states() -> dict[tuple[str, str], str]:
    watched = WatchedSessions()
    for event in EVENTS:
        watched.fold(watched.of("file", event.data.session_id), event)
    sessions = {(SESSIONS.kind, one.session_id): one.state for one in watched.by_file.values()}
    ledgers = {(LEDGERS.kind, key): ledger_snapshot(state).decode() for key, state in watched.ledgers.items()}
    return {place: snapshot(state).decode() for place, state in sessions.items() if state} | ledgers


@pytest.mark.parametrize("inserts", [0, 1, 3, 4, 5, 6, 8, 11, 14, 20, 26, 27, 33])
def test_nothing_is_lost_or_doubled(tmp_path: Path, inserts: int) -> None:
    """A process is killed before one of its inserts; what it was fed is fed again, from the start, to the next."""
    file, data = tmp_path / "events.jsonl", tmp_path / "data"
    file.write_bytes(b"".join(map(codec.to_json_line, EVENTS)))
    arguments = [sys.executable, "-c", _PROGRAM, str(data), str(file), str(inserts), str(BATCH)]
    assert -9 == subprocess.run(arguments, cwd=Path(__file__).parents[2], check=False).returncode
    with opened_store(data) as store, EmbeddedRunner(store) as runner:
        for place, event in enumerate(EVENTS, start=1):
            runner.feed(f"file:{place}", event)
        runner.flush()
        found, stand = content(store), states(store)
    assert expected_content(tmp_path / "clean", EVENTS) == found
    assert 0 < len(found["detections"])
    assert expected_states() == stand

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixloop.errors import StoreError, StoreLockedError
from fixloop.land import store_socket
from fixloop.land.asking import ask
from fixloop.land.rows import combined, rows_of
from fixloop.land.store import dsn_of
from fixloop.land.store_socket import StoreServer, query_store, socket_path
from tests.integration.opened_store import cycle, opened_store

COUNT = "SELECT count() AS events FROM events"

_OWNER = """
import sys
from pathlib import Path
from fixloop.land.store import dsn_of, open_store
from fixloop.land.store_socket import StoreServer
directory = Path(sys.argv[1])
with open_store(dsn_of(directory)) as store, StoreServer(store, directory):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    with opened_store(tmp_path / "data") as store:
        store.insert(combined(map(rows_of, cycle().events)))
    return tmp_path / "data"


@pytest.fixture
def owner(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has the store open, and answers."""
    with subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert "ready\n" == process.stdout.readline()
        yield process
        process.kill()


def test_a_store_that_nobody_has_is_opened(directory: Path) -> None:
    """Without an owner the question goes to the store itself, which is closed again."""
    assert ((len(cycle().events),),) == query_store(directory, COUNT).rows
    assert ((len(cycle().events),),) == query_store(directory, COUNT).rows


def test_the_owner_answers_as_the_store_does(directory: Path, owner: subprocess.Popen[str]) -> None:
    """Columns, types and values are the same either way."""
    sql = "SELECT * FROM test_runs ORDER BY first_seq"
    asked = query_store(directory, sql)
    owner.kill()
    owner.wait()
    assert asked == query_store(directory, sql)


def test_a_socket_that_was_left_over(directory: Path, owner: subprocess.Popen[str]) -> None:
    """Its owner was killed: the store is opened; the next owner takes the socket's place."""
    owner.kill()
    owner.wait()
    assert socket_path(directory).is_socket()
    assert 1 == len(query_store(directory, COUNT).rows)
    with opened_store(directory) as store, StoreServer(store, directory):
        assert 1 == len(query_store(directory, COUNT).rows)
    assert not socket_path(directory).exists()


def test_the_socket_is_its_owners_alone(directory: Path) -> None:
    """Nobody else may ask."""
    with opened_store(directory) as store, StoreServer(store, directory):
        assert 0o600 == socket_path(directory).stat().st_mode & 0o777
        assert 0o700 == directory.stat().st_mode & 0o777


def test_a_path_that_is_too_long_for_a_socket(tmp_path: Path) -> None:
    """The socket is then in a private directory, and found there."""
    directory = tmp_path / ("d" * 120)
    with opened_store(directory) as store, StoreServer(store, directory):
        path = socket_path(directory)
        assert len(os.fsencode(path)) <= store_socket.MAX_PATH_BYTES
        assert 0o700 == path.parent.stat().st_mode & 0o777
        assert ((0,),) == query_store(directory, COUNT).rows
    assert not path.exists()


WRITES = [
    "DROP TABLE event_rows",
    "INSERT INTO states VALUES ('sessions', 's', 1, '')",
    "INSERT INTO FUNCTION file('{tmp}/x.csv') SELECT 1",
    "WITH x AS (SELECT 1) INSERT INTO FUNCTION file('{tmp}/x.csv') SELECT * FROM x",
    "SELECT 1; INSERT INTO FUNCTION file('{tmp}/x.csv') SELECT 1",
    "SELECT 1 INTO OUTFILE '{tmp}/x.csv'",
    "SELECT 1 SETTINGS readonly = 0",
    "SET readonly = 0",
    "SYSTEM SHUTDOWN",
    "KILL QUERY WHERE 1",
    "/* SELECT */ TRUNCATE TABLE event_rows",
]


def test_only_questions_are_answered(directory: Path, tmp_path: Path) -> None:
    """Whatever the engine itself would let through."""
    with opened_store(directory) as store:
        for sql in WRITES:
            with pytest.raises(StoreError):
                ask(store, sql.format(tmp=tmp_path))
            assert not (tmp_path / "x.csv").exists()
        assert ((len(cycle().events),),) == ask(store, COUNT).rows


QUESTIONS = [
    "SELECT 1",
    "select 1;",
    "-- with a comment\nSELECT 1 -- and another",
    "WITH x AS (SELECT 1) SELECT * FROM x",
    "FROM events SELECT count()",
    "(SELECT 1) UNION ALL SELECT 2",
    "SHOW TABLES",
    "DESCRIBE detections",
    "EXISTS TABLE events",
    "EXPLAIN SELECT 1",
    "SELECT 'format csv; {x:String} %s'",
]


def test_every_sort_of_question_is_answered(directory: Path) -> None:
    """However it is written."""
    with opened_store(directory) as store:
        assert [] == [sql for sql in QUESTIONS if not ask(store, sql).rows]


def test_a_refusal_comes_over_the_socket(directory: Path) -> None:
    """As the same sentence."""
    with opened_store(directory) as store, StoreServer(store, directory):
        with pytest.raises(StoreError, match="Only questions are answered"):
            query_store(directory, "DROP TABLE event_rows")
        with pytest.raises(StoreError, match="Unknown table expression identifier 'nothing'"):
            query_store(directory, "SELECT * FROM nothing")


def test_nonsense_on_the_socket_stops_nothing(directory: Path) -> None:
    """A line that is no question is told so, a client that goes away is let go, and the next one is answered."""
    with opened_store(directory) as store, StoreServer(store, directory):
        for line in (b"nonsense\n", b'["sql"]\n', b""):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(socket_path(directory)))
                connection.sendall(line)
                connection.shutdown(socket.SHUT_WR)
                assert b'{"error": "The question could not be read."}' == connection.recv(1000)
        assert 1 == len(query_store(directory, COUNT).rows)


def test_an_owner_without_a_socket(directory: Path) -> None:
    """One sentence says that it is open elsewhere, and what to do."""
    program = f"""
import sys
from fixloop.land.store import open_store
with open_store({dsn_of(directory)!r}):
    print("ready", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert "ready\n" == process.stdout.readline()
        with pytest.raises(StoreLockedError, match="Another process has the store"):
            query_store(directory, COUNT)
        process.kill()


def test_an_owner_that_hangs_up(directory: Path) -> None:
    """It listens, and does not answer."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(socket_path(directory)))
        silent.listen()
        asked = subprocess.Popen(
            [sys.executable, "-m", "fixloop", "sql", COUNT, "--data", str(directory)],
            stderr=subprocess.PIPE,
            text=True,
        )
        silent.accept()[0].close()
        assert (
            f"fixloop: Another process has the store in {directory} open and does not answer: stop it, or try again.\n"
            == (asked.communicate()[1])
        )
    assert 1 == asked.returncode


def test_nothing_recorded_yet(tmp_path: Path) -> None:
    """A directory without a store is not made into one."""
    with pytest.raises(StoreError, match="Nothing is recorded in"):
        query_store(tmp_path / "data", COUNT)
    assert not (tmp_path / "data").exists()

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fixloop.errors import StoreError
from fixloop.land import migrate
from fixloop.land.connection import Connection
from fixloop.land.embedded import open_connections
from fixloop.land.migrate import State
from fixloop_schemas.tables import MIGRATIONS, Migration

ONE = Migration(1, "0001_one.sql", "CREATE TABLE IF NOT EXISTS one (x Int8) ENGINE = MergeTree ORDER BY x;\n")
TWO = Migration(
    2, "0002_two.sql", "CREATE TABLE IF NOT EXISTS two (x Int8) ENGINE = MergeTree ORDER BY x;\nNONSENSE;\n"
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    writer, reader = open_connections(tmp_path)
    yield writer
    reader.close()
    writer.close()


def states(connection: Connection, *migrations: Migration) -> list[State]:
    return [step.state for step in migrate.plan(connection, migrations)]


def tables(connection: Connection) -> set[str]:
    return {name for (name,) in connection.query("SHOW TABLES").rows}


def test_a_plan_changes_nothing(connection: Connection) -> None:
    """Everything is pending in an empty store, and it stays empty."""
    assert {State.PENDING} == {step.state for step in migrate.plan(connection)}
    assert set() == tables(connection)


def test_everything_is_applied_once(connection: Connection) -> None:
    """The second time there is nothing to do, and nothing is logged."""
    assert MIGRATIONS == migrate.apply(connection)
    assert {State.COMPLETED} == {step.state for step in migrate.plan(connection)}
    assert () == migrate.apply(connection)
    log = connection.query("SELECT count(), uniqExact(number, step) FROM migrations").rows
    assert ((2 * len(MIGRATIONS), 2 * len(MIGRATIONS)),) == log


def test_what_breaks_off_is_seen_and_finished(connection: Connection) -> None:
    """A statement fails in the middle; with the rest put right the migration is run again, and its first half does no harm."""
    with pytest.raises(StoreError):
        migrate.apply(connection, (ONE, TWO))
    assert [State.COMPLETED, State.STARTED] == states(connection, ONE, TWO)
    mended = Migration(2, TWO.name, TWO.sql.replace("NONSENSE;", ""))
    assert (mended,) == migrate.apply(connection, (ONE, mended))
    assert [State.COMPLETED, State.COMPLETED] == states(connection, ONE, mended)


def test_a_changed_migration_is_refused(connection: Connection) -> None:
    """Where it was completed, its text can no longer change."""
    migrate.apply(connection, (ONE,))
    changed = Migration(1, ONE.name, ONE.sql.replace("Int8", "Int16"))
    with pytest.raises(StoreError, match=r"0001_one\.sql was changed after it was applied"):
        migrate.apply(connection, (changed,))


def test_a_newer_store_is_refused(connection: Connection) -> None:
    """An old program writes nothing into tables that it does not know."""
    migrate.apply(connection, (ONE, Migration(2, "0002_b.sql", ONE.sql)))
    with pytest.raises(StoreError, match=r"0002_b\.sql is not known here\): upgrade"):
        migrate.apply(connection, (ONE,))


def test_two_at_once_do_no_harm(connection: Connection, tmp_path: Path) -> None:
    """Both come through, and all is completed."""
    others = [open_connections(tmp_path) for _ in range(2)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate.apply, [connection, *(writer for writer, _ in others)]))
    for writer, reader in others:
        reader.close()
        writer.close()
    assert {State.COMPLETED} == {step.state for step in migrate.plan(connection)}


_KILLED = """
import os, signal, sys
from pathlib import Path
from fixloop.land import migrate
from fixloop.land.embedded import open_connections
from fixloop.land.connection import Connection

left = int(sys.argv[2])
run = Connection.run
def counted(self, statement):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    run(self, statement)
Connection.run = counted
migrate.apply(open_connections(Path(sys.argv[1]))[0])
"""


@pytest.mark.parametrize("statements", [1, 2, 8])
def test_a_kill_between_two_statements(tmp_path: Path, statements: int) -> None:
    """The next start finishes what the killed one began."""
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path), str(statements)], check=False)
    assert -9 == killed.returncode
    writer, reader = open_connections(tmp_path)
    started = [step.migration for step in migrate.plan(writer) if step.state is State.STARTED]
    assert 1 == len(started)
    assert started[0] in migrate.apply(writer)
    assert {State.COMPLETED} == {step.state for step in migrate.plan(writer)}
    reader.close()
    writer.close()

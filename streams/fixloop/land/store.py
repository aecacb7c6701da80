"""The store: ClickHouse, embedded in this process or on a server, behind one small interface."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from fixloop.errors import UsageError
from fixloop.land import migrate
from fixloop.land.columns import COLUMNS
from fixloop.land.connection import Connection, Result, translated_errors
from fixloop.land.embedded import open_connections
from fixloop.land.rows import Rows

__all__ = ["Result", "Store", "directory_of", "dsn_of", "open_store"]

_SERVER_SCHEMES: Final = ("clickhouse", "clickhouses", "http", "https")
_EMBEDDED: Final = "chdb://"
_READ_ONLY: Final = {"readonly": 2}
_CONNECT_SECONDS: Final = 5


class Store:
    """An open store. Safe to use from several threads; long queries do not hold up inserts.

    Every table collapses rows that are written again, so that an insert may be repeated, in any batches, at any time.
    """

    def __init__(self, writer: Connection, reader: Connection) -> None:
        self._writer = writer
        self._reader = reader

    def migrate(self) -> None:
        """Bring the tables to this version; harmless when they are, or when others do the same.

        Raises:
            StoreError: a migration was changed after it was applied, or the store is newer than this program.
        """
        migrate.apply(self._writer)

    def insert(self, rows: Rows) -> None:
        """Write rows, one block a table. When it raises, some may be written: insert the same rows again.

        Raises:
            StoreError: the engine refuses them.
            UnreachableError: the server does not answer.
        """
        for table, of_table in rows.items():
            if of_table:
                self._writer.insert(table, COLUMNS[table], of_table)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Result:
        """The answer to a query; `{name:Type}` in it stands for a parameter. The engine refuses writes. Raises as `insert`."""
        return self._reader.query(sql, parameters)

    def close(self) -> None:
        """Let go of the store; closing twice is harmless."""
        self._reader.close()
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(dsn: str) -> Store:
    """Open the store that `dsn` names: `chdb:///directory` (made when it is not there) or `clickhouse://user:password@host:port/database`.

    Raises:
        UsageError: no such kind of store.
        StoreLockedError: another process owns the embedded store.
        UnreachableError: the server does not answer.
        StoreError: the store refuses, or this process has another embedded store open.
    """
    directory = directory_of(dsn)
    if directory is not None:
        return Store(*open_connections(directory))
    return _open_server(dsn)


def dsn_of(directory: Path) -> str:
    """The DSN of the embedded store in a directory."""
    return f"{_EMBEDDED}{directory.absolute()}"


def directory_of(dsn: str) -> Path | None:
    """The directory of an embedded store; None for a server.

    Raises:
        UsageError: no such kind of store.
    """
    if dsn.startswith(_EMBEDDED):
        if len(dsn) == len(_EMBEDDED):
            raise UsageError("An embedded store needs a directory, as in chdb:///var/lib/fixloop.")
        return Path(dsn[len(_EMBEDDED) :])
    if urlsplit(dsn).scheme not in _SERVER_SCHEMES:
        raise UsageError(
            "A store is named by chdb:///directory or clickhouse://user:password@host:8123/database."
        )
    return None


def _open_server(dsn: str) -> Store:
    import clickhouse_connect

    # The DSN may hold a password, and errors are printed: they name the host alone.
    parts = urlsplit(dsn)
    where = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    def connect(settings: dict[str, Any]) -> Connection:
        client = clickhouse_connect.get_client(
            dsn=dsn, connect_timeout=_CONNECT_SECONDS, autogenerate_session_id=False, settings=settings
        )
        return Connection(client, where)

    with translated_errors(where):
        writer = connect({})
        try:
            return Store(writer, connect(_READ_ONLY))
        except BaseException:
            writer.close()
            raise

"""Embedded ClickHouse (chDB): one directory a process, one process a directory."""

import fcntl
from pathlib import Path
from typing import Any, Final

from fixloop.errors import StoreError, StoreLockedError
from fixloop.land.connection import Connection, translated_errors

_STATUS_FILE: Final = "status"
"""The engine's own: locked while a process has the directory open, gone when it closed it."""

_opened_here: Final[list[Path]] = []
"""The directory of each open connection of this process: it may open the same again while it has one."""


def open_connections(directory: Path) -> tuple[Connection, Connection]:
    """A connection that writes and one that only reads; the directory is made, for its owner alone, when it is not there.

    Raises:
        StoreLockedError: another process has the directory open.
        StoreError: the directory cannot be used, or this process has another one open.
    """
    directory = directory.absolute().resolve()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The engine would say the same, in several lines and beside our own.
        if directory not in _opened_here and locked(directory):
            raise _locked_error(directory)
    except OSError as error:
        raise StoreError(f"The data directory {directory} cannot be used: {error.strerror}.") from error
    writer = _open(directory, {})
    try:
        reader = _open(directory, {"readonly": 2})
    except BaseException:
        writer.close()
        raise
    return writer, reader


def locked(directory: Path) -> bool:
    """Whether some process has the store in `directory` open."""
    try:
        with (directory / _STATUS_FILE).open("rb") as status:
            fcntl.flock(status, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _open(directory: Path, settings: dict[str, Any]) -> Connection:
    import chdb  # noqa: F401 -- its absence is named before the driver says it in other words
    import clickhouse_connect

    try:
        with translated_errors(str(directory)):
            client = clickhouse_connect.get_client(interface="chdb", path=str(directory), settings=settings)
    except StoreError as error:
        if directory not in _opened_here and locked(directory):
            raise _locked_error(directory) from error
        raise StoreError(f"The store in {directory} cannot be opened: {error}") from error
    _opened_here.append(directory)
    return Connection(client, str(directory), closed=lambda: _opened_here.remove(directory))


def _locked_error(directory: Path) -> StoreLockedError:
    return StoreLockedError(
        f"Another process has the store in {directory} open (`fixloop up`, `fixloop worker` or a replay): "
        "stop it, or ask it with `fixloop sql`."
    )

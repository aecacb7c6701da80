"""The store that a command asks: that of its option, else of the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fixloop.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixloop.land.store import Result


@contextmanager
def asked_store(
    directory: Path | None, settings: Settings
) -> "Iterator[tuple[Callable[[str], Result], str]]":
    """What answers questions in SQL, and what it is called; the owner of an embedded store is asked while there is one.

    Raises:
        FixloopError: there is no store, or it cannot be asked.
    """
    from fixloop.land.asking import ask
    from fixloop.land.store import directory_of, open_store
    from fixloop.land.store_socket import query_store

    if directory is None and settings.clickhouse_dsn:
        directory = directory_of(settings.clickhouse_dsn)
        if directory is None:
            with open_store(settings.clickhouse_dsn) as store:
                yield lambda sql: ask(store, sql), "the store"
            return
    place = directory or settings.data_directory
    yield lambda sql: query_store(place, sql), str(place)

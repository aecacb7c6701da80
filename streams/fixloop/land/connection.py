"""One connection to ClickHouse, server or embedded, with the driver's errors turned into ours."""

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from clickhouse_connect.driver import exceptions

from fixloop.errors import StoreError, UnreachableError

# The driver logs what it also raises; without a handler Python would print it beside our one line.
logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())

_ANSWER_SETTINGS: Final = {
    "date_time_output_format": "iso",
    "output_format_json_quote_64bit_integers": 0,
}
_INSERT_SETTINGS: Final = {
    # An insert is acknowledged when its rows are written, and not merely queued.
    "async_insert": 0,
    # A replay of old sessions, or a wrong clock, may touch any number of months at once.
    "max_partitions_per_insert_block": 0,
    # However large, the rows of one insert into one partition become visible together, or not at all.
    "min_insert_block_size_bytes": 0,
}
_ENGINE_PREFIX = re.compile(r"^.*DB::[A-Za-z]*Exception: ", re.DOTALL)
_ENGINE_SUFFIX = re.compile(r"(\. Expected one of|:? In scope | \(version | \([A-Z_]+\)\s*$).*$")


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a query. Values are as JSON has them: times are ISO 8601 in UTC, arrays are lists."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    """ClickHouse's names of the types."""
    rows: tuple[tuple[Any, ...], ...]


class Connection:
    """A driver's client that is safe to use from several threads, one call at a time.

    A setting of one call holds for its connection while it runs (on embedded ClickHouse), so that calls never overlap.

    Args:
        client: the driver's.
        where: what it is connected to, for people.
        closed: told once, when it was closed.
    """

    def __init__(self, client: Any, where: str, closed: Callable[[], object] = lambda: None) -> None:
        self._client = client
        self._where = where
        self._closed: Callable[[], object] | None = closed
        self._lock = Lock()
        self._insert_types: dict[str, Sequence[Any]] = {}

    def run(self, statement: str) -> None:
        """Run a statement that answers nothing.

        Raises:
            StoreError: the engine refuses it.
            UnreachableError: the server does not answer.
        """
        with self._lock, translated_errors(self._where):
            self._client.command(statement)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Result:
        """The answer to a query; `{name:Type}` in it stands for a parameter. Raises as `run`."""
        with self._lock, translated_errors(self._where):
            answer = self._client.raw_query(
                sql,
                parameters=dict(parameters or {}),
                settings=_ANSWER_SETTINGS,
                fmt="JSONCompactEachRowWithNamesAndTypes",
            )
        # A String of the engine is any bytes.
        text = answer.decode(errors="replace")
        try:
            columns, types, *rows = (tuple(json.loads(line)) for line in text.split("\n") if line)
        except (ValueError, TypeError):
            raise StoreError(f"The answer from {self._where} broke off: {_first_line(text[-500:])}") from None
        return Result(columns, types, tuple(rows))

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Write rows to one table, in one block. Raises as `run`."""
        with self._lock, translated_errors(self._where):
            if table not in self._insert_types:
                context = self._client.create_insert_context(table, column_names=list(columns))
                self._insert_types[table] = context.column_types
            self._client.insert(
                table,
                rows,
                column_names=list(columns),
                column_types=self._insert_types[table],
                settings=_INSERT_SETTINGS,
            )

    def close(self) -> None:
        """Let go of the store; closing twice is harmless."""
        with self._lock:
            if self._closed is not None:
                self._client.close()
                self._closed()
            self._closed = None


@contextmanager
def translated_errors(where: str) -> Iterator[None]:
    """Raise the driver's errors as ours: `UnreachableError` when nothing answers, else `StoreError` with the engine's first line."""
    try:
        yield
    except (exceptions.OperationalError, exceptions.StreamClosedError) as error:
        if "DB::Exception" in str(error):
            raise StoreError(_first_line(str(error))) from error
        raise UnreachableError(
            f"ClickHouse at {where} does not answer: start it, or say with FIXLOOP_CLICKHOUSE_DSN where it is."
        ) from error
    except exceptions.ClickHouseError as error:
        raise StoreError(_first_line(str(error))) from error


def _first_line(message: str) -> str:
    """What the engine says, without codes, versions and stack."""
    first = _ENGINE_PREFIX.sub("", message.strip()).splitlines() or ["the store refuses, and says nothing"]
    return _ENGINE_SUFFIX.sub("", first[0])[:500]

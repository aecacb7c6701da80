"""Where the values of a Faust table lie in this process, by partition: in RocksDB on disk, or in memory.

Values are written to the changelog first and here when that is acknowledged. The table's own item assignment sends in the background: its
loss would show in a log, and never stop a commit. It also wants to know the event at hand, and there is none at a checkpoint.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

MEMORY: Final = "memory://"
ROCKSDB: Final = "rocksdb://"

ROCKSDB_OPTIONS: Final[Mapping[str, Any]] = {
    # A partition has a database of its own, and Faust's defaults are for one that has the machine.
    "driver": "rocksdict",
    "max_open_files": 64,
    "write_buffer_size": 4 * 1024 * 1024,
    "max_write_buffer_number": 2,
    "target_file_size_base": 16 * 1024 * 1024,
    # As many states of a partition as fit in here are read without decompressing their block anew: a tenth of an event's cost.
    "block_cache_size": 32 * 1024 * 1024,
}


class StateStore(Protocol):
    """Keys and values, by partition."""

    def get(self, partition: int, key: bytes) -> bytes | None:
        """The value of a key; None when there is none."""
        ...

    def put(self, partition: int, values: Mapping[bytes, bytes | None], offset: int) -> None:
        """Write values, and remove where there is None; `offset` is that of the last of them in the changelog."""
        ...

    def items(self, partition: int) -> Iterator[tuple[bytes, bytes]]:
        """Every key of a partition of ours, with its value."""
        ...


class MemoryStore:
    """In memory; read from the changelog at each start."""

    def __init__(self, table: Any) -> None:
        self._values: dict[bytes, bytes] = table.data.data
        self._partitions: dict[bytes, int] = table.data._key_partition  # noqa: SLF001 -- what the table's recovery fills

    def get(self, partition: int, key: bytes) -> bytes | None:
        """See `StateStore`."""
        return self._values.get(key) if self._partitions.get(key) == partition else None

    def put(self, partition: int, values: Mapping[bytes, bytes | None], offset: int) -> None:  # noqa: ARG002 -- all is read again
        """See `StateStore`."""
        for key, value in values.items():
            if value is None:
                self._values.pop(key, None)
                self._partitions.pop(key, None)
            else:
                self._values[key] = value
                self._partitions[key] = partition

    def items(self, partition: int) -> Iterator[tuple[bytes, bytes]]:
        """See `StateStore`."""
        ours = [key for key, of in self._partitions.items() if of == partition]
        return ((key, self._values[key]) for key in ours)


class RocksDbStore:
    """On disk; of the changelog only what came since is read at a start in the same directory."""

    def __init__(self, table: Any) -> None:
        self._store = table.data

    def get(self, partition: int, key: bytes) -> bytes | None:
        """See `StateStore`."""
        value: bytes | None = self._database(partition).get(key)
        return value

    def put(self, partition: int, values: Mapping[bytes, bytes | None], offset: int) -> None:
        """See `StateStore`. The offset is written with the values, all or nothing."""
        from rocksdict import WriteBatch

        batch = WriteBatch(raw_mode=True)
        for key, value in values.items():
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        batch.put(self._store.offset_key, str(offset).encode())
        self._database(partition).write(batch)

    def items(self, partition: int) -> Iterator[tuple[bytes, bytes]]:
        """See `StateStore`."""
        return (
            (key, value) for key, value in self._database(partition).items() if key != self._store.offset_key
        )

    def _database(self, partition: int) -> Any:
        return self._store._db_for_partition(partition)  # noqa: SLF001 -- Faust's own way needs an event at hand


def store_of(table: Any) -> StateStore:
    """The store behind a table."""
    return MemoryStore(table) if table.data.url.scheme == "memory" else RocksDbStore(table)

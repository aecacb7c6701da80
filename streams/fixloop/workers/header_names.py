"""Record batches as aiokafka reads them, also where a header's name is no UTF-8.

Kafka's clients for Python and Java cannot send such a name, others can. aiokafka gives up on the whole batch, and on the same batch again
after each restart, so that one message would stop a partition for good. Here what is no UTF-8 in a name is escaped with a backslash; the
rest of the message stays as it is, and is judged like any other.
"""

from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy
from aiokafka.record.util import decode_varint_py


def read_any() -> None:
    """Let every consumer of this process read such names."""
    fetcher.MemoryRecords = _Batches


class _Batches(_MemoryRecordsPy):  # type: ignore[misc]  # aiokafka is not checked
    """What one fetch brought of a partition."""

    def next_batch(self, *sizes: int) -> Any:
        """The next batch, still encoded."""
        encoded = self._next_slice
        batch = super().next_batch(*sizes)
        return None if batch is None else _Batch(batch, encoded)


class _Batch:
    """A batch, read by aiokafka's quick reader as far as that gets."""

    def __init__(self, batch: Any, encoded: memoryview) -> None:
        self._batch, self._encoded = batch, encoded

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self._batch
        except (UnicodeDecodeError, CorruptRecordException) as error:
            if not isinstance(error, UnicodeDecodeError) and not isinstance(
                error.__cause__, UnicodeDecodeError
            ):
                raise
            # Those that came already come again; whoever reads knows by their offsets.
            yield from _Slowly(self._encoded)


class _Slowly(_DefaultRecordBatchPy):  # type: ignore[misc]  # aiokafka is not checked
    """A batch, read by aiokafka's reader in Python, over bytes that are any text."""

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer: bytearray = _AnyText(self._buffer)

    def _read_msg(self) -> Any:
        return super()._read_msg(decode_varint_py)


class _AnyText(bytearray):
    """Bytes of which every part is a text."""

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return _AnyText(found) if isinstance(place, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, errors)

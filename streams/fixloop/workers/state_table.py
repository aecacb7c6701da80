"""States in a Faust table: small values, restored once, and kept while they are used.

A value is a version, how far its partition had been read, when that was, and the state: encoded, and compressed with LZ4, which takes a
tenth of the time that zlib would, for values half as large again.
"""

import struct
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, NamedTuple

import lz4.block

from fixloop.detect import SnapshotError
from fixloop.workers.foldings import Folding, State
from fixloop.workers.state_codec import StateCodec
from fixloop.workers.state_stores import StateStore

MAX_KEPT_BYTES: Final = 16 * 1024 * 1024
"""Encoded states that are kept restored, at most; restored they take some twice as much."""

CLOSED: Final = -2
_VERSION: Final = 3
_SNAPSHOT: Final = 2
"""The version of a value that is a snapshot, compressed with zlib: how states were written at first."""
_DECOMPRESS: Final[Mapping[int, Callable[[bytes], bytes]]] = {
    _VERSION: lz4.block.decompress,
    _SNAPSHOT: zlib.decompress,
}
"""By the version of a value; others are not known."""
_HEAD: Final = struct.Struct(">Bqqqq")


class Head(NamedTuple):
    """What stands before the state."""

    offset: int
    """Of the last record of its topic that went into it."""
    written_ms: int
    """When that record was written, in milliseconds since 1970; -1: not known."""
    active_at: int
    """The worker's clock when the state last changed, in seconds since 1970."""
    last_us: int
    """See `Closing.last_us`; `CLOSED` for a state that is closed, or of a kind that never closes."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[State]):
    """A state, and how far its partition had been read when it last changed."""

    state: State
    partition: int
    offset: int
    written_ms: int = -1

    def covers(self, partition: int, offset: int, written_ms: int) -> bool:
        """Whether a record went into the state already.

        After a crash the state may be ahead of the committed offset. A topic that was made anew counts from 0 again, but its records were
        written later.
        """
        return partition == self.partition and offset <= self.offset and written_ms <= self.written_ms


def pack(encoded: bytes, head: Head) -> bytes:
    """A value of the table."""
    compressed: bytes = lz4.block.compress(encoded)
    return _HEAD.pack(_VERSION, *head) + compressed


def head_of(value: bytes) -> Head | None:
    """What stands before the state; None when no version that is known wrote the value."""
    if len(value) < _HEAD.size:
        return None
    version, *head = _HEAD.unpack_from(value)
    return Head(*head) if version in _DECOMPRESS else None


def _decompressed(value: bytes) -> bytes:
    try:
        return _DECOMPRESS[value[0]](value[_HEAD.size :])
    except (zlib.error, lz4.block.LZ4BlockError, ValueError) as error:
        raise SnapshotError(f"not compressed: {error}") from error


class StateTable(Generic[State]):
    """The states of one kind, of the partitions that this worker has.

    Args:
        folding: whose states they are.
        store: what holds the values.
        most: bytes of encoded states that are kept restored.
    """

    def __init__(self, folding: Folding[State], store: StateStore, most: int = MAX_KEPT_BYTES) -> None:
        self._folding = folding
        self._codec = StateCodec(folding.state, folding.version)
        self._store = store
        self._most = most
        self._bytes = 0
        self._kept: OrderedDict[bytes, tuple[Placed[State], int]] = OrderedDict()

    def state(self, partition: int, key: bytes) -> Placed[State] | None:
        """The state of a key; None for one that has none.

        Raises:
            SnapshotError: this version did not write it.
        """
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept[0]
        value = self._store.get(partition, key)
        if not value:
            return None
        head, state, size = self._unpack(value)
        placed = Placed(state, partition, head.offset, head.written_ms)
        self._keep(key, placed, size)
        return placed

    def value_of(self, key: bytes, placed: Placed[State], now: datetime) -> bytes:
        """The value that says a state, which is used in place of what was known of the key from now on."""
        encoded = self._codec.encode(placed.state)
        closing = self._folding.closing
        last_us = closing.last_us(placed.state) if closing else None
        if closing and last_us is None:
            self._drop(key)  # hardly anything comes after its end
        else:
            self._keep(key, placed, len(encoded))
        last_us = CLOSED if last_us is None else last_us
        return pack(encoded, Head(placed.offset, placed.written_ms, int(now.timestamp()), last_us))

    def put(self, partition: int, values: Mapping[bytes, bytes | None], offset: int) -> None:
        """Write values that the changelog has; None removes. `offset` is the last of them there."""
        for key, value in values.items():
            if value is None:
                self._drop(key)
        if values:
            self._store.put(partition, values, offset)

    def heads(self, partition: int) -> Iterator[tuple[bytes, Head | None]]:
        """Every key of a partition of ours; None in place of what another version wrote."""
        return ((key, head_of(value)) for key, value in self._store.items(partition))

    def forget(self) -> None:
        """Restore each state anew: somebody else may have written it."""
        self._kept.clear()
        self._bytes = 0

    def _unpack(self, value: bytes) -> tuple[Head, State, int]:
        """What a value says, and the size of the state when it is not compressed."""
        head = head_of(value)
        if head is None:
            raise SnapshotError("not a value of a table of states")
        encoded = _decompressed(value)
        read = self._folding.restore if value[0] == _SNAPSHOT else self._codec.decode
        return head, read(encoded), len(encoded)

    def _keep(self, key: bytes, placed: Placed[State], size: int) -> None:
        self._drop(key)
        self._kept[key] = (placed, size)
        self._bytes += size
        while self._bytes > self._most and len(self._kept) > 1:
            _, (_, gone) = self._kept.popitem(last=False)
            self._bytes -= gone

    def _drop(self, key: bytes) -> None:
        if key in self._kept:
            self._bytes -= self._kept.pop(key)[1]

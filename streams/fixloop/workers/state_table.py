"""States in a Faust table: small values, restored once, kept while the table holds the same bytes.

A value is a version, the partition, the time of the last batch, and the compressed snapshot. The partition is in it because the table
in memory holds keys of partitions that went to other workers, too, and does not know which they are.

Values are written to the changelog first and to the table when they are acknowledged. The table's own item assignment sends in the
background: its loss would show in a log, and never stop a commit.
"""

import struct
import zlib
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic

from fixloop.detect import SnapshotError
from fixloop.workers.foldings import Folding, State

MAX_RESTORED: Final = 1_000
"""States that are kept restored at most; the others are restored from their bytes when they are needed."""

_VERSION: Final = 1
_HEAD: Final = struct.Struct(">BIQ")
_FAST: Final = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of the table, without its state."""

    partition: int
    active_at: int
    """The worker's clock when the state last changed, in seconds since 1970."""


def pack(snapshot: bytes, partition: int, now: datetime) -> bytes:
    """A value of the table."""
    head = _HEAD.pack(_VERSION, partition, int(now.timestamp()))
    return head + zlib.compress(snapshot, _FAST)


def entry_of(value: bytes) -> Entry | None:
    """What stands before the state; None when this version did not write the value."""
    if len(value) < _HEAD.size:
        return None
    version, partition, active_at = _HEAD.unpack_from(value)
    return Entry(partition, active_at) if version == _VERSION else None


def unpack(value: bytes) -> bytes:
    """The snapshot in a value of the table.

    Raises:
        SnapshotError: this version did not write it.
    """
    if entry_of(value) is None:
        raise SnapshotError("not a value of a table of states")
    try:
        return zlib.decompress(value[_HEAD.size :])
    except zlib.error as error:
        raise SnapshotError(f"not compressed: {error}") from error


class RestoredStates(Generic[State]):
    """The states that were active last, restored.

    A restored state is used only while the table holds the very bytes that it was restored from: after a partition went to another
    worker and came back, the table holds what that worker wrote.

    Args:
        folding: whose states they are.
        table: what holds the values, by key.
        most: how many states are kept restored.
    """

    def __init__(
        self, folding: Folding[State], table: Mapping[bytes, bytes], most: int = MAX_RESTORED
    ) -> None:
        self._folding = folding
        self._table = table
        self._most = most
        self._kept: OrderedDict[bytes, tuple[bytes, State]] = OrderedDict()

    def state(self, key: bytes) -> State | None:
        """The state of a key; None for one that has none.

        Raises:
            SnapshotError: this version did not write it.
        """
        value = self._table.get(key)
        if value is None:
            return None
        kept = self._kept.get(key)
        if kept is None or kept[0] != value:
            kept = (value, self._folding.restore(unpack(value)))
            self._keep(key, kept)
        return kept[1]

    def written(self, key: bytes, value: bytes, state: State) -> None:
        """The table now holds `value` for this key, and that is `state`."""
        self._keep(key, (value, state))

    def _keep(self, key: bytes, kept: tuple[bytes, State]) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Sweep:
    """The keys that have no place in the table any more."""

    expired: tuple[tuple[bytes, int], ...]
    """Those of ours that were idle for too long, with their partitions: to be removed for everybody."""
    foreign: tuple[bytes, ...]
    """Those of partitions that went to other workers: to be forgotten here, and nowhere else."""


def sweep(table: Iterable[tuple[bytes, bytes]], ours: Collection[int], oldest: datetime) -> Sweep:
    """What to remove.

    Args:
        table: keys and values.
        ours: the partitions that this worker has now.
        oldest: states that last changed before this are expired.
    """
    expired: list[tuple[bytes, int]] = []
    foreign: list[bytes] = []
    limit = oldest.timestamp()
    for key, value in table:
        entry = entry_of(value) if value else None
        if entry is None or entry.partition not in ours:
            foreign.append(key)
        elif entry.active_at < limit:
            expired.append((key, entry.partition))
    return Sweep(tuple(expired), tuple(foreign))

"""Which sessions were silent for so long that they close. Pure: times come in with each call.

Time is the time of the events. Each partition has a watermark, the latest time that its events have reached, and a session of it
closes when the watermark is a gap beyond the session's last event. A partition waits for no other one. When nothing comes in it for
a while, its time goes on by the worker's clock. A time stamp that lies further ahead of its record than the skew that is allowed says
nothing: the record's own time stands for it.

Sessions are often not at the same time in a partition, as when old ones are replayed beside new ones. So a session has to be silent
among the records, too, for the time that records may come late.
"""

from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Final

MINUTE_MS: Final = 60_000

SKEW_MS: Final = 5 * MINUTE_MS
"""How far ahead of its record's time an event's time may be."""
LATE_MS: Final = MINUTE_MS
"""How much later than others a record of a session may come."""
IDLE_MS: Final = MINUTE_MS
"""A partition in which nothing came for so long goes by the worker's clock."""
_FEW: Final = 16


def milliseconds(time: datetime) -> int:
    """Since 1970."""
    return int(time.timestamp() * 1_000)


Place = tuple[int, bytes]
"""A partition, and the key of a session in it."""


@dataclass(slots=True)
class _Partition:
    watermark: int = 0
    """The latest event time, in milliseconds since 1970; so for all times here."""
    written: int = 0
    """The latest record's time."""
    arrived: int = 0
    """When that record was worked on, by the worker's clock."""
    open: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    """Sessions that are open: the time of the last event, and of its record."""
    due: list[tuple[int, bytes]] = field(default_factory=list)
    """A heap of open sessions, each with an event time before which it does not close."""
    late: list[tuple[int, bytes]] = field(default_factory=list)
    """A heap of those whose events are old enough and whose records are not, each with a record's time before which it does not close.

    Each open session is in one of the two. Those that ended by themselves stay in them for a while, not more than there are open ones.
    """


class SessionWindows:
    """The open sessions of one worker.

    Args:
        gap_ms: how long a session may be silent.
    """

    def __init__(self, gap_ms: int) -> None:
        self._gap = gap_ms
        self._partitions: dict[int, _Partition] = {}

    def __len__(self) -> int:
        return sum(len(partition.open) for partition in self._partitions.values())

    def saw(self, place: Place, event_ms: int | None, written_ms: int, now_ms: int) -> None:
        """Something came in a session, or its state was found at a start: it is open from now on.

        Args:
            place: the session.
            event_ms: when it happened; None when not known.
            written_ms: its record's time.
            now_ms: the worker's clock.
        """
        partition = self._partition(place[0])
        partition.arrived = max(partition.arrived, now_ms)
        # The record's time is its producer's, whose clock may be wrong as well.
        self._open(partition, place[1], event_ms, min(written_ms, now_ms + SKEW_MS))

    def stands(self, place: Place, last_us: int | None, written_ms: int, now_ms: int) -> None:
        """A session is as its state says (`Closing.last_us`): open with a last event, or closed."""
        if last_us is None:
            self.ended(place)
        else:
            self.saw(place, last_us // 1_000 if last_us >= 0 else None, written_ms, now_ms)

    def ended(self, place: Place) -> None:
        """A session ended by itself."""
        partition = self._partition(place[0])
        if partition.open.pop(place[1], None) is not None:
            self._shed(partition)

    def forget(self) -> None:
        """Whose sessions these are is not known any more."""
        self._partitions.clear()

    def due(self, now_ms: int, most: int) -> list[Place]:
        """The sessions that close now, at most so many; they are open no more."""
        found: list[Place] = []
        for number, partition in self._partitions.items():
            found += [(number, key) for key in self._due(partition, now_ms, most - len(found))]
        return found

    def _partition(self, number: int) -> _Partition:
        partition = self._partitions.get(number)
        if partition is None:
            partition = self._partitions[number] = _Partition()
        return partition

    def _open(self, partition: _Partition, key: bytes, event_ms: int | None, written_ms: int) -> None:
        time = written_ms if event_ms is None or event_ms > written_ms + SKEW_MS else event_ms
        partition.watermark = max(partition.watermark, time)
        partition.written = max(partition.written, written_ms)
        before = partition.open.get(key)
        partition.open[key] = (
            (max(time, before[0]), max(written_ms, before[1])) if before else (time, written_ms)
        )
        if before is None:
            heappush(partition.due, (time + self._gap, key))

    def _due(self, partition: _Partition, now_ms: int, most: int) -> list[bytes]:
        idle = now_ms - partition.arrived >= IDLE_MS
        watermark = max(partition.watermark, now_ms) if idle else partition.watermark
        written = max(partition.written, now_ms) if idle else partition.written
        closing: list[bytes] = []
        # Whatever does not close goes back beyond the mark of its heap: it is looked at again only when that has gone on.
        for heap, mark in ((partition.due, watermark), (partition.late, written)):
            while heap and heap[0][0] <= mark and len(closing) < most:
                _, key = heappop(heap)
                last = partition.open.get(key)
                if last is None:
                    continue
                time, record = last
                if time + self._gap > watermark:
                    heappush(partition.due, (time + self._gap, key))
                elif record + LATE_MS > written:
                    heappush(partition.late, (record + LATE_MS, key))
                else:
                    del partition.open[key]
                    closing.append(key)
        return closing

    def _shed(self, partition: _Partition) -> None:
        """Bring the heaps back to one entry a session, once most of what is in them is of sessions that ended."""
        if len(partition.due) + len(partition.late) > 2 * len(partition.open) + _FEW:
            partition.due = [(time + self._gap, key) for key, (time, _) in partition.open.items()]
            heapify(partition.due)
            partition.late.clear()

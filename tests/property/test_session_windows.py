"""When sessions close: each does, none too early, and whatever else happens in other partitions or with clocks."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixloop.workers.session_windows import IDLE_MS, LATE_MS, MINUTE_MS, SKEW_MS, Place, SessionWindows

GAP = 30 * MINUTE_MS
NOW = 1_800_000_000_000
MOST = 1_000
A, B = (0, b"a"), (0, b"b")


@dataclass(frozen=True)
class Seen:
    """A record: its session, the time of its event before that of its record, and the pause since the last record."""

    place: Place
    before_ms: int | None
    pause_ms: int


SEEN = st.builds(
    Seen,
    st.tuples(st.integers(0, 2), st.sampled_from([b"a", b"b", b"c"])),
    st.none() | st.integers(-SKEW_MS, 3 * GAP),
    st.integers(0, GAP),
)


@dataclass(frozen=True)
class Ended:
    """A session says that it is over."""

    place: Place


@dataclass(frozen=True)
class Looked:
    """It is asked what closes, after a pause."""

    pause_ms: int


class Plain:
    """The same by looking at every session each time."""

    def __init__(self) -> None:
        self.open: dict[Place, tuple[int, int]] = {}
        self.marks: dict[int, tuple[int, int]] = {}
        """The latest event, and the latest record, of each partition."""

    def saw(self, place: Place, event: int, written: int) -> None:
        """Something came; its record is as old as the clock says."""
        time, record = self.open.get(place, (event, written))
        self.open[place] = max(time, event), max(record, written)
        latest, last = self.marks.get(place[0], (event, written))
        self.marks[place[0]] = max(latest, event), max(last, written)

    def due(self, now: int) -> list[Place]:
        """What closes, which is open no more."""
        closing = sorted(place for place in self.open if self._closes(place, now))
        for place in closing:
            del self.open[place]
        return closing

    def _closes(self, place: Place, now: int) -> bool:
        (event, record), (latest, last) = self.open[place], self.marks[place[0]]
        if now - last >= IDLE_MS:
            latest, last = max(latest, now), now
        return event + GAP <= latest and record + LATE_MS <= last


class Counted(bytes):
    """A key that counts how often it is asked for."""

    asked = 0

    def __hash__(self) -> int:
        Counted.asked += 1
        return super().__hash__()


def _feed(windows: SessionWindows, seen: Sequence[Seen]) -> tuple[dict[Place, tuple[int, int]], int]:
    """The last event time, and record time, of each session, and the clock afterwards; the clock is the records'."""
    now, last = NOW, dict[Place, tuple[int, int]]()
    for one in seen:
        now += one.pause_ms
        event = now if one.before_ms is None else now - one.before_ms
        windows.saw(one.place, None if one.before_ms is None else event, now, now)
        before = last.get(one.place, (0, 0))
        last[one.place] = (max(before[0], event), now)
    return last, now


@given(st.lists(SEEN, max_size=40))
def test_each_session_closes_in_the_end(seen: list[Seen]) -> None:
    """Once nothing comes any more, every session closes, once; and nothing is left."""
    windows = SessionWindows(GAP)
    last, now = _feed(windows, seen)
    closed = windows.due(now + 2 * GAP + SKEW_MS, MOST)
    assert sorted(last) == sorted(closed)
    assert (0, []) == (len(windows), windows.due(now + 9 * GAP, MOST))


@given(st.lists(SEEN, min_size=1, max_size=40))
def test_none_closes_before_its_gap(seen: list[Seen]) -> None:
    """A session that closes has been silent for the gap, by its own partition's time, and for the time that records may be late."""
    windows = SessionWindows(GAP)
    last, now = _feed(windows, seen)
    for number, key in windows.due(now, MOST):
        event, record = last[number, key]
        times = [time for (of, _), time in last.items() if of == number]
        idle = now - max(written for _, written in times) >= IDLE_MS
        watermark = max([*(time for time, _ in times), *([now] if idle else [])])
        written = now if idle else max(written for _, written in times)
        assert event + GAP <= watermark
        assert record + LATE_MS <= written


@given(st.lists(SEEN, max_size=40), st.integers(0, 2 * GAP))
def test_a_restart_closes_what_going_on_would_have(seen: list[Seen], later: int) -> None:
    """What is read from the states at a start gives the same windows, once the clock is beyond what is idle."""
    windows = SessionWindows(GAP)
    last, now = _feed(windows, seen)
    again = SessionWindows(GAP)
    for place, (event, record) in last.items():
        again.saw(place, event, record, now)
    when = now + IDLE_MS + later
    assert sorted(windows.due(when, MOST)) == sorted(again.due(when, MOST))


def test_a_partition_waits_for_no_other_one() -> None:
    """Sessions of a partition close though another one stands still, and stay open though another one is far ahead."""
    gap = 2 * MINUTE_MS
    windows = SessionWindows(gap)
    windows.saw((1, b"still"), NOW, NOW, NOW)
    windows.saw(A, NOW, NOW, NOW)
    windows.saw(B, NOW + gap, NOW + gap, NOW + 1)
    assert [A] == windows.due(NOW + 1, MOST)


@pytest.mark.parametrize("ahead", [SKEW_MS + 1, 10**12])
def test_a_time_beyond_the_skew_closes_nobody(ahead: int) -> None:
    """A clock that is wrong, on one machine of many."""
    windows = SessionWindows(GAP)
    windows.saw(A, NOW, NOW, NOW)
    windows.saw(B, NOW + ahead, NOW + LATE_MS, NOW + LATE_MS)
    assert [] == windows.due(NOW + LATE_MS, MOST)


def test_a_producer_whose_clock_is_ahead_closes_nobody() -> None:
    """A record's time is its producer's: a year ahead, it counts as the worker's own time and the skew; and its session closes, too."""
    windows = SessionWindows(GAP)
    year = 365 * 24 * 60 * MINUTE_MS
    windows.saw(A, NOW, NOW, NOW)
    windows.saw(B, NOW + year, NOW + year, NOW + LATE_MS)
    assert [] == windows.due(NOW + LATE_MS, MOST)
    assert [A, B] == sorted(windows.due(NOW + 2 * GAP, MOST))


def test_sessions_of_other_times_in_one_partition_stay_open_while_they_go_on() -> None:
    """Old sessions that are replayed beside present ones: each closes when its own records have stopped."""
    windows = SessionWindows(GAP)
    for step in range(10):
        windows.saw(A, step, NOW + step, NOW + step)
        windows.saw(B, NOW, NOW + step, NOW + step)
        assert [] == windows.due(NOW + step, MOST)
    windows.saw(B, NOW, NOW + LATE_MS + 9, NOW + 10)
    assert [A] == windows.due(NOW + 10, MOST)


def test_what_was_forgotten_is_not_closed() -> None:
    """After partitions have moved only what is seen again is looked at; what ended by itself neither."""
    windows = SessionWindows(GAP)
    windows.saw(A, NOW, NOW, NOW)
    windows.forget()
    windows.saw(B, NOW, NOW, NOW)
    windows.saw((0, b"c"), NOW, NOW, NOW)
    windows.ended((0, b"c"))
    assert [B] == windows.due(NOW + 2 * GAP, MOST)


def test_a_session_opens_again() -> None:
    """It closes a second time after its later events."""
    windows = SessionWindows(GAP)
    windows.saw(A, NOW, NOW, NOW)
    assert [A] == windows.due(NOW + GAP, MOST)
    windows.saw(A, NOW + GAP, NOW + GAP, NOW + GAP)
    assert [] == windows.due(NOW + GAP + IDLE_MS, MOST)
    assert [A] == windows.due(NOW + 2 * GAP, MOST)


def test_few_close_at_once() -> None:
    """A backlog of silent sessions closes in parts."""
    windows = SessionWindows(GAP)
    for number in range(10):
        windows.saw((number % 3, b"%d" % number), NOW, NOW, NOW)
    assert [4, 4, 2] == [len(windows.due(NOW + GAP, 4)) for _ in range(3)]


OPERATIONS = st.lists(
    st.one_of(
        SEEN,
        st.builds(Ended, st.tuples(st.integers(0, 1), st.sampled_from([b"a", b"b", b"c"]))),
        st.builds(Looked, st.integers(0, GAP)),
    ),
    max_size=60,
)


@given(OPERATIONS)
def test_what_closes_is_what_a_look_at_every_session_finds(operations: list[Seen | Ended | Looked]) -> None:
    """Sessions that come, end by themselves and come again, in any order: heaps and a plain list agree, and the heaps stay small."""
    windows, plain, now = SessionWindows(GAP), Plain(), NOW
    for one in operations:
        match one:
            case Seen():
                now += one.pause_ms
                event = None if one.before_ms is None else now - one.before_ms
                windows.saw(one.place, event, now, now)
                plain.saw(one.place, now if event is None else event, now)
            case Ended():
                windows.ended(one.place)
                plain.open.pop(one.place, None)
            case Looked():
                now += one.pause_ms
                assert plain.due(now) == sorted(windows.due(now, MOST))
        assert len(plain.open) == len(windows)
    assert plain.due(now + 2 * GAP) == sorted(windows.due(now + 2 * GAP, MOST))


def test_sessions_that_end_by_themselves_leave_nothing() -> None:
    """Ten thousand that come and end, or one that does it ten thousand times: not more is kept than of those that are open."""
    windows = SessionWindows(GAP)
    windows.saw(A, NOW, NOW, NOW)
    for number in range(10_000):
        for key in (b"%d" % number, b"again"):
            windows.saw((0, key), NOW, NOW, NOW)
            windows.ended((0, key))
    assert _kept(windows) <= 20
    assert [A] == windows.due(NOW + 2 * GAP, MOST)


def test_sessions_that_are_not_ready_are_not_looked_at_each_time() -> None:
    """Old sessions that go on beside present ones: a look costs nothing until their records have stopped."""
    windows = SessionWindows(GAP)
    keys = [Counted(b"%d" % number) for number in range(1_000)]
    for key in keys:
        windows.saw((0, key), NOW - 2 * GAP, NOW, NOW)
    windows.saw(B, NOW, NOW, NOW)
    before = Counted.asked
    for step in range(100):
        assert [] == windows.due(NOW + step, MOST)
    assert Counted.asked - before <= 2 * len(keys)
    windows.saw(B, NOW, NOW + LATE_MS, NOW + LATE_MS)
    assert len(keys) == len(windows.due(NOW + LATE_MS, MOST))


def _kept(windows: SessionWindows) -> int:
    return sum(len(each.due) + len(each.late) for each in windows._partitions.values())

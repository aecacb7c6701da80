"""What happens to events on their way: clocks that differ, some late, some twice, some never."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from fixloop.simulate.chronicle import Change, Commits, RunEnds
from fixloop.simulate.profile import Profile
from fixloop.simulate.wire import Message

Event = dict[str, Any]

_BEGINNING: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_BETWEEN_SESSIONS: Final = timedelta(minutes=37)
_LONGEST_PAUSE_S: Final = 120.0
_JUMP_S: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A message with its place in the session."""

    seq: int
    message: Message


def place(profile: Profile, rng: Random, messages: list[Message]) -> list[Placed]:
    """The messages that arrive, each with its place; of what does not arrive, the chronicle is told."""
    lost = {number for number in range(1, len(messages)) if rng.random() < profile.lost}
    dropped = range(0)
    if rng.random() < profile.dropped_ranges and len(messages) > 8:
        start = rng.randrange(2, len(messages) - 5)
        dropped = range(start, start + rng.randint(2, 5))
    placed: list[Placed] = []
    seq = 0
    for number, message in enumerate(messages):
        if number in lost or number in dropped:
            _never_seen(message)
        else:
            placed.append(Placed(seq, message))
        seq += 1
        if dropped and number == dropped[-1]:
            data = {"first_seq": seq - len(dropped), "last_seq": seq - 1, "reason": "spool_full"}
            placed.append(Placed(seq, Message("events.dropped.v1", message.source, data)))
            seq += 1
    return placed


def _never_seen(message: Message) -> None:
    entry = message.entry
    if isinstance(entry, Change | Commits):
        entry.seen = False
    elif entry is not None and hasattr(entry, "run"):
        run = entry.run
        run.whole_seen = False
        if isinstance(entry, RunEnds) and message.shown:
            gone = {shown.test for shown in message.shown}
            run.shown = tuple(shown for shown in run.shown if shown.test not in gone)
            run.seen = bool(run.shown)


def to_events(
    profile: Profile, rng: Random, session_id: str, index: int, placed: list[Placed], who: dict[str, str]
) -> list[Event]:
    """The events in the order of their places, each with the time that its sender's clock showed."""
    begin = _BEGINNING + index * _BETWEEN_SESSIONS
    skew = {"agent": rng.gauss(0, profile.clock_skew_s), "runner": rng.gauss(0, profile.clock_skew_s)}
    elapsed = 0.0
    events = []
    for each in placed:
        elapsed += rng.uniform(0.05, _LONGEST_PAUSE_S)
        jump = rng.uniform(0, _JUMP_S) if rng.random() < profile.clock_jumps else 0.0
        off = skew[each.message.source.split("/")[1]] - jump
        time = begin + timedelta(milliseconds=round((elapsed + off) * 1000))
        events.append(
            {
                "specversion": "1.0",
                "id": f"{session_id}:{each.seq}",
                "source": each.message.source,
                "type": f"dev.fixloop.{each.message.type}",
                "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "datacontenttype": "application/json",
                "partitionkey": session_id,
                "data": {"session_id": session_id, "seq": each.seq, **who, **each.message.data},
            }
        )
    return events


def arrivals(profile: Profile, rng: Random, events: list[Event]) -> list[Event]:
    """The events as they arrive: some late by up to `late_by` others, some twice."""
    order: list[tuple[float, int, Event]] = []
    for number, event in enumerate(events):
        late = rng.uniform(0.5, profile.late_by) if rng.random() < profile.late else 0.0
        order.append((number + late, number, event))
        if rng.random() < profile.duplicates:
            order.append((number + late + rng.uniform(0, profile.late_by), number, event))
    return [event for _, _, event in sorted(order, key=lambda each: each[:2])]

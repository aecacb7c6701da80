"""Shipping: acknowledged, then passed; and a broker that is away costs nothing."""

import json
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pytest

from fixloop.emit.ship_spool import Shipped, ship, waited
from fixloop.emit.spool.reader import SpoolReader
from fixloop.emit.spool.spool import Spool
from fixloop.errors import UnreachableError
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import KafkaMessage
from fixloop_schemas.topics import DEAD_LETTERS, EVENTS
from tests.services.polling import poll
from tests.unit.emit.spooled import an_edit, events_of


class MemorySender:
    """A broker in memory, which can be away."""

    def __init__(self, *, away: int = 0) -> None:
        self.away = away
        self.topics: dict[str, list[KafkaMessage]] = {}
        self._sent: list[tuple[str, KafkaMessage]] = []

    def send(self, topic: str, message: KafkaMessage) -> None:
        """Keep it until it is flushed."""
        self._sent.append((topic, message))

    def flush(self) -> None:
        """Acknowledge, unless away."""
        if self.away:
            self.away -= 1
            raise UnreachableError("No Kafka broker answers.")
        for topic, message in self._sent:
            self.topics.setdefault(topic, []).append(message)
        self._sent = []

    def close(self) -> None:
        """Forget what was not acknowledged."""
        self._sent = []


def ship_once(spool: Path, sender: MemorySender) -> Shipped:
    """What `fixloop ship` does."""
    with SpoolReader(spool, "ship") as reader:
        return ship(reader, sender, Flag(), once=True, away=lambda _: None)


def test_what_is_in_the_spool_arrives_and_is_read_alike(tmp_path: Path) -> None:
    """A message decodes to the very event that was spooled, under its session's key."""
    Spool(tmp_path).emit(an_edit())
    spooled, sender = events_of(tmp_path), MemorySender()
    assert ship_once(tmp_path, sender) == Shipped(events=2)
    messages = sender.topics[EVENTS]
    assert [codec.from_kafka(m.key, m.value, m.headers) for m in messages] == spooled
    assert ship_once(tmp_path, sender) == Shipped()


def test_a_broker_that_is_away_costs_nothing(tmp_path: Path) -> None:
    """What was not acknowledged is sent the next time."""
    Spool(tmp_path).emit(an_edit())
    sender = MemorySender(away=1)
    with pytest.raises(UnreachableError):
        ship_once(tmp_path, sender)
    assert sender.topics == {}
    assert ship_once(tmp_path, sender) == Shipped(events=2)


def test_a_line_that_is_no_event_goes_to_the_dead_letters_and_the_rest_goes_on(tmp_path: Path) -> None:
    """Why and where is said; the line itself stays, since nobody knows what is in it."""
    Spool(tmp_path).emit(an_edit())
    with next(tmp_path.glob("sessions/*/*.jsonl")).open("ab") as file:
        file.write(b"no json\r\n")
    Spool(tmp_path).emit(an_edit())
    sender = MemorySender()
    assert ship_once(tmp_path, sender) == Shipped(events=3, dead_letters=1)
    (dead,) = sender.topics[DEAD_LETTERS]
    assert dict(dead.headers)["fixloop_reason"] == b"not_json"
    assert b"no json" not in dead.value


def test_a_broker_that_stays_away_is_asked_more_seldom() -> None:
    """Twice as long each time up to a minute, and not all machines at one moment."""
    assert [1, 2, 4, 8, 16, 32, 60, 60] == [waited(tries, lambda: 1.0) for tries in range(8)]
    assert [0.5, 30] == [waited(tries, lambda: 0.0) for tries in (0, 100_000)]


def test_who_follows_waits_for_a_broker_and_says_so_once(tmp_path: Path) -> None:
    """What was sent in vain is sent again, in its order."""
    Spool(tmp_path).emit(an_edit())
    sender, stop = MemorySender(away=2), Flag()
    told: list[UnreachableError] = []

    def chance() -> float:
        return -0.99  # hardly a wait

    def enough() -> bool:
        return EVENTS in sender.topics

    with SpoolReader(tmp_path, "ship") as reader:
        following = Thread(
            target=ship,
            args=(reader, sender, stop),
            kwargs={"once": False, "away": told.append, "chance": chance},
        )
        following.start()
        try:
            poll("the broker has it", enough)
        finally:
            stop.set()
            following.join(30)
    assert [0, 1] == [json.loads(message.value)["seq"] for message in sender.topics[EVENTS]]
    assert 1 == len(told)

"""The spool to Kafka: each batch is sent, acknowledged, and only then passed by the cursor.

A line that is no event is set aside on this machine, a dead letter says why and where, and what follows it goes on. A broker that is away
is waited for, longer each time: the spool keeps what is not sent.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from threading import Event as Flag
from typing import Final, Protocol

from fixloop.emit.spool.reader import Record, SpoolReader
from fixloop.emit.spool.set_aside import set_aside
from fixloop.errors import UnreachableError
from fixloop_schemas import cloudevents
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.topics import DEAD_LETTERS, EVENTS

BATCH: Final = 500
PAUSE_SECONDS: Final = 0.5
FIRST_WAIT_SECONDS: Final = 1.0
LONGEST_WAIT_SECONDS: Final = 60.0


class Sender(Protocol):
    """Takes messages; what `flush` returns from is written."""

    def send(self, topic: str, message: KafkaMessage) -> None:
        """Take one message."""

    def flush(self) -> None:
        """Return when all of them are written."""

    def close(self) -> None:
        """Let go of the connection; a later `send` makes another."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """How many lines went where."""

    events: int = 0
    dead_letters: int = 0

    def __add__(self, other: "Shipped") -> "Shipped":
        return Shipped(self.events + other.events, self.dead_letters + other.dead_letters)


def ship(
    reader: SpoolReader,
    sender: Sender,
    stop: Flag,
    *,
    once: bool,
    away: Callable[[UnreachableError], None],
    chance: Callable[[], float] = random.random,
) -> Shipped:
    """Send what is in the spool, and with `once=False` what comes into it, until `stop`.

    Args:
        reader: the spool, under the shipper's name.
        sender: where to.
        stop: set when it is enough; the batch at hand is finished.
        once: end when the spool is empty.
        away: told once of each time that the broker goes away.
        chance: from 0 to 1, so that not all machines come back at the same moment.

    Raises:
        UnreachableError: with `once`, the broker does not answer.
        FixloopError: the broker refuses a message.
    """
    total, tries = Shipped(), 0
    while not stop.is_set():
        try:
            batch = ship_batch(reader, sender)
        except UnreachableError as error:
            sender.close()
            if once:
                raise
            if not tries:
                away(error)
            stop.wait(waited(tries, chance))
            tries += 1
            continue
        tries, total = 0, total + batch
        if batch == Shipped():
            if once:
                break
            stop.wait(PAUSE_SECONDS)
    return total


def waited(tries: int, chance: Callable[[], float]) -> float:
    """Seconds to wait after so many tries in vain: twice as long each time up to a minute, and any part of the second half of that."""
    longest = min(FIRST_WAIT_SECONDS * float(2 ** min(tries, 10)), LONGEST_WAIT_SECONDS)
    return longest / 2 + longest / 2 * chance()


def ship_batch(reader: SpoolReader, sender: Sender, limit: int = BATCH) -> Shipped:
    """Send the next lines of the spool, at most `limit`, and pass them with the cursor once they are acknowledged.

    Raises:
        FixloopError: they are not all acknowledged; the cursor stays, and they will be sent again.
    """
    records = list(islice(reader.read(), limit))
    dead = 0
    for record in records:
        try:
            message = _message(record.line)
        except Rejected as rejected:
            dead += 1
            set_aside(reader.directory, record.line, record.source, f"{rejected.reason}: {rejected.detail}")
            sender.send(DEAD_LETTERS, _dead_letter(record, rejected))
        else:
            sender.send(EVENTS, message)
    if records:
        sender.flush()
        reader.advance(records)
    return Shipped(len(records) - dead, dead)


def _message(line: bytes) -> KafkaMessage:
    cloudevents.from_json(line)
    return cloudevents.to_kafka(json.loads(line))


def _dead_letter(record: Record, rejected: Rejected) -> KafkaMessage:
    """Why and where, and never the line: what is no event may hold what must not leave the machine."""
    return KafkaMessage(
        key=record.source.encode("utf-8", "surrogateescape"),
        value=b"",
        headers=(
            ("fixloop_reason", rejected.reason.value.encode()),
            ("fixloop_detail", rejected.detail.encode("utf-8", "replace")),
            ("fixloop_origin", record.source.encode("utf-8", "replace")),
        ),
    )

"""The spool to Kafka: each batch is sent, acknowledged, and only then passed by the cursor.

A line that is no event becomes a dead letter that says why and where, and what follows it goes on. A broker that is away is waited
for: the spool keeps what is not sent.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from threading import Event as Flag
from typing import Final, Protocol

from fixloop.emit.spool_reader import Record, SpoolReader
from fixloop.errors import UnreachableError
from fixloop_schemas import cloudevents
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.topics import DEAD_LETTERS, EVENTS

BATCH: Final = 500
PAUSE_SECONDS: Final = 0.5
AWAY_SECONDS: Final = 5.0


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
    reader: SpoolReader, sender: Sender, stop: Flag, *, once: bool, away: Callable[[UnreachableError], None]
) -> Shipped:
    """Send what is in the spool, and with `once=False` what comes into it, until `stop`.

    Args:
        reader: the spool, under the shipper's name.
        sender: where to.
        stop: set when it is enough; the batch at hand is finished.
        once: end when the spool is empty.
        away: told once of each time that the broker goes away.

    Raises:
        UnreachableError: with `once`, the broker does not answer.
        FixloopError: the broker refuses a message.
    """
    total, is_away = Shipped(), False
    while not stop.is_set():
        try:
            batch = ship_batch(reader, sender)
        except UnreachableError as error:
            sender.close()
            if once:
                raise
            if not is_away:
                away(error)
            is_away = True
            stop.wait(AWAY_SECONDS)
            continue
        is_away, total = False, total + batch
        if batch == Shipped():
            if once:
                break
            stop.wait(PAUSE_SECONDS)
    return total


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

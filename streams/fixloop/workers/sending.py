"""Messages through Faust's producer, acknowledged by the broker before anything else goes on."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fixloop_schemas.cloudevents import KafkaMessage


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message and where it goes."""

    topic: Any
    """A raw topic of Faust."""
    message: KafkaMessage
    partition: int | None = None
    """None: by the key."""


class NotSentError(Exception):
    """The broker did not acknowledge every message; some may have been written."""


async def send_all(outgoing: Sequence[Outgoing]) -> None:
    """Return when the broker has acknowledged every message.

    Raises:
        NotSentError: it did not; send them again.
    """
    try:
        waiting = [
            await one.topic.send(
                key=one.message.key or None,
                value=one.message.value or None,
                partition=one.partition,
                headers=list(one.message.headers) or None,
                force=True,
            )
            for one in outgoing
        ]
        await asyncio.gather(*waiting)
    except Exception as error:
        # Whatever the client calls it: a message that is not acknowledged is not sent.
        raise NotSentError(f"Kafka does not take a message: {type(error).__name__}: {error}") from error

"""Messages through Faust's producer, acknowledged by the broker before anything that rests on them goes on."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Any

from fixloop_schemas.cloudevents import KafkaMessage


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message and where it goes."""

    topic: str
    message: KafkaMessage
    partition: int | None = None
    """None: by the key."""


class NotSentError(Exception):
    """The broker did not acknowledge every message; some may have been written."""


class Outbox:
    """What is being sent. To put something in begins to send it; only `flush` says that it was written.

    Args:
        app: the Faust application; its producer sends.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._waiting: list[tuple[Outgoing, Awaitable[Any] | None]] = []
        """What was put in; None beside what is to be sent again."""

    def __len__(self) -> int:
        return len(self._waiting)

    async def put(self, outgoing: Iterable[Outgoing]) -> None:
        """Begin to send."""
        for one in outgoing:
            self._waiting.append((one, await self._begin(one)))

    async def flush(self) -> None:
        """Return when the broker has acknowledged everything.

        Raises:
            NotSentError: it did not. What is missing is sent again when it is flushed once more.
        """
        waiting, self._waiting = self._waiting, []
        sent = [future or await self._begin(one) for one, future in waiting]
        answers = await asyncio.gather(*sent, return_exceptions=True)
        error = next((answer for answer in answers if isinstance(answer, BaseException)), None)
        if error is None:
            return
        for (one, _), answer in zip(waiting, answers, strict=True):
            self._waiting.append((one, None if isinstance(answer, BaseException) else _done(answer)))
        # Whatever the client calls it: a message that is not acknowledged is not sent.
        raise NotSentError(f"Kafka does not take a message: {type(error).__name__}: {error}")

    def clear(self) -> None:
        """Forget what is on its way; it may be written, or not."""
        for _, future in self._waiting:
            # Nobody waits for it any more, and an error that nobody has seen would be logged.
            if future is not None:
                asyncio.ensure_future(future).add_done_callback(_seen)
        self._waiting.clear()

    async def _begin(self, one: Outgoing) -> Awaitable[Any]:
        message = one.message
        try:
            sending: Awaitable[Any] = await self._app.producer.send(
                one.topic,
                message.key or None,
                # The client takes no message that has neither, and there are dead letters that have neither.
                message.value or (None if message.key else b""),
                one.partition,
                None,
                list(message.headers) or None,
            )
        except Exception as error:
            return _failed(error)
        return sending


def _done(answer: Any) -> asyncio.Future[Any]:
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_result(answer)
    return future


def _failed(error: Exception) -> asyncio.Future[Any]:
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_exception(error)
    return future


def _seen(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()

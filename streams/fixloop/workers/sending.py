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
        self._waiting: list[tuple[Outgoing, Awaitable[Any]]] = []

    async def put(self, outgoing: Iterable[Outgoing]) -> None:
        """Begin to send."""
        for one in outgoing:
            self._waiting.append((one, await self._begin(one)))

    async def flush(self) -> list[int]:
        """Return when the broker has acknowledged everything, with the offset of each message, in the order in which they were put in.

        Raises:
            NotSentError: it did not. What is missing is on its way again; flush once more.
        """
        waiting, self._waiting = self._waiting, []
        answers = await asyncio.gather(*(future for _, future in waiting), return_exceptions=True)
        written = [int(answer.offset) for answer in answers if not isinstance(answer, BaseException)]
        if len(written) == len(waiting):
            return written
        for (one, _), answer in zip(waiting, answers, strict=True):
            again = await self._begin(one) if isinstance(answer, BaseException) else _done(answer)
            self._waiting.append((one, again))
        # Whatever the client calls it: a message that is not acknowledged is not sent.
        error = next(answer for answer in answers if isinstance(answer, BaseException))
        raise NotSentError(f"Kafka does not take a message: {type(error).__name__}: {error}")

    def clear(self) -> None:
        """Forget what is on its way; it may be written, or not."""
        for _, future in self._waiting:
            # Nobody waits for it any more, and an error that nobody has seen would be logged.
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

"""A changelog as its one writer writes it: many small values at a time, in batches that are made here.

The client's own way, message by message, costs more than to encode a small state: each looks for the topic, and has a future of its own.
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fixloop.workers.sending import NotSentError

_BATCH_BYTES: Final = 256 * 1024
"""Of keys and values in a batch; a value that is larger has a batch for itself."""
_PLAIN: Final = 0
"""How a batch is compressed: not at all, since the values are."""

Values = Mapping[bytes, bytes | None]
"""By key; None removes."""


class Changelog:
    """The changelog of one table.

    Args:
        app: the Faust application; its producer sends.
        topic: the changelog.
    """

    def __init__(self, app: Any, topic: str) -> None:
        self._app = app
        self._topic = topic

    async def write(self, by_partition: Mapping[int, Values]) -> dict[int, int]:
        """The offset of each partition's last value, once the broker has acknowledged all of them.

        Raises:
            NotSentError: it did not. Some may be written; to write all again does no harm, a key's last value counts.
        """
        batches = {partition: list(_batches(values)) for partition, values in by_partition.items() if values}
        answers = await asyncio.gather(*map(self._write, batches, batches.values()), return_exceptions=True)
        last: dict[int, int] = {}
        for partition, answer in zip(batches, answers, strict=True):
            if isinstance(answer, BaseException):
                # Whatever the client calls it: a value that is not acknowledged is not written.
                raise NotSentError(
                    f"Kafka does not take a state: {type(answer).__name__}: {answer}"
                ) from answer
            last[partition] = answer
        return last

    async def _write(self, partition: int, batches: list[Any]) -> int:
        producer, last = self._app.producer._ensure_producer(), -1  # noqa: SLF001 -- Faust sends messages, no batches
        for batch in batches:
            written = await (await producer.send_batch(batch, self._topic, partition=partition))
            last = written.offset + batch.record_count() - 1
        return last


def _batches(values: Values) -> Iterator[Any]:
    """Batches of the client, closed."""
    from aiokafka.producer.message_accumulator import BatchBuilder

    def fresh() -> Any:
        return BatchBuilder(_BATCH_BYTES, _PLAIN)

    batch = fresh()
    for key, value in values.items():
        if batch.append(timestamp=None, key=key, value=value) is None:
            yield batch
            batch = fresh()
            batch.append(timestamp=None, key=key, value=value)  # the first one fits always
    batch.close()
    yield batch

"""Messages to Kafka, acknowledged or refused: the one producer that `fixloop ship` and `fixloop replay` use.

The client is made at the first message, so that nothing happens until there is something to send, and every
wait has an end, so that a broker that is gone is one clear sentence and never a hang.
"""

import logging
from types import TracebackType
from typing import Any, Final, Self

from fixloop.errors import FixloopError
from fixloop.kafka_connection import KafkaConnection
from fixloop.kafka_errors import explained, in_words
from fixloop_schemas.cloudevents import KafkaMessage

BOOTSTRAP_MS: Final = 5_000
DELIVERY_MS: Final = 30_000
UNACKNOWLEDGED_BYTES: Final = 32 * 1024 * 1024
"""How much may wait for its acknowledgement; the client itself has no bound since 3.0."""


class KafkaSender:
    """Sends messages to Kafka; what `flush` returns from is written on all in-sync replicas.

    Args:
        kafka: where the brokers are, and how to come in; brokers alone are ones without encryption.
        bootstrap_ms: how long to wait for the first broker, in milliseconds.
    """

    def __init__(self, kafka: KafkaConnection | str, bootstrap_ms: int = BOOTSTRAP_MS) -> None:
        self._kafka = KafkaConnection.of(kafka)
        self._bootstrap_ms = bootstrap_ms
        self._producer: Any = None
        self._unacknowledged = 0
        self._failure: BaseException | None = None

    def send(self, topic: str, message: KafkaMessage) -> None:
        """Hand one message to the client. Blocks while too much is unacknowledged.

        Raises:
            UnreachableError: no broker answers, or the topic is not there.
            FixloopError: the broker refuses this or an earlier message.
        """
        from kafka.errors import KafkaError

        producer = self._connected()
        # The client writes no header without a value; to whoever reads events, such a header is as good as absent.
        headers = [header for header in message.headers if header[1] is not None]
        try:
            future = producer.send(topic, key=message.key or None, value=message.value, headers=headers)
        except (KafkaError, AssertionError, ValueError) as error:
            raise self._as_ours(error, topic) from error
        future.add_errback(self._note_failure)
        self._unacknowledged += len(message.value)
        if self._unacknowledged >= UNACKNOWLEDGED_BYTES:
            self.flush()

    def flush(self) -> None:
        """Return when every message sent so far is acknowledged.

        Raises:
            UnreachableError: the acknowledgements do not come in time; some messages may have been written.
            FixloopError: the broker refused a message.
        """
        if self._producer is None:
            return
        from kafka.errors import KafkaError

        try:
            self._producer.flush(timeout=DELIVERY_MS / 1000 + 5)
        except KafkaError as error:
            raise self._as_ours(error) from error
        self._unacknowledged = 0
        failure, self._failure = self._failure, None
        if failure is not None:
            raise self._as_ours(failure) from failure

    def close(self) -> None:
        """Let go of the client, without waiting for what is not acknowledged: call `flush` first."""
        producer, self._producer = self._producer, None
        self._failure, self._unacknowledged = None, 0
        if producer is not None:
            producer.close(timeout=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connected(self) -> Any:
        if self._producer is None:
            self._producer = self._connect()
        return self._producer

    def _connect(self) -> Any:
        from kafka import KafkaProducer

        # Without a handler of its own, the client would print a warning for each try at an absent broker.
        logging.getLogger("kafka").addHandler(logging.NullHandler())
        with explained(self._kafka):
            return KafkaProducer(
                **self._kafka.client_options(),
                bootstrap_timeout_ms=self._bootstrap_ms,
                acks="all",
                enable_idempotence=True,
                compression_type="gzip",
                linger_ms=20,
                batch_size=256 * 1024,
                max_block_ms=10_000,
                request_timeout_ms=10_000,
                delivery_timeout_ms=DELIVERY_MS,
                allow_auto_create_topics=False,
            )

    def _note_failure(self, error: BaseException) -> None:
        if self._failure is None:
            self._failure = error

    def _as_ours(self, error: BaseException, topic: str | None = None) -> FixloopError:
        return in_words(self._kafka, error, topic)

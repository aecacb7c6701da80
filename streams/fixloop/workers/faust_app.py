"""Faust applications, one a role, with the settings that keep what they read from being lost or held up."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeGuard

from fixloop.kafka_connection import KafkaConnection
from fixloop.workers.groups import MAX_STATE_BYTES
from fixloop.workers.state_stores import ROCKSDB

SETTINGS: Final[Mapping[str, Any]] = {
    "table_standby_replicas": 0,
    # Topics are provisioned and compared before the start; Faust makes none, and elects no leader over a topic of its own.
    "topic_allow_declare": False,
    "topic_disable_leader": True,
    "autodiscover": False,
    "web_enabled": False,
    "consumer_auto_offset_reset": "earliest",
    # A worker that was killed keeps its partitions for the session's time-out: for a restart this is how long it waits.
    "broker_session_timeout": 8.0,
    "broker_heartbeat_interval": 2.0,
    "broker_request_timeout": 30.0,
    "broker_commit_interval": 1.0,
    # A broker that has just started knows of no topics for a moment. Who joins then is given no partition, until it looks again.
    "consumer_metadata_max_age_ms": 5_000,
    # To wait for the streams during a rebalance can last for ever; batches are waited for with an end (`checkpoints.py`).
    "stream_wait_empty": False,
    # A message is a chunk of records (`kafka_transport.py`): few of them are much.
    "stream_buffer_maxsize": 8,
    "broker_max_poll_records": 500,
    "consumer_max_fetch_size": 1024 * 1024,
    "stream_recovery_delay": 0.0,
    "processing_guarantee": "at_least_once",
    "producer_acks": -1,
    "producer_compression_type": "gzip",
    "producer_linger": 0.005,
    "producer_max_batch_size": 256 * 1024,
    "producer_max_request_size": MAX_STATE_BYTES,
    "producer_request_timeout": 30.0,
}


def new_app(group: str, kafka: KafkaConnection | str, directory: Path, store: str = ROCKSDB) -> Any:
    """A Faust application, which is also the consumer group `group`.

    Args:
        group: the name.
        kafka: where the brokers are, and how to come in.
        directory: for the states; without it they are read from their changelog again.
        store: how they lie there, one of `state_stores.py`.
    """
    import faust

    from fixloop.workers import kafka_transport

    connection = KafkaConnection.of(kafka)
    app = faust.App(
        group,
        broker=";".join(f"kafka://{server}" for server in connection.servers),
        broker_credentials=_credentials(connection),
        datadir=str(directory / group),
        store=store,
        **SETTINGS,
    )
    kafka_transport.use(app)
    return app


def raw_topic(app: Any, *names: str) -> Any:
    """Topics whose keys and values are bytes, as they lie there."""
    return app.topic(
        *names,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        allow_empty=True,
    )


def is_away(error: BaseException | None) -> TypeGuard[BaseException]:
    """Whether Faust's client found no broker when it began."""
    from aiokafka.errors import KafkaConnectionError

    return isinstance(error, KafkaConnectionError)


@contextmanager
def quiet() -> Iterator[None]:
    """While applications begin their client says nothing of each broker that it does not reach, unless everything is logged."""
    client = logging.getLogger("aiokafka")
    level = client.level
    if not logging.getLogger().isEnabledFor(logging.INFO):
        client.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        client.setLevel(level)


def _credentials(kafka: KafkaConnection) -> Any:
    """The same encryption and user for Faust's client; None where there is neither."""
    import faust

    tls = kafka.tls()
    if kafka.security.with_user:
        return faust.SASLCredentials(
            username=kafka.username, password=kafka.password, ssl_context=tls, mechanism=kafka.mechanism.value
        )
    return None if tls is None else faust.SSLCredentials(tls)

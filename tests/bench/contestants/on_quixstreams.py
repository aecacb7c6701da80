"""Quix Streams as its documentation shows it: a stateful function, its RocksDB store with a changelog, and its own commit interval."""

from collections.abc import Iterable
from typing import Any

from quixstreams import Application
from quixstreams.models import Serializer

from fixloop_schemas.cloudevents import KafkaMessage
from fixloop_schemas.topics import EVENTS
from tests.bench.contestants.job import Pace, asked, encoded, folded, restored

STATE = "state"


class Value(Serializer):  # type: ignore[misc] # it is Any where the package is not installed
    """What follows is encoded already."""

    def __call__(self, value: KafkaMessage, ctx: Any) -> bytes:  # noqa: ARG002 -- its place in the protocol
        """The message's value."""
        return value.value


job = asked()
pace = Pace(job.events)
app = Application(
    broker_address=job.bootstrap,
    consumer_group=job.group,
    auto_offset_reset="earliest",
    state_dir=job.directory,
    loglevel="WARNING",
)
source = app.topic(EVENTS, key_deserializer="bytes", value_deserializer="bytes")
output = app.topic(job.output, key_serializer="bytes", value_serializer=Value())


def detect(value: bytes, key: bytes, timestamp: int, headers: Any, state: Any) -> Iterable[KafkaMessage]:  # noqa: ARG001
    """Fold one event; what follows."""
    step = folded(restored(state.get_bytes(STATE)), key, value, headers)
    state.set_bytes(STATE, encoded(step.state))
    pace.add()
    return step.messages


stream = app.dataframe(source)
stream = stream.apply(detect, stateful=True, expand=True, metadata=True)
stream = stream.set_headers(lambda following, *_: list(following.headers))
stream.to_topic(output, key=lambda following: following.key)
app.run()

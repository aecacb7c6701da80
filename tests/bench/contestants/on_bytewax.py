"""Bytewax as its documentation shows it: a stateful operator with its states in memory, saved to SQLite once in an epoch of ten seconds."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSinkMessage
from bytewax.connectors.kafka import operators as kafka_op
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulLogic
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.run import cli_main

from fixloop_schemas.cloudevents import KafkaMessage
from fixloop_schemas.topics import EVENTS
from tests.bench.contestants.job import Pace, asked, encoded, folded, restored

job = asked()
pace = Pace(job.events)


class Detect(StatefulLogic):  # type: ignore[misc] # it is Any where the package is not installed
    """One session."""

    def __init__(self, snapshot: bytes | None) -> None:
        self._state = restored(snapshot)

    def on_item(self, value: Any) -> tuple[Iterable[KafkaMessage], bool]:
        """Fold one event; what follows."""
        step = folded(self._state, value.key, value.value, value.headers)
        self._state = step.state
        pace.add()
        return step.messages, StatefulLogic.RETAIN

    def snapshot(self) -> bytes | None:
        """What is saved."""
        return encoded(self._state) if self._state else None


def sunk(pair: tuple[str, KafkaMessage]) -> Any:
    """What follows, as the sink takes it."""
    _, following = pair
    return KafkaSinkMessage(following.key, following.value, headers=list(following.headers))


flow = Dataflow(job.group)
events = kafka_op.input("events", flow, brokers=[job.bootstrap], topics=[EVENTS])
keyed = op.key_on("session", events.oks, lambda message: message.key.decode())
following = op.stateful("detect", keyed, Detect)
kafka_op.output("output", op.map("message", following, sunk), brokers=[job.bootstrap], topic=job.output)

init_db_dir(job.directory, 1)
cli_main(flow, epoch_interval=timedelta(seconds=10), recovery_config=RecoveryConfig(str(job.directory)))

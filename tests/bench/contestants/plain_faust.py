"""Faust as its documentation shows it: an agent over a stream, a table with its changelog, in memory."""

import sys
from typing import Any

import faust

from fixloop.workers.foldings import SESSIONS
from fixloop_schemas.topics import EVENTS
from tests.bench.contestants.job import Pace, asked, encoded, folded, restored
from tests.bench.topics import PARTITIONS

job = asked()
pace = Pace(job.events)
app = faust.App(
    job.group,
    broker=f"kafka://{job.bootstrap}",
    store="memory://",
    datadir=str(job.directory),
    topic_partitions=PARTITIONS,
)
RAW = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}
source = app.topic(EVENTS, **RAW)
output = app.topic(job.output, **RAW)
states = app.Table(SESSIONS.kind, key_type=bytes, value_type=bytes)


@app.agent(source)  # type: ignore[untyped-decorator]
async def detect(stream: Any) -> None:
    """Fold each event, and send what follows."""
    async for event in stream.events():
        message = event.message
        step = folded(restored(states.get(message.key)), message.key, message.value, message.headers)
        states[message.key] = encoded(step.state)
        for following in step.messages:
            await output.send(key=following.key, value=following.value, headers=dict(following.headers))
        pace.add()


sys.argv[1:] = ["worker", "--without-web", "--loglevel", "warn"]
app.main()

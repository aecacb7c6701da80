"""The bound: librdkafka's consumer, the same decode and fold, states in memory and nowhere else, and nothing sent.

Python's collector is set as the worker sets it: a bound is what cannot be passed.
"""

from confluent_kafka import Consumer

from fixloop.detect import SessionState
from fixloop.workers import process_memory
from fixloop_schemas.topics import EVENTS
from tests.bench.contestants.job import Pace, asked, folded

process_memory.tune()
job = asked()
states: dict[bytes, SessionState] = {}
pace = Pace(job.events)
consumer = Consumer(
    {"bootstrap.servers": job.bootstrap, "group.id": job.group, "auto.offset.reset": "earliest"}
)
consumer.subscribe([EVENTS])
while True:
    messages = consumer.consume(500, timeout=0.1)
    for message in messages:
        key = message.key()
        states[key] = folded(states.get(key), key, message.value(), message.headers()).state
    if messages:
        pace.add(len(messages))

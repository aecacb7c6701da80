"""What lies in a topic of a real broker."""

from typing import Any

from kafka import KafkaConsumer, TopicPartition


def lying(bootstrap: str, topic: str) -> list[Any]:
    """Every record of a topic up to its present end, as kafka-python gives them, each partition's in order."""
    with KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False) as consumer:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        found: list[Any] = []
        # What lies before the end may be no record, so the position tells and not the count.
        while any(consumer.position(one) < ends[one] for one in partitions):
            found += [record for records in consumer.poll(timeout_ms=500).values() for record in records]
    return found

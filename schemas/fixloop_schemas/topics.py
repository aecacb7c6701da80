"""The topics as data: what whoever creates, fills or reads one has to know. Standard library only.

One TOML file a topic under `topics/`. Provisioning, worker, shipper and tests read them through this module.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

EVENTS: Final = "fixloop.events"
DETECTIONS: Final = "fixloop.detections"
LEDGER: Final = "fixloop.ledger"
DEAD_LETTERS: Final = "fixloop.dead-letters"

_MILLISECONDS_PER_HOUR: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic; its fields are those of its file."""

    name: str
    description: str
    key: str
    """What the key of its messages is, in words."""
    partitions: int
    """The default; more can be asked for when it is created, and never fewer later."""
    retention_hours: int
    cleanup: str
    """Kafka's `cleanup.policy`."""
    max_message_bytes: int
    compression: str
    """Kafka's `compression.type`, and what producers use."""
    dead_letters: str | None
    """The topic for messages of this one that cannot be read; absent for that topic itself."""
    types: tuple[str, ...]
    """The types of its events; empty where its messages are no events."""
    producers: tuple[str, ...]
    consumers: tuple[str, ...]

    @property
    def kafka_settings(self) -> Mapping[str, str]:
        """The topic's configuration under Kafka's names."""
        return {
            "cleanup.policy": self.cleanup,
            "compression.type": self.compression,
            "max.message.bytes": str(self.max_message_bytes),
            "retention.ms": str(self.retention_hours * _MILLISECONDS_PER_HOUR),
        }


def load(texts: Iterable[str]) -> Mapping[str, Topic]:
    """The topics that `texts` (TOML, one topic each) describe, by name.

    Raises:
        ValueError: a text is no TOML, lacks a field or has one that topics do not have, or two have the same name.
    """
    topics: dict[str, Topic] = {}
    for text in texts:
        topic = _topic(tomllib.loads(text))
        if topic.name in topics:
            raise ValueError(f"two topics are called {topic.name}")
        topics[topic.name] = topic
    return MappingProxyType(topics)


def _topic(document: Mapping[str, Any]) -> Topic:
    table: dict[str, Any] = {"dead_letters": None, **document}
    expected = {field.name for field in fields(Topic)}
    if set(table) != expected:
        raise ValueError(f"{table.get('name')}: wrong or missing fields {sorted(set(table) ^ expected)}")
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }
    return Topic(**values)


def _texts() -> list[str]:
    folder = files("fixloop_schemas").joinpath("topics")
    paths = sorted(
        (path for path in folder.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name
    )
    return [path.read_text(encoding="utf-8") for path in paths]


TOPICS: Final = load(_texts())
"""Every topic, by name."""

_TOPIC_OF: Final = {event_type: topic.name for topic in TOPICS.values() for event_type in topic.types}


def topic_of(event_type: str) -> str:
    """The topic in which events of a type lie.

    Raises:
        KeyError: there is no such type.
    """
    return _TOPIC_OF[event_type]

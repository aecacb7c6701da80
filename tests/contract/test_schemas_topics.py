"""The topics fit together, and every type of event lies in one of them."""

import re
from pathlib import Path

import pytest

from fixloop_schemas import topics
from fixloop_schemas.events.session_summarized_v1 import SessionSummarizedV1
from fixloop_schemas.limits import MAX_EVENT_BYTES
from fixloop_schemas.registry import DETECTION_TYPE, MODELS, TYPES
from fixloop_schemas.topics import DEAD_LETTERS, DETECTIONS, EVENTS, LEDGER, TOPICS, Topic, topic_of

GOOD = (Path(topics.__file__).parent / "topics" / "ledger.toml").read_text(encoding="utf-8")

every_topic = pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)


def test_the_topics_are_these() -> None:
    """The constants name all topics, and nothing else is one."""
    assert {EVENTS, DETECTIONS, LEDGER, DEAD_LETTERS} == set(TOPICS)


@every_topic
def test_names_are_legal_for_kafka(topic: Topic) -> None:
    """Kafka takes letters, digits, dots, dashes; dots beside underscores would clash in its metrics."""
    assert re.fullmatch(r"fixloop\.[a-z]+(-[a-z]+)*", topic.name)
    assert len(topic.name) <= 249


@every_topic
def test_each_topic_says_who_it_is_for(topic: Topic) -> None:
    """One file is the whole contract: what it holds, under which key, for how long."""
    assert topic.description.endswith(".")
    assert topic.key
    assert topic.partitions >= 1
    assert topic.retention_hours >= 24
    assert topic.cleanup == "delete"
    assert topic.compression == "gzip"


@every_topic
def test_dead_letters_hold_whatever_their_topic_held(topic: Topic) -> None:
    """A message that fits its topic fits the dead letters too, with the reason beside it, and is kept as long."""
    if topic.dead_letters is None:
        assert DEAD_LETTERS == topic.name
        return
    dead_letters = TOPICS[topic.dead_letters]
    assert dead_letters.max_message_bytes > topic.max_message_bytes
    assert dead_letters.retention_hours >= topic.retention_hours


@every_topic
def test_the_largest_event_fits(topic: Topic) -> None:
    """An event of the largest size, with its headers, is no message that Kafka refuses."""
    assert topic.max_message_bytes >= 2 * MAX_EVENT_BYTES


def test_every_type_is_in_exactly_one_topic() -> None:
    """Who looks for a type of event finds one place."""
    assert sorted(MODELS) == sorted(name for topic in TOPICS.values() for name in topic.types)


@pytest.mark.parametrize("event_type", MODELS)
def test_a_type_leads_to_its_topic(event_type: str) -> None:
    """Who has an event knows where it goes."""
    assert event_type in TOPICS[topic_of(event_type)].types


def test_detections_lie_in_their_own_topic() -> None:
    """What went in and what was found are never mixed."""
    assert (DETECTION_TYPE, TYPES[SessionSummarizedV1]) == TOPICS[DETECTIONS].types


def test_events_and_detections_share_key_and_partitions() -> None:
    """All that is said of a session lies in the partition of the same number, in order."""
    assert TOPICS[EVENTS].key == TOPICS[DETECTIONS].key
    assert "session" in TOPICS[EVENTS].key
    assert TOPICS[EVENTS].partitions == TOPICS[DETECTIONS].partitions


def test_settings_have_the_names_of_kafka() -> None:
    """The settings can be handed to any Kafka client as they are."""
    expected = {
        "cleanup.policy": "delete",
        "compression.type": "gzip",
        "max.message.bytes": "1048576",
        "retention.ms": "604800000",
    }
    assert expected == TOPICS[EVENTS].kafka_settings


def test_topics_cannot_be_changed() -> None:
    """What is agreed is not changed while a program runs."""
    with pytest.raises(TypeError):
        TOPICS["other"] = TOPICS[EVENTS]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD + "\nreplicas = 3\n", "replicas"),
        (GOOD.replace("partitions", "# partitions"), "partitions"),
        ("name = ", "Invalid value"),
    ],
    ids=["unknown field", "missing field", "no TOML"],
)
def test_a_wrong_file_is_refused(text: str, said: str) -> None:
    """A slip of the pen in a topic's file is found when it is read, not when the topic is used."""
    with pytest.raises(ValueError, match=said):
        topics.load([text])


def test_two_files_for_one_topic_are_refused() -> None:
    """No topic has two contracts."""
    with pytest.raises(ValueError, match=r"fixloop\.ledger"):
        topics.load([GOOD, GOOD])

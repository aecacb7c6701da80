"""`fixloop topics`: every topic is made as its data says, and what exists is left alone."""

import subprocess

import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from fixloop.errors import FixloopError
from fixloop.workers.groups import CHANGELOGS, SESSION_CHANGELOG
from fixloop.workers.provision import (
    TopicFound,
    Verdict,
    apply_topics,
    check_topics,
    differences,
    list_topics,
    plans,
)
from fixloop_schemas.topics import EVENTS, TOPICS
from tests.integration.worker_processes import command
from tests.services.kafka_broker import KafkaBroker


def _delete(bootstrap: str, topic: str) -> None:
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        admin.delete_topics([topic])


def _create(bootstrap: str, topic: str, partitions: int) -> None:
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        admin.create_topics({topic: {"num_partitions": partitions, "replication_factor": 1}})
        admin.wait_for_topics([topic])


@pytest.mark.kafka
def test_topics_are_made_as_their_data_says_and_only_once(own_broker: KafkaBroker) -> None:
    """The first `apply` creates all, the second none; partitions and settings are those of the data."""
    bootstrap = own_broker.bootstrap
    assert {Verdict.MISSING} == {one.verdict for one in list_topics(bootstrap)}
    assert {Verdict.CREATED} == {one.verdict for one in apply_topics(bootstrap)}
    second = apply_topics(bootstrap)
    assert [(name, Verdict.EXISTS) for name in (*TOPICS, *CHANGELOGS)] == [
        (one.name, one.verdict) for one in second
    ]
    assert second == list_topics(bootstrap)
    check_topics(bootstrap)
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in (*TOPICS, *CHANGELOGS)]
        found = admin.describe_configs(resources, config_filter="all")["topic"]
    for topic in TOPICS.values():
        actual = {name: found[topic.name][name]["value"] for name in topic.kafka_settings}
        assert dict(topic.kafka_settings) == actual
    assert "compact" == found[SESSION_CHANGELOG]["cleanup.policy"]["value"]


@pytest.mark.kafka
def test_what_exists_is_left_alone(own_broker: KafkaBroker) -> None:
    """An `events` topic with other partitions keeps them, the changelog follows it, and a number that was asked for is said to differ."""
    bootstrap = own_broker.bootstrap
    _create(bootstrap, EVENTS, 3)
    verdicts = {one.name: one for one in apply_topics(bootstrap, partitions=2)}
    assert (Verdict.DIFFERS, 3) == (verdicts[EVENTS].verdict, verdicts[EVENTS].partitions)
    assert "partitions=3, not 2" in verdicts[EVENTS].differences
    assert (Verdict.CREATED, 3) == (
        verdicts[SESSION_CHANGELOG].verdict,
        verdicts[SESSION_CHANGELOG].partitions,
    )
    assert 2 == verdicts["fixloop.detections"].partitions
    check_topics(bootstrap)


@pytest.mark.kafka
@pytest.mark.parametrize("changelog", CHANGELOGS)
def test_a_worker_does_not_begin_on_unequal_partitions(own_broker: KafkaBroker, changelog: str) -> None:
    """A changelog that has not its topic's partitions would lose each event: the worker ends with one line that says what to do."""
    bootstrap = own_broker.bootstrap
    apply_topics(bootstrap, partitions=2)
    _delete(bootstrap, changelog)
    _create(bootstrap, changelog, 5)
    for role in ("detect", "ledger", "land"):
        done = subprocess.run(
            command("worker", role, "--kafka", bootstrap),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert 1 == done.returncode
        (line,) = done.stderr.splitlines()
        assert f"{CHANGELOGS[changelog]} has 2 partitions and {changelog} has 5" in line
        assert "fixloop topics apply" in line


@pytest.mark.kafka
def test_missing_topics_are_named(own_broker: KafkaBroker) -> None:
    """A worker that may not create topics says which ones are missing."""
    with pytest.raises(FixloopError, match=r"lacks the topics .*fixloop\.events.*fixloop topics apply"):
        check_topics(own_broker.bootstrap)


@pytest.mark.kafka
def test_a_refusal_is_one_sentence(own_broker: KafkaBroker) -> None:
    """More copies than there are brokers: what Kafka says is said, and nothing was made."""
    with pytest.raises(FixloopError, match=r"Kafka does not create fixloop\.\S+: .*[Rr]eplication"):
        apply_topics(own_broker.bootstrap, replication=3)
    assert {Verdict.MISSING} == {one.verdict for one in list_topics(own_broker.bootstrap)}


def test_differences_are_said_in_words() -> None:
    """Partitions and settings that are not as planned are named, and settings that the broker does not tell are not."""
    (plan,) = (plan for plan in plans(4, {}) if plan.name == EVENTS)
    found = TopicFound(2, 1, {"cleanup.policy": "compact", "retention.ms": plan.settings["retention.ms"]})
    assert ("partitions=2, not 4", "cleanup.policy=compact, not delete") == differences(plan, found)

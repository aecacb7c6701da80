"""The real services that other tests rest on: they start, answer, keep their data and fail with a hint."""

import json
from contextlib import ExitStack
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from tests.services.cache import cached
from tests.services.compose_config import ComposeError, compose_config
from tests.services.debian_tools import debian_tool
from tests.services.errors import MissingProgramError, ServiceError
from tests.services.kafka_broker import KafkaBroker, start_broker
from tests.services.kafka_jars import kafka_jars
from tests.services.polling import poll
from tests.services.prometheus_server import Sample, start_alertmanager, start_prometheus
from tests.services.shared_broker import SharedBroker, shared_broker

VALUES = [b"one", b"two", b"three"]


def create_topic(bootstrap: str, topic: str) -> None:
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        admin.create_topics([NewTopic(name=topic, num_partitions=1, replication_factor=1)])


def produce(bootstrap: str, topic: str, values: list[bytes]) -> None:
    with KafkaProducer(bootstrap_servers=bootstrap) as producer:
        for value in values:
            producer.send(topic, value, partition=0)
        producer.flush(timeout=30)


def consume(bootstrap: str, topic: str, count: int) -> list[bytes]:
    """The first `count` values of the topic's only partition."""
    got: list[bytes] = []
    with KafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(topic, 0)])

        def read_on() -> bool:
            for records in consumer.poll(timeout_ms=200).values():
                got.extend(record.value for record in records)
            return len(got) >= count

        poll(f"{count} messages in {topic}", read_on)
    return got


@pytest.mark.kafka
def test_what_is_produced_is_consumed(kafka_broker: SharedBroker, topic_prefix: str) -> None:
    """A message goes through the session's broker unchanged and in order."""
    create_topic(kafka_broker.bootstrap, topic_prefix)
    produce(kafka_broker.bootstrap, topic_prefix, VALUES)
    assert consume(kafka_broker.bootstrap, topic_prefix, 3) == VALUES


@pytest.mark.kafka
def test_topics_do_not_come_about_by_themselves(kafka_broker: SharedBroker, topic_prefix: str) -> None:
    """A consumer that names an unprovisioned topic does not make it."""
    with KafkaConsumer(topic_prefix, bootstrap_servers=kafka_broker.bootstrap) as consumer:
        consumer.poll(timeout_ms=500)
    with KafkaAdminClient(bootstrap_servers=kafka_broker.bootstrap) as admin:
        assert topic_prefix not in admin.list_topics()


@pytest.mark.kafka
def test_all_users_of_one_place_share_a_broker(tmp_path: Path) -> None:
    """Who started it may leave first and waits for nobody; it ends after the last one, with all that it kept."""
    with ExitStack() as later:
        with shared_broker(tmp_path) as first:
            second = later.enter_context(shared_broker(tmp_path))
            assert second == first
        assert topics(first.bootstrap) == []
    poll("the broker's data is gone", lambda: not any(tmp_path.glob("kafka-*/")))
    assert not (tmp_path / "kafka-address").exists()


@pytest.mark.kafka
def test_who_comes_as_the_last_one_leaves_has_a_broker(tmp_path: Path) -> None:
    """Kept or a new one: never the address of one that is at its end."""
    for _ in range(3):
        with shared_broker(tmp_path) as broker:
            assert topics(broker.bootstrap) == []


@pytest.mark.kafka
def test_a_broker_keeps_its_data_and_ports(own_broker: KafkaBroker, topic_prefix: str) -> None:
    """Messages and address outlive an orderly restart and a SIGKILL."""
    bootstrap = own_broker.bootstrap
    create_topic(bootstrap, topic_prefix)
    produce(bootstrap, topic_prefix, VALUES[:1])
    own_broker.restart()
    produce(bootstrap, topic_prefix, VALUES[1:])
    own_broker.kill()
    assert not own_broker.running
    own_broker.start()
    assert own_broker.bootstrap == bootstrap
    assert consume(bootstrap, topic_prefix, 3) == VALUES


@pytest.mark.kafka
def test_a_broker_that_cannot_start_shows_its_log(own_broker: KafkaBroker) -> None:
    """The error of a failed start carries the broker's own words."""
    own_broker.stop()
    settings = own_broker.log.parent / "server.properties"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("node.id=1", "node.id=2"), encoding="utf-8"
    )
    with pytest.raises(ServiceError, match=r"before it was ready; the end of its log:\n(?s:.*)node id 2"):
        own_broker.start()


def test_a_missing_java_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Java the failure says what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        MissingProgramError, match=r"'java' is not on PATH.*apt-get install default-jre-headless"
    ):
        start_broker(tmp_path / "kafka")


def test_a_missing_maven_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Maven and with nothing cached the failure says what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("FIXLOOP_CACHE", str(tmp_path / "cache"))
    with pytest.raises(MissingProgramError, match=r"'mvn' is not on PATH.*apt-get install maven"):
        kafka_jars()


def test_a_missing_debian_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a package can neither be fetched nor found the failure names it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("FIXLOOP_CACHE", str(tmp_path / "cache"))
    with pytest.raises(MissingProgramError, match=r"'amtool'.*Install the package 'prometheus-alertmanager'"):
        debian_tool("amtool")


def test_a_half_finished_fetch_is_not_taken_for_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fetch that broke off leaves nothing behind, and the next one starts anew."""
    monkeypatch.setenv("FIXLOOP_CACHE", str(tmp_path))

    def break_off(directory: Path) -> None:
        (directory / "half").touch()
        raise ServiceError("cut off")

    with pytest.raises(ServiceError, match="cut off"):
        cached("thing", break_off)
    whole = cached("thing", lambda directory: (directory / "whole").touch())
    assert [file.name for file in whole.iterdir()] == ["whole"]


@pytest.mark.prometheus
def test_prometheus_answers_a_query(tmp_path: Path) -> None:
    """A real Prometheus takes a configuration, evaluates PromQL and refuses what is none."""
    config = tmp_path / "prometheus.yml"
    config.write_text("global: {scrape_interval: 1s}\n", encoding="utf-8")
    with start_prometheus(config, tmp_path / "data") as prometheus:
        assert prometheus.query("1 + 1") == [Sample({}, 2.0)]
        assert prometheus.query('label_replace(vector(3), "a", "b", "", "")') == [Sample({"a": "b"}, 3.0)]
        with pytest.raises(ServiceError, match="parse error"):
            prometheus.query("1 +")


@pytest.mark.prometheus
def test_a_refused_configuration_is_shown(tmp_path: Path) -> None:
    """A Prometheus that does not start says why."""
    config = tmp_path / "prometheus.yml"
    config.write_text("nonsense: true\n", encoding="utf-8")
    with (
        pytest.raises(ServiceError, match="field nonsense not found"),
        start_prometheus(config, tmp_path / "data"),
    ):
        pass


@pytest.mark.prometheus
def test_an_alert_reaches_the_alertmanager(tmp_path: Path) -> None:
    """A rule that fires in a real Prometheus is held by a real Alertmanager."""
    (tmp_path / "alertmanager.yml").write_text(
        "route: {receiver: none}\nreceivers: [{name: none}]\n", encoding="utf-8"
    )
    (tmp_path / "rules.yml").write_text(
        "groups: [{name: g, interval: 1s, rules: [{alert: Always, expr: vector(1)}]}]\n", encoding="utf-8"
    )
    with start_alertmanager(tmp_path / "alertmanager.yml", tmp_path / "am") as alertmanager:
        settings = {
            "global": {"evaluation_interval": "1s"},
            "rule_files": [str(tmp_path / "rules.yml")],
            "alerting": {
                "alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager.port}"]}]}]
            },
        }
        (tmp_path / "prometheus.yml").write_text(json.dumps(settings), encoding="utf-8")
        with start_prometheus(tmp_path / "prometheus.yml", tmp_path / "prom"):
            held = poll("the alert arrives", alertmanager.alerts)
    assert [alert["labels"]["alertname"] for alert in held] == ["Always"]


def test_a_compose_file_is_resolved_and_judged(tmp_path: Path) -> None:
    """Variables come from the given environment alone; a lacking one and an unknown key are refused."""
    file = tmp_path / "docker-compose.yml"
    text = 'name: p\nservices:\n  a:\n    image: "i:${TAG:?say which}"\n    ports: ["127.0.0.1:80:8080"]\n'
    file.write_text(text, encoding="utf-8")
    (tmp_path / ".env").write_text("TAG=from-a-file\n", encoding="utf-8")
    service = compose_config(file, {"TAG": "1"})["services"]["a"]
    assert (service["image"], service["ports"][0]["host_ip"]) == ("i:1", "127.0.0.1")
    with pytest.raises(ComposeError, match="say which"):
        compose_config(file, {})
    file.write_text(text.replace("ports:", "prots:"), encoding="utf-8")
    with pytest.raises(ComposeError, match="prots"):
        compose_config(file, {"TAG": "1"})


def topics(bootstrap: str) -> list[str]:
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        return sorted(admin.list_topics())

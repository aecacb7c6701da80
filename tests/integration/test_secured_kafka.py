"""All that talks to Kafka, against a real broker with TLS, users and rights; what is missing is said in one sentence."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from kafka.admin import ACLOperation, ResourceType

from fixloop.kafka_connection import KafkaConnection, Mechanism, Security
from fixloop.workers.groups import DETECT_GROUP
from fixloop.workers.provision import apply_topics
from fixloop_schemas import codec
from tests.integration.worker_processes import SECONDS, answer, command
from tests.lineages import lineage_sessions
from tests.services.polling import poll
from tests.services.secured_broker import SecuredBroker, make_certificates, secured_broker
from tests.services.server_process import ServerProcess

pytestmark = pytest.mark.kafka

TOPIC, GROUP = ResourceType.TOPIC, ResourceType.GROUP
READ, WRITE = ACLOperation.READ, ACLOperation.WRITE
_ACROSS = """SELECT count() > 0 FROM detections WHERE position(data, '"fixing_session"') > 0"""
NEEDED = (READ, WRITE, ACLOperation.DESCRIBE_CONFIGS)
"""What docs/operations.md gives on the topics."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    """A broker whose user may do what docs/operations.md says, on topics that are there."""
    with secured_broker(tmp_path_factory.mktemp("secured")) as broker:
        broker.allow(TOPIC, "fixloop", *NEEDED)
        broker.allow(GROUP, "fixloop", READ)
        broker.allow(TOPIC, "fixloop", ACLOperation.CREATE)
        apply_topics(broker.user, partitions=2)
        broker.forbid(TOPIC, "fixloop", ACLOperation.CREATE)
        yield broker


def _variables(kafka: KafkaConnection) -> dict[str, str]:
    """The environment of a command that comes in like this."""
    given = {
        "FIXLOOP_KAFKA": kafka.bootstrap,
        "FIXLOOP_KAFKA_SECURITY": kafka.security.value,
        "FIXLOOP_KAFKA_CA_FILE": str(kafka.ca_file or ""),
        "FIXLOOP_KAFKA_MECHANISM": kafka.mechanism.value,
        "FIXLOOP_KAFKA_USERNAME": kafka.username or "",
        "FIXLOOP_KAFKA_PASSWORD": kafka.password or "",
    }
    return {**os.environ, **given}


def _is_ready(worker: ServerProcess) -> bool:
    return ": ready" in worker.said()


def _refused(kafka: KafkaConnection, *arguments: str) -> str:
    """The one line of a command that ends, and not well."""
    done = subprocess.run(
        command(*arguments),
        env=_variables(kafka),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (1, "") == (done.returncode, done.stdout), done.stderr
    (line,) = done.stderr.splitlines()
    return line


def test_all_of_it_works_with_tls_a_user_and_rights(broker: SecuredBroker, tmp_path: Path) -> None:
    """Replay into Kafka, detect, ledger and land, each as a user with no more rights than documented: all that there is lands."""
    sessions = lineage_sessions(2)
    events = [event for session in sessions for event in session.events]
    file = tmp_path / "sessions.jsonl"
    file.write_bytes(b"\n".join(map(codec.to_json_line, events)))
    environment = _variables(broker.user)
    with ExitStack() as stack:
        for role in ("detect", "ledger", "land"):
            worker = ServerProcess(
                f"worker {role}",
                command("worker", role, "--no-topics", "--store", f"chdb://{tmp_path / 'store'}"),
                tmp_path / f"{role}.log",
                environment=environment,
            )
            stack.callback(worker.stop)
            worker.wait_until(partial(_is_ready, worker), seconds=SECONDS)
        replay = command("replay", str(file), "--to", "kafka")
        subprocess.run(replay, env=environment, capture_output=True, check=True, timeout=60)
        store = tmp_path / "store"
        poll(
            "what one session brought back of another one's is landed, with all events",
            lambda: (
                [f"[{len(events)}]"] == answer(store, "SELECT count() FROM events")
                and ["[1]"] == answer(store, _ACROSS)
            ),
            seconds=SECONDS,
        )


def test_a_wrong_password_is_said(broker: SecuredBroker) -> None:
    """The worker and what sends end at once with one line that names the variables."""
    wrong = replace(broker.user, password="wrong")  # noqa: S106 -- of a test
    for arguments in (("worker", "detect", "--no-topics"), ("topics", "list"), ("dead-letters", "list")):
        assert "FIXLOOP_KAFKA_PASSWORD" in _refused(wrong, *arguments)
    assert "FIXLOOP_KAFKA_MECHANISM" in _refused(replace(broker.user, mechanism=Mechanism.PLAIN), "worker")


def test_a_wrong_authority_is_said(broker: SecuredBroker, tmp_path: Path) -> None:
    """A certificate that our authority did not sign is not trusted, and the file to look at is named."""
    make_certificates(tmp_path / "others")
    line = _refused(replace(broker.user, ca_file=tmp_path / "others/ca.pem"), "worker", "--no-topics")
    assert "FIXLOOP_KAFKA_CA_FILE" in line


def test_no_encryption_where_there_has_to_be_some_is_said(broker: SecuredBroker) -> None:
    """Who listens hangs up; that is told from nobody who listens."""
    line = _refused(KafkaConnection(broker.user.bootstrap), "worker", "--no-topics")
    assert "FIXLOOP_KAFKA_SECURITY" in line
    assert Security.PLAINTEXT in line


@pytest.mark.parametrize(
    ("resource", "prefix", "right", "named"),
    [
        (TOPIC, "fixloop", WRITE, "Write on the topic fixloop.detections"),
        (TOPIC, "fixloop", READ, "Read on the topic fixloop.events"),
        (GROUP, "fixloop", READ, f"Read on the group {DETECT_GROUP}"),
    ],
)
def test_a_missing_right_is_said(
    broker: SecuredBroker, resource: ResourceType, prefix: str, right: ACLOperation, named: str
) -> None:
    """The worker ends before it begins, and names what is missing; Faust alone would wait for ever."""
    broker.forbid(resource, prefix, right)
    try:
        line = _refused(broker.user, "worker", "detect", "--no-topics")
    finally:
        broker.allow(resource, prefix, right)
    assert named in line
    assert "'fixloop'" in line

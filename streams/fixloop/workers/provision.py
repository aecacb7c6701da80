"""The topics in Kafka as `fixloop_schemas.topics` has them, and the changelogs of the states beside them.

Faust creates none of the topics that it reads, and an agent whose source and changelog differ in their number of partitions loses each
event that it sees. So topics are made and compared before a worker starts. What exists is never changed: with another number of
partitions sessions would move away from their states, and a retention that somebody chose is theirs.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from fixloop.errors import FixloopError
from fixloop.kafka_connection import KafkaConnection
from fixloop.kafka_errors import explained
from fixloop.workers.groups import CHANGELOGS, MAX_STATE_BYTES
from fixloop_schemas.topics import TOPICS

BOOTSTRAP_MS: Final = 4_000
_REQUEST_MS: Final = 15_000


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """A topic as it should be."""

    name: str
    partitions: int
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TopicFound:
    """A topic as it is."""

    partitions: int
    replication: int
    settings: Mapping[str, str]


class Verdict(StrEnum):
    """How a topic stands."""

    CREATED = "created"
    EXISTS = "exists"
    DIFFERS = "differs"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class TopicVerdict:
    """How one topic stands, and in what it differs."""

    name: str
    verdict: Verdict
    partitions: int
    replication: int
    differences: tuple[str, ...] = ()


def plans(partitions: int | None, found: Mapping[str, TopicFound]) -> tuple[TopicPlan, ...]:
    """Every topic as it should be, given what is there: unless somebody asks for a number, what exists has the right one."""

    def number(name: str) -> int:
        return partitions or (found[name].partitions if name in found else TOPICS[name].partitions)

    topics = tuple(
        TopicPlan(topic.name, number(topic.name), topic.kafka_settings) for topic in TOPICS.values()
    )
    changelog = {
        "cleanup.policy": "compact",
        "compression.type": "producer",
        "max.message.bytes": str(MAX_STATE_BYTES),
    }
    # A state lies where the events lie that change it, so a changelog follows the topic that there is, whatever is asked for.
    changelogs = tuple(
        TopicPlan(name, found[source].partitions if source in found else number(source), changelog)
        for name, source in CHANGELOGS.items()
    )
    return (*topics, *changelogs)


def differences(plan: TopicPlan, found: TopicFound) -> tuple[str, ...]:
    """In what a topic is not as planned, in words."""
    partitions = (
        ()
        if plan.partitions == found.partitions
        else (f"partitions={found.partitions}, not {plan.partitions}",)
    )
    return partitions + tuple(
        f"{name}={found.settings[name]}, not {value}"
        for name, value in plan.settings.items()
        if found.settings.get(name, value) != value
    )


def apply_topics(
    kafka: KafkaConnection | str, partitions: int | None = None, replication: int = -1
) -> tuple[TopicVerdict, ...]:
    """Create what is missing; say how each topic stands. Harmless when repeated, or when others do the same at once.

    Args:
        kafka: where the brokers are, and how to come in.
        partitions: for topics that are not there yet; None for each topic's own default.
        replication: for topics that are not there yet; -1 for the broker's default.

    Raises:
        UnreachableError: no broker answers.
        FixloopError: the broker refuses.
    """
    with opened_admin(kafka) as admin:
        before = _found(admin)
        wanted = plans(partitions, before)
        missing = [plan for plan in wanted if plan.name not in before]
        _create(admin, missing, replication)
        return _verdicts(wanted, _found(admin), created={plan.name for plan in missing})


def list_topics(kafka: KafkaConnection | str) -> tuple[TopicVerdict, ...]:
    """How each topic stands, without changing anything. Raises as `apply_topics`."""
    with opened_admin(kafka) as admin:
        found = _found(admin)
    return _verdicts(plans(None, found), found, created=set())


def check_topics(kafka: KafkaConnection | str) -> None:
    """Return when the worker can run on the topics as they are.

    Raises:
        UnreachableError: no broker answers.
        FixloopError: a topic is missing, or a changelog has not its topic's number of partitions.
    """
    with opened_admin(kafka) as admin:
        found = _found(admin)
    missing = [plan.name for plan in plans(None, found) if plan.name not in found]
    if missing:
        raise FixloopError(
            f"Kafka at {KafkaConnection.of(kafka).bootstrap} lacks the topics {', '.join(missing)}. Create them with: fixloop topics apply"
        )
    for changelog, source in CHANGELOGS.items():
        if found[source].partitions != found[changelog].partitions:
            raise FixloopError(
                f"{source} has {found[source].partitions} partitions and {changelog} has {found[changelog].partitions}; they "
                "have to be equal, or states would be lost. Stop all workers, delete the second one, and run: fixloop topics apply"
            )


def _verdicts(
    wanted: Sequence[TopicPlan], found: Mapping[str, TopicFound], created: set[str]
) -> tuple[TopicVerdict, ...]:
    verdicts = []
    for plan in wanted:
        topic = found.get(plan.name)
        if topic is None:
            verdicts.append(TopicVerdict(plan.name, Verdict.MISSING, plan.partitions, 0))
            continue
        different = differences(plan, topic)
        verdict = Verdict.CREATED if plan.name in created else Verdict.EXISTS
        verdicts.append(
            TopicVerdict(
                plan.name,
                Verdict.DIFFERS if different else verdict,
                topic.partitions,
                topic.replication,
                different,
            )
        )
    return tuple(verdicts)


def _found(admin: Any) -> dict[str, TopicFound]:
    from kafka.admin import ConfigResource, ConfigResourceType

    names = {plan.name for plan in plans(None, {})}
    topics = {
        topic["name"]: topic["partitions"] for topic in admin.describe_topics() if topic["name"] in names
    }
    if not topics:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in topics]
    settings = admin.describe_configs(resources, config_filter="all").get("topic", {})
    return {
        name: TopicFound(
            len(partitions),
            len(partitions[0]["replica_nodes"]) if partitions else 0,
            {key: str(entry["value"]) for key, entry in settings.get(name, {}).items()},
        )
        for name, partitions in topics.items()
    }


def _create(admin: Any, missing: Sequence[TopicPlan], replication: int) -> None:
    from kafka import errors

    if not missing:
        return
    asked = {
        plan.name: {
            "num_partitions": plan.partitions,
            "replication_factor": replication,
            "configs": dict(plan.settings),
        }
        for plan in missing
    }
    answer = admin.create_topics(asked, raise_errors=False)
    for topic in answer["topics"]:
        error = errors.for_code(topic["error_code"])
        # Another worker may have been quicker; what it made is compared afterwards.
        if error not in (errors.NoError, errors.TopicAlreadyExistsError):
            raise FixloopError(
                f"Kafka does not create {topic['name']}: {topic.get('error_message') or error.__name__}"
            )
    admin.wait_for_topics(list(asked))


@contextmanager
def opened_admin(kafka: KafkaConnection | str) -> Iterator[Any]:
    """A client for the topics themselves.

    Raises:
        UnreachableError: no broker answers.
        FixloopError: the broker refuses.
    """
    from kafka.admin import KafkaAdminClient

    connection = KafkaConnection.of(kafka)
    with (
        explained(connection),
        KafkaAdminClient(
            **connection.client_options(), bootstrap_timeout_ms=BOOTSTRAP_MS, request_timeout_ms=_REQUEST_MS
        ) as admin,
    ):
        yield admin

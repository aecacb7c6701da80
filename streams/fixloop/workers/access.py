"""Whether the user may do in Kafka what the roles do: asked before a worker starts, for who may not read a topic waits in silence."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from fixloop.errors import FixloopError
from fixloop.kafka_connection import KafkaConnection
from fixloop.workers.groups import DETECT_GROUP, LAND_GROUP, LEDGER_CHANGELOG, LEDGER_GROUP, SESSION_CHANGELOG
from fixloop.workers.provision import opened_admin
from fixloop.workers.worker import DETECT, LAND, LEDGER
from fixloop_schemas.topics import DEAD_LETTERS, DETECTIONS, EVENTS
from fixloop_schemas.topics import LEDGER as LEDGER_TOPIC

_READ: Final = "READ"
_WRITE: Final = "WRITE"

NEEDS: Final[Mapping[str, tuple[str, Sequence[str], Sequence[str]]]] = {
    DETECT: (
        DETECT_GROUP,
        (EVENTS, SESSION_CHANGELOG),
        (DETECTIONS, LEDGER_TOPIC, DEAD_LETTERS, SESSION_CHANGELOG),
    ),
    LEDGER: (
        LEDGER_GROUP,
        (LEDGER_TOPIC, LEDGER_CHANGELOG),
        (DETECTIONS, EVENTS, DEAD_LETTERS, LEDGER_CHANGELOG),
    ),
    LAND: (LAND_GROUP, (EVENTS, DETECTIONS, DEAD_LETTERS), (DEAD_LETTERS,)),
}
"""Of each role: its group, what it reads and what it writes."""


def check_access(kafka: KafkaConnection | str, roles: Iterable[str]) -> None:
    """Return when the user may do all that the roles do, as far as the broker tells.

    Raises:
        UnreachableError: no broker answers.
        FixloopError: a right is missing; it is named.
    """
    connection = KafkaConnection.of(kafka)
    with opened_admin(connection) as admin:
        allowed = {topic["name"]: topic.get("authorized_operations") for topic in admin.describe_topics()}
        lacking = [
            right
            for role in roles
            for right in (
                *_lacking(allowed, _READ, NEEDS[role][1]),
                *_lacking(allowed, _WRITE, NEEDS[role][2]),
                *_lacking_group(admin, NEEDS[role][0]),
            )
        ]
    if lacking:
        raise FixloopError(
            f"Kafka at {connection.bootstrap} does not allow {', '.join(dict.fromkeys(lacking))} to "
            f"{connection.username or 'who gives no name'!r}. docs/operations.md lists the rights that fixloop needs."
        )


def _lacking(
    allowed: Mapping[str, Sequence[str] | None], operation: str, topics: Iterable[str]
) -> Iterable[str]:
    for topic in topics:
        operations = allowed.get(topic)
        # A broker that does not tell, as it was before Kafka 2.3, is asked no further.
        if operations and operation not in operations:
            yield f"{operation.capitalize()} on the topic {topic}"


def _lacking_group(admin: Any, group: str) -> Iterable[str]:
    from kafka import errors

    try:
        operations = admin.describe_groups([group])[group].get("authorized_operations")
    except errors.GroupAuthorizationFailedError:
        operations = ["none"]
    except errors.KafkaError:
        # Nobody has been in the group yet, or the topic of the groups is only now made.
        operations = None
    if operations and _READ not in operations:
        yield f"Read on the group {group}"

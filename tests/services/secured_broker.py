"""A real Kafka broker that lets nobody in without TLS, a user and rights, with certificates made for it alone."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
)

from fixloop.kafka_connection import KafkaConnection, Security
from tests.services.errors import program
from tests.services.kafka_broker import start_broker

INSTALL_OPENSSL = "Install OpenSSL (Debian: apt-get install openssl)."
ADMIN, USER = "admin", "fixloop"

# Brokers of one cluster talk among themselves on a port of their own, which a real one would keep in a network of its own.
_SETTINGS = """
listeners=BROKER://127.0.0.1:{{broker}},INTERNAL://127.0.0.1:{{internal}},CONTROLLER://127.0.0.1:{{controller}}
advertised.listeners=BROKER://127.0.0.1:{{broker}},INTERNAL://127.0.0.1:{{internal}}
listener.security.protocol.map=BROKER:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=INTERNAL
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.broker.scram-sha-512.sasl.jaas.config=\\
  org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={certificates}/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location={certificates}/ca.pem
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:admin
"""


@dataclass(frozen=True, slots=True)
class SecuredBroker:
    """Where it is, and how its two users come in."""

    admin: KafkaConnection
    """May do everything."""
    user: KafkaConnection
    """May do what it is allowed to, at first nothing."""

    def allow(self, resource: ResourceType, prefix: str, *operations: ACLOperation) -> None:
        """Let the user do that with everything whose name begins so."""
        self._change(resource, prefix, operations, granted=True)

    def forbid(self, resource: ResourceType, prefix: str, *operations: ACLOperation) -> None:
        """Take a right away that was given."""
        self._change(resource, prefix, operations, granted=False)

    def _change(
        self, resource: ResourceType, prefix: str, operations: Sequence[ACLOperation], *, granted: bool
    ) -> None:
        pattern = ResourcePattern(resource, prefix, ACLResourcePatternType.PREFIXED)
        rights = [
            ACL(f"User:{USER}", "*", operation, ACLPermissionType.ALLOW, pattern) for operation in operations
        ]
        with KafkaAdminClient(**self.admin.client_options()) as client:
            answer = client.create_acls(rights) if granted else client.delete_acls(rights)
        assert answer


@contextmanager
def secured_broker(directory: Path) -> Iterator[SecuredBroker]:
    """Such a broker; SASL_SSL with SCRAM-SHA-512, and rights for nobody but `admin`."""
    certificates = directory / "certificates"
    make_certificates(certificates)
    users = [f"SCRAM-SHA-512=[name={name},password={name}-password]" for name in (ADMIN, USER)]
    with start_broker(directory / "kafka", _SETTINGS.format(certificates=certificates), users) as broker:
        admin, user = (
            KafkaConnection(
                broker.bootstrap,
                Security.SASL_SSL,
                ca_file=certificates / "ca.pem",
                username=name,
                password=f"{name}-password",
            )
            for name in (ADMIN, USER)
        )
        yield SecuredBroker(admin, user)


def make_certificates(directory: Path) -> None:
    """An authority (`ca.pem`), and the key and certificate of a broker on 127.0.0.1 that it signed (`broker.pem`)."""
    directory.mkdir(parents=True)
    key = ("-newkey", "rsa:2048", "-noenc", "-sha256", "-days", "2")
    _openssl(directory, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority")
    _openssl(
        directory,
        *("req", "-x509", *key, "-keyout", "broker.key", "-out", "broker.crt", "-subj", "/CN=broker"),
        *("-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1"),
        *("-addext", "basicConstraints=critical,CA:FALSE"),
    )
    both = (directory / "broker.key").read_text() + (directory / "broker.crt").read_text()
    (directory / "broker.pem").write_text(both)


def _openssl(directory: Path, *arguments: str) -> None:
    command = [program("openssl", INSTALL_OPENSSL), *arguments]
    subprocess.run(command, cwd=directory, capture_output=True, check=True)

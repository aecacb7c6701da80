"""How Kafka is reached, the same for every client: where, with which encryption, and as whom. Standard library only."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from fixloop.errors import UsageError
from fixloop.settings_sources import Sources

if TYPE_CHECKING:
    import ssl

DEFAULT_BOOTSTRAP: Final = "127.0.0.1:9092"

Choice = TypeVar("Choice", bound=StrEnum)


class Security(StrEnum):
    """What is under Kafka's protocol."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def encrypted(self) -> bool:
        """Whether TLS is."""
        return self in (Security.SSL, Security.SASL_SSL)

    @property
    def with_user(self) -> bool:
        """Whether a user name and a password are asked for."""
        return self in (Security.SASL_PLAINTEXT, Security.SASL_SSL)


class Mechanism(StrEnum):
    """How user name and password are shown to the broker."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"


@dataclass(frozen=True, slots=True)
class KafkaConnection:
    """Where the brokers are, and how to come in."""

    bootstrap: str = DEFAULT_BOOTSTRAP
    """Comma-separated `host:port`."""
    security: Security = Security.PLAINTEXT
    ca_file: Path | None = None
    """The authorities that sign brokers, in PEM; None: the system's."""
    certificate_file: Path | None = None
    """Our certificate and its chain, in PEM, where the broker asks for one."""
    key_file: Path | None = None
    """Its key, in PEM, unencrypted; None: it is beside the certificate, in the same file."""
    mechanism: Mechanism = Mechanism.SCRAM_SHA_512
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, kafka: "KafkaConnection | str") -> "KafkaConnection":
        """The connection; brokers alone are ones without encryption and users."""
        return cls(kafka) if isinstance(kafka, str) else kafka

    @classmethod
    def from_sources(cls, sources: Sources) -> "KafkaConnection":
        """The connection that the settings ask for.

        Raises:
            UsageError: a value is not what its variable can hold, or one that belongs to another is missing.
        """
        connection = cls(
            bootstrap=sources.text("FIXLOOP_KAFKA") or DEFAULT_BOOTSTRAP,
            security=_one_of(Security, sources, "FIXLOOP_KAFKA_SECURITY", Security.PLAINTEXT),
            ca_file=_file(sources, "FIXLOOP_KAFKA_CA_FILE"),
            certificate_file=_file(sources, "FIXLOOP_KAFKA_CERTIFICATE_FILE"),
            key_file=_file(sources, "FIXLOOP_KAFKA_KEY_FILE"),
            mechanism=_one_of(Mechanism, sources, "FIXLOOP_KAFKA_MECHANISM", Mechanism.SCRAM_SHA_512),
            username=sources.text("FIXLOOP_KAFKA_USERNAME"),
            password=sources.secret("FIXLOOP_KAFKA_PASSWORD"),
        )
        connection._refuse_halves()
        return connection

    @property
    def servers(self) -> list[str]:
        """The brokers to begin with, each as `host:port`."""
        return [server.strip() for server in self.bootstrap.split(",") if server.strip()]

    def at(self, bootstrap: str | None) -> "KafkaConnection":
        """The same at other brokers; None: at these."""
        return replace(self, bootstrap=bootstrap) if bootstrap else self

    def tls(self) -> "ssl.SSLContext | None":
        """What both clients need for TLS; None where there is none.

        Raises:
            UsageError: a certificate or key cannot be read.
        """
        if not self.security.encrypted:
            return None
        import ssl  # hooks read settings too, and wait for no TLS

        variable = "FIXLOOP_KAFKA_CA_FILE"
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
            variable = "FIXLOOP_KAFKA_CERTIFICATE_FILE or FIXLOOP_KAFKA_KEY_FILE"
            if self.certificate_file:
                # Without a password to give, an encrypted key would be asked for on the terminal.
                context.load_cert_chain(self.certificate_file, self.key_file, password="")
        except (OSError, ValueError) as error:
            raise UsageError(f"{variable} is no usable PEM file: {error}") from error
        return context

    def client_options(self) -> dict[str, Any]:
        """The options with which each client of kafka-python is made. Raises as `tls`."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.servers,
            "security_protocol": self.security.value,
        }
        if self.security.encrypted:
            options["ssl_context"] = self.tls()
        if self.security.with_user:
            options |= {
                "sasl_mechanism": self.mechanism.value,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return options

    def _refuse_halves(self) -> None:
        """Raise `UsageError` for what would be sent nowhere, or is missing where it is needed."""
        if self.security.with_user and not (self.username and self.password):
            raise UsageError(
                f"FIXLOOP_KAFKA_SECURITY={self.security} needs FIXLOOP_KAFKA_USERNAME and FIXLOOP_KAFKA_PASSWORD, "
                "or FIXLOOP_KAFKA_PASSWORD_FILE."
            )
        if not self.security.with_user and (self.username or self.password):
            raise UsageError(
                f"FIXLOOP_KAFKA_SECURITY={self.security} sends no user name or password: set it to SASL_SSL."
            )
        if not self.security.encrypted and (self.ca_file or self.certificate_file):
            raise UsageError(
                f"FIXLOOP_KAFKA_SECURITY={self.security} encrypts nothing, so that certificates mean nothing: "
                "set it to SSL or SASL_SSL."
            )


def _file(sources: Sources, variable: str) -> Path | None:
    named = sources.text(variable)
    return Path(named).expanduser() if named else None


def _one_of(choices: type[Choice], sources: Sources, variable: str, default: Choice) -> Choice:
    text = sources.text(variable)
    if text is None:
        return default
    try:
        return choices(text.upper())
    except ValueError:
        raise UsageError(f"{variable} has to be one of {', '.join(choices)}, not {text!r}.") from None

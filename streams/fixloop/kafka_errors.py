"""What kafka-python raises, as one sentence that says what to do."""

import socket
from typing import Final

from fixloop.errors import FixloopError, UnreachableError
from fixloop.kafka_connection import KafkaConnection

_TLS_SECONDS: Final = 5.0


def in_words(kafka: KafkaConnection, error: BaseException, topic: str | None = None) -> FixloopError:
    """The error to raise instead.

    Args:
        kafka: what the client was made with.
        error: what it raised.
        topic: what the client was asked for, where that may be what is missing.
    """
    from kafka import errors

    at = f"Kafka at {kafka.bootstrap}"
    refused_users = (
        errors.SaslAuthenticationFailedError,
        errors.UnsupportedSaslMechanismError,
        errors.IllegalSaslStateError,
    )
    if isinstance(error, refused_users):
        return FixloopError(
            f"{at} does not let {kafka.username!r} in by {kafka.mechanism}: check FIXLOOP_KAFKA_USERNAME, "
            "FIXLOOP_KAFKA_PASSWORD and FIXLOOP_KAFKA_MECHANISM."
        )
    if isinstance(error, errors.AuthorizationError):
        return FixloopError(
            f"{at} does not allow this to {kafka.username or 'who comes without a name'!r}: {type(error).__name__}. "
            "docs/operations.md lists the rights that fixloop needs."
        )
    if isinstance(error, errors.UnknownTopicOrPartitionError) or (
        topic and isinstance(error, errors.KafkaTimeoutError)
    ):
        place = f"the topic {topic!r}" if topic else "a topic"
        return UnreachableError(
            f"{at} does not have {place}, or does not answer for it. Create it with: fixloop topics apply"
        )
    if isinstance(error, (errors.KafkaTimeoutError, errors.RetriableError, OSError)):
        refused = _tls_refused(kafka)
        if refused:
            return FixloopError(
                f"{at} shows a certificate that is not trusted, or trusts not ours: {refused}."
            )
        return UnreachableError(
            f"No Kafka broker answers at {kafka.bootstrap} ({type(error).__name__}). "
            "Start one, or name another with --kafka or FIXLOOP_KAFKA."
        )
    return FixloopError(f"{at} refuses: {type(error).__name__}: {error}")


def _tls_refused(kafka: KafkaConnection) -> str | None:
    """Why TLS does not come about with the first broker that answers: the client keeps that to itself, and goes on trying."""
    context = kafka.tls()
    if context is None:
        return None
    import ssl

    for server in kafka.servers:
        host, _, port = server.rpartition(":")
        try:
            with (
                socket.create_connection((host.strip("[]"), int(port)), timeout=_TLS_SECONDS) as plain,
                context.wrap_socket(plain, server_hostname=host.strip("[]")) as encrypted,
            ):
                # A broker says only afterwards that it does not trust us.
                encrypted.settimeout(0.5)
                encrypted.recv(1)
        except ssl.SSLCertVerificationError as error:
            return f"{error.verify_message} (FIXLOOP_KAFKA_CA_FILE)"
        except TimeoutError:
            return None
        except ssl.SSLError as error:
            return f"{error.reason}"
        except (OSError, ValueError):
            continue
        return None
    return None

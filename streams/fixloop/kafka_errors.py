"""What kafka-python raises, as one sentence that says what to do."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from fixloop.errors import FixloopError, UnreachableError
from fixloop.kafka_connection import KafkaConnection

_MOST_HEARD: Final = 100
_LOGGER: Final = "kafka"
_USER_VARIABLES: Final = "FIXLOOP_KAFKA_USERNAME, FIXLOOP_KAFKA_PASSWORD and FIXLOOP_KAFKA_MECHANISM"


@contextmanager
def explained(kafka: KafkaConnection) -> Iterator[None]:
    """Raise what a client raises inside as ours, above all while it comes in: why it is not let in it says in its log alone.

    Raises:
        UnreachableError: no broker answers.
        FixloopError: the broker lets us not in, or refuses what was asked.
    """
    from kafka.errors import KafkaError

    heard = _Heard()
    # With a handler of its own the client prints no warning for each try at an absent broker.
    logging.getLogger(_LOGGER).addHandler(heard)
    try:
        yield
    except (KafkaError, OSError, ValueError) as error:
        raise (_not_let_in(kafka, heard.errors) or in_words(kafka, error)) from error
    finally:
        logging.getLogger(_LOGGER).removeHandler(heard)


def in_words(kafka: KafkaConnection, error: BaseException, topic: str | None = None) -> FixloopError:
    """The error to raise instead of a client's.

    Args:
        kafka: what the client was made with.
        error: what it raised.
        topic: what it was asked for, where that may be what is missing.
    """
    from kafka import errors

    at = f"Kafka at {kafka.bootstrap}"
    # Who may make a topic and not see it waits for it in vain.
    if isinstance(error, errors.AuthorizationError) or "AuthorizationFailedError" in str(error):
        return FixloopError(
            f"{at} does not allow this to {_user(kafka)} ({type(error).__name__}): docs/operations.md lists the rights that fixloop needs."
        )
    if isinstance(error, errors.UnknownTopicOrPartitionError) or (
        topic and isinstance(error, errors.KafkaTimeoutError)
    ):
        place = f"the topic {topic!r}" if topic else "a topic"
        return UnreachableError(
            f"{at} does not have {place}, or does not answer for it. Create it with: fixloop topics apply"
        )
    if isinstance(error, (errors.KafkaTimeoutError, errors.RetriableError, OSError)):
        return nobody_answers(kafka, error)
    return FixloopError(f"{at} refuses: {type(error).__name__}: {error}")


def nobody_answers(kafka: KafkaConnection, error: BaseException) -> UnreachableError:
    """The error to raise when no broker is there, whatever a client says of it."""
    return UnreachableError(
        f"No Kafka broker answers at {kafka.bootstrap} ({type(error).__name__}). "
        "Start one, or name another with --kafka or FIXLOOP_KAFKA."
    )


class _Heard(logging.Handler):
    """The errors of which a client tells its log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple) and len(self.errors) < _MOST_HEARD:
            self.errors += [one for one in record.args if isinstance(one, BaseException)]


def _not_let_in(kafka: KafkaConnection, heard: list[BaseException]) -> FixloopError | None:
    """Why the door is closed, where a client has said so; None when it is not."""
    from kafka import errors

    at = f"Kafka at {kafka.bootstrap}"
    for error in heard:
        if isinstance(error, (errors.SaslAuthenticationFailedError, errors.UnsupportedSaslMechanismError)):
            return FixloopError(
                f"{at} does not let {_user(kafka)} in by {kafka.mechanism}: check {_USER_VARIABLES}."
            )
    reasons = [said for said in map(str, heard) if "Unable to bootstrap" not in said]
    for said in reasons:
        if "CERTIFICATE_VERIFY_FAILED" in said:
            return FixloopError(
                f"{at} has a certificate that is not trusted: check FIXLOOP_KAFKA_CA_FILE. ({said.partition('verify failed: ')[2]})"
            )
        if "Handshake failed" in said or "[SSL" in said:
            return FixloopError(
                f"{at} and we do not come to terms about TLS: check FIXLOOP_KAFKA_SECURITY and FIXLOOP_KAFKA_CERTIFICATE_FILE. ({said})"
            )
    if any("socket disconnected" in said for said in reasons):
        # A broker that refuses a user may be gone before its answer is read.
        users = f", {_USER_VARIABLES}" if kafka.security.with_user else ""
        return UnreachableError(
            f"Who listens at {kafka.bootstrap} hangs up: check FIXLOOP_KAFKA_SECURITY, which is {kafka.security}{users}."
        )
    return None


def _user(kafka: KafkaConnection) -> str:
    return repr(kafka.username) if kafka.username else "who gives no name"

"""The settings that every command reads, emitters included: the environment and one file, read once, into one frozen value.

Standard library only. The worker has more of them (`workers/tunables.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fixloop.emitter_settings import capture_level, spool_directory
from fixloop.errors import UsageError
from fixloop.kafka_connection import KafkaConnection
from fixloop.settings_sources import Sources, home
from fixloop_schemas.vocabulary import CaptureLevel

DEFAULT_ALERT_THRESHOLD = 0.6
"""Detections of an alerting kind at or above this confidence alert."""

VARIABLES: Final = (
    "FIXLOOP_KAFKA",
    "FIXLOOP_KAFKA_SECURITY",
    "FIXLOOP_KAFKA_CA_FILE",
    "FIXLOOP_KAFKA_CERTIFICATE_FILE",
    "FIXLOOP_KAFKA_KEY_FILE",
    "FIXLOOP_KAFKA_MECHANISM",
    "FIXLOOP_KAFKA_USERNAME",
    "FIXLOOP_KAFKA_PASSWORD",
    "FIXLOOP_CLICKHOUSE_DSN",
    "FIXLOOP_DATA",
    "FIXLOOP_SPOOL",
    "FIXLOOP_DIGEST_KEY",
    "FIXLOOP_LEVEL",
    "FIXLOOP_ALLOW",
    "FIXLOOP_DENY",
    "FIXLOOP_ALERT_THRESHOLD",
)
SECRETS: Final = ("FIXLOOP_KAFKA_PASSWORD", "FIXLOOP_CLICKHOUSE_DSN", "FIXLOOP_DIGEST_KEY")
"""Never shown; each may be in a file of its own, which `FIXLOOP_KAFKA_PASSWORD_FILE`, `FIXLOOP_CLICKHOUSE_DSN_FILE` or
`FIXLOOP_DIGEST_KEY_FILE` names."""

_KEYS: Final = (*VARIABLES, *(f"{secret}_FILE" for secret in SECRETS))


@dataclass(frozen=True, slots=True)
class Settings:
    """What commands need, with defaults for one machine."""

    kafka: KafkaConnection
    """`FIXLOOP_KAFKA` and all that begins with it."""
    clickhouse_dsn: str | None = field(repr=False)
    """`FIXLOOP_CLICKHOUSE_DSN`: `clickhouse://user:password@host:8123/database` or `chdb:///directory`; default: the data directory."""
    data_directory: Path
    """`FIXLOOP_DATA`: where the embedded store lives; default `$XDG_DATA_HOME/fixloop`."""
    spool_directory: Path
    """`FIXLOOP_SPOOL`, as emitters have it."""
    alert_threshold: float
    """`FIXLOOP_ALERT_THRESHOLD`: confidence from which a detection alerts; default 0.6."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """What `environment` says, and the file that belongs to it.

        Raises:
            UsageError: a value is not what its variable can hold, that of an emitter's level too, or the file has a key that is no setting.
        """
        sources = Sources.of(environment)
        sources.refuse_unknown(_KEYS)
        capture_level(sources.text("FIXLOOP_LEVEL") or CaptureLevel.DIGESTS)
        data = sources.text("FIXLOOP_DATA")
        return cls(
            kafka=KafkaConnection.from_sources(sources),
            clickhouse_dsn=sources.secret("FIXLOOP_CLICKHOUSE_DSN"),
            data_directory=Path(data or home(environment, "XDG_DATA_HOME", ".local/share") / "fixloop"),
            spool_directory=spool_directory(sources),
            alert_threshold=_fraction(sources, "FIXLOOP_ALERT_THRESHOLD", DEFAULT_ALERT_THRESHOLD),
        )


def _fraction(sources: Sources, variable: str, default: float) -> float:
    text = sources.text(variable)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UsageError(f"{variable} has to be a number from 0 to 1, not {text!r}.")
    return value

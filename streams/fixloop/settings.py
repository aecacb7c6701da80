"""Settings: the environment, read once, into one frozen value. Every variable begins with `FIXLOOP_`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fixloop.errors import UsageError

DEFAULT_ALERT_THRESHOLD = 0.6
"""Detections of an alerting kind at or above this confidence alert."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says, with defaults for one machine."""

    kafka_bootstrap: str
    """`FIXLOOP_KAFKA`: comma-separated `host:port`; default `127.0.0.1:9092`."""
    clickhouse_dsn: str | None
    """`FIXLOOP_CLICKHOUSE_DSN`: `clickhouse://user:password@host:8123/database` or `chdb:///directory`; default: the data directory."""
    data_directory: Path
    """`FIXLOOP_DATA`: where the embedded store lives; default `$XDG_DATA_HOME/fixloop`."""
    spool_directory: Path
    """`FIXLOOP_SPOOL`: where emitters write; default `$XDG_STATE_HOME/fixloop/spool`."""
    digest_key: bytes | None
    """`FIXLOOP_DIGEST_KEY`: the organisation's key; without one, a key of this machine is made beside the spool."""
    alert_threshold: float
    """`FIXLOOP_ALERT_THRESHOLD`: confidence from which a detection alerts; default 0.6."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings that `environment` asks for.

        Raises:
            UsageError: a value is not what its variable can hold.
        """
        home = Path(environment.get("HOME", "~")).expanduser()
        data_home = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
        state_home = Path(environment.get("XDG_STATE_HOME") or home / ".local/state")
        key = environment.get("FIXLOOP_DIGEST_KEY")
        return cls(
            kafka_bootstrap=environment.get("FIXLOOP_KAFKA") or "127.0.0.1:9092",
            clickhouse_dsn=environment.get("FIXLOOP_CLICKHOUSE_DSN") or None,
            data_directory=Path(environment.get("FIXLOOP_DATA") or data_home / "fixloop"),
            spool_directory=Path(environment.get("FIXLOOP_SPOOL") or state_home / "fixloop/spool"),
            digest_key=key.encode() if key else None,
            alert_threshold=_fraction(environment, "FIXLOOP_ALERT_THRESHOLD", DEFAULT_ALERT_THRESHOLD),
        )


def _fraction(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UsageError(f"{name} has to be a number from 0 to 1, not {text!r}.")
    return value

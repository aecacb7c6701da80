"""Print every setting, its value, and where it comes from.

An option of a command comes before the environment, the environment before the file. Secrets are not printed.

Examples:
  fixloop config
  fixloop config --json
  FIXLOOP_CONFIG=./config.toml fixloop config
"""

import argparse
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from fixloop.emitter_settings import EmitterSettings
from fixloop.settings import SECRETS, VARIABLES, Settings
from fixloop.settings_sources import Sources

_HIDDEN = "***"
_PASSWORD = re.compile(r"(?<=:)[^:@/]*(?=@)")


@dataclass(frozen=True, slots=True)
class _Shown:
    """One setting."""

    setting: str
    value: str | float | None
    origin: str


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop config`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Print the settings."""
    import pydantic_settings  # noqa: F401 -- its absence is said before anything else

    sources = Sources.of(os.environ)
    shown = [*_of_everybody(sources), *_of_the_worker(sources)]
    if arguments.json:
        document = {
            "file": str(sources.path) if sources.path else None,
            "settings": [asdict(one) for one in shown],
        }
        print(json.dumps(document, indent=2))
        return 0
    from fixloop.board.tables import result_table
    from fixloop.cli.output import show, symbols

    print(f"file: {sources.path or 'none'}\n")
    rows = [(one.setting, "-" if one.value is None else str(one.value), one.origin) for one in shown]
    show(result_table(("setting", "value", "from"), rows, symbols(), max_value=120))
    return 0


def _of_everybody(sources: Sources) -> Iterator[_Shown]:
    settings = Settings.from_environment(sources.environment)
    kafka = settings.kafka
    dsn = settings.clickhouse_dsn
    emitter = EmitterSettings.from_environment(sources.environment)
    values = {
        "FIXLOOP_KAFKA": kafka.bootstrap,
        "FIXLOOP_KAFKA_SECURITY": kafka.security,
        "FIXLOOP_KAFKA_CA_FILE": kafka.ca_file,
        "FIXLOOP_KAFKA_CERTIFICATE_FILE": kafka.certificate_file,
        "FIXLOOP_KAFKA_KEY_FILE": kafka.key_file,
        "FIXLOOP_KAFKA_MECHANISM": kafka.mechanism,
        "FIXLOOP_KAFKA_USERNAME": kafka.username,
        "FIXLOOP_KAFKA_PASSWORD": kafka.password and _HIDDEN,
        "FIXLOOP_CLICKHOUSE_DSN": dsn and _PASSWORD.sub(_HIDDEN, dsn),
        "FIXLOOP_DATA": settings.data_directory,
        "FIXLOOP_SPOOL": settings.spool_directory,
        "FIXLOOP_DIGEST_KEY": emitter.digest_key and _HIDDEN,
        "FIXLOOP_LEVEL": emitter.level,
        "FIXLOOP_ALLOW": ",".join(emitter.allow) or None,
        "FIXLOOP_DENY": ",".join(emitter.deny) or None,
        "FIXLOOP_ALERT_THRESHOLD": settings.alert_threshold,
    }
    for variable in VARIABLES:
        origin = sources.origin(variable, secret=variable in SECRETS)
        yield _Shown(variable, _plain(values[variable]), origin)


def _of_the_worker(sources: Sources) -> Iterator[_Shown]:
    from fixloop.workers.tunables import Tunables, origin, variable_of

    tunables = Tunables.read()
    for name in Tunables.model_fields:
        yield _Shown(variable_of(name), _plain(getattr(tunables, name)), origin(name, sources))


def _plain(value: object) -> str | float | None:
    return value if value is None or isinstance(value, int | float) else str(value)

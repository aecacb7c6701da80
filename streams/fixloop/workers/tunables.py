"""The worker's own settings: options before the environment, that before the table `[worker]` of the file.

What other commands read too is in `fixloop.settings`, and only there.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, Self

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from fixloop.errors import UsageError
from fixloop.settings_sources import PREFIX, WORKER_TABLE, Origin, Sources


def _address(text: str) -> str:
    _, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65_536):
        raise ValueError(f"{text!r} is no [HOST:]PORT")
    return text


Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Address = Annotated[str, AfterValidator(_address)]


class Tunables(BaseSettings):
    """What a worker can be told beyond where Kafka and the store are. Each field's variable is its name in capitals after `FIXLOOP_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, coerce_numbers_to_str=True
    )

    state: Path | None = Field(
        None, description="the directory of the states; none: they are read anew at each start"
    )
    checkpoint_seconds: Positive = Field(
        1.0, le=60, description="the longest time between two checkpoints, after which what was read is safe"
    )
    land_seconds: Positive = Field(
        0.5, le=60, description="the longest time that rows wait before they are inserted"
    )
    land_rows: int = Field(50_000, ge=1, le=1_000_000, description="rows that are inserted at once, at most")
    session_gap_minutes: Positive = Field(
        30.0, description="a session is closed when for so long, by its events' own time, nothing came"
    )
    bad_share: float = Field(
        0.5, ge=0, le=1, description="the share of bad messages above which a worker stops; 1: never"
    )
    bad_least: int = Field(1_000, ge=1, description="of at least so many messages")
    bad_seconds: Positive = Field(60.0, description="within so many seconds")
    metrics: Address | None = Field(
        None, description="[HOST:]PORT of /metrics, /healthz and /readyz; none: nowhere"
    )
    stuck_seconds: Positive = Field(
        30.0, description="/healthz fails when the worker has done nothing at all for so long"
    )
    most_lag: int | None = Field(
        None, ge=0, description="/readyz fails when more records than that wait; none: however many"
    )
    log_format: Literal["text", "json"] = Field("text", description="text for people, json for machines")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- a file of variables is the shell's business
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- none of them is a secret
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options, environment, file."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, _table(Sources.of(os.environ)))

    @classmethod
    def read(cls, **options: Any) -> Self:
        """What was set, the options that are not None before everything else.

        Raises:
            UsageError: a value is not what its setting can hold, or the file has a key that is no setting.
        """
        try:
            return cls(**{name: value for name, value in options.items() if value is not None})
        except ValidationError as error:
            _explain(error, Sources.of(os.environ))

    @property
    def address(self) -> tuple[str, int] | None:
        """Where `/metrics` is served; None: nowhere."""
        if self.metrics is None:
            return None
        host, _, port = self.metrics.rpartition(":")
        return host or "127.0.0.1", int(port)

    @property
    def session_gap(self) -> timedelta:
        """After how much silence a session is closed."""
        return timedelta(minutes=self.session_gap_minutes)


def origin(name: str, sources: Sources) -> Origin:
    """Where the value of a field comes from."""
    if sources.environment.get(variable_of(name)):
        return Origin.ENVIRONMENT
    return Origin.FILE if name in _table(sources) else Origin.DEFAULT


def variable_of(name: str) -> str:
    """The variable of a field."""
    return f"{PREFIX}{name.upper()}"


def _table(sources: Sources) -> dict[str, Any]:
    table = sources.file.get(WORKER_TABLE, {})
    if not isinstance(table, dict):
        raise UsageError(f"{sources.path}: {WORKER_TABLE} has to be a table.")
    return table


def _explain(error: ValidationError, sources: Sources) -> NoReturn:
    first = error.errors()[0]
    name = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        raise UsageError(
            f"{sources.path}: there is no setting {name!r} in the table [{WORKER_TABLE}]. docs/settings.md lists them."
        ) from None
    where = f"{sources.path}: {name}" if origin(name, sources) is Origin.FILE else variable_of(name)
    why = first["msg"].removeprefix("Value error, ")
    raise UsageError(f"{where} cannot be {first['input']!r}: {why}.") from None

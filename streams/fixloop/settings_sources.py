"""Where settings come from: the environment, and below it one TOML file. Standard library only, for emitters read them too.

A key of the file is a variable's name in lower case without `FIXLOOP_`: `FIXLOOP_KAFKA` is `kafka`. The worker's own settings stand in
its table `[worker]`.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from fixloop.errors import UsageError

PREFIX: Final = "FIXLOOP_"
WORKER_TABLE: Final = "worker"
EVERYBODYS_FILE: Final = Path("/etc/fixloop/config.toml")

_FILE: Final = "_FILE"


class Origin(StrEnum):
    """Where a setting's value comes from."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"


class Sources(NamedTuple):
    """The environment and the file, as they are."""

    environment: Mapping[str, str]
    path: Path | None
    """The file that was read; None: there is none."""
    file: Mapping[str, Any]

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Sources":
        """The environment, and the file that belongs to it: `FIXLOOP_CONFIG`, else the user's, else the machine's.

        Raises:
            UsageError: the file that is named is not there, or a file cannot be read.
        """
        path = _file_of(environment)
        return cls(environment, path, {} if path is None else _read(path))

    def text(self, variable: str) -> str | None:
        """What was set; None when nothing was, or the empty text.

        Raises:
            UsageError: the file has something else than a text or a number there.
        """
        if variable in self.environment:
            return self.environment[variable] or None
        value = self.file.get(_key(variable))
        if isinstance(value, bool | list | dict):
            raise UsageError(f"{self.path}: {_key(variable)} has to be a text or a number.")
        return None if value in (None, "") else str(value)

    def secret(self, variable: str) -> str | None:
        """What was set, or the content of the file that the variable with `_FILE` behind its name names.

        Raises:
            UsageError: both are set, or that file cannot be read.
        """
        place = self._nearer(variable)
        value, named = place.text(variable), place.text(variable + _FILE)
        if value and named:
            raise UsageError(f"{variable} and {variable}{_FILE} are both set: leave one of them out.")
        if not named:
            return value
        try:
            return Path(named).expanduser().read_text(encoding="utf-8").strip() or None
        except (OSError, ValueError) as error:
            raise UsageError(f"{variable}{_FILE}: {named} cannot be read: {error}") from error

    def origin(self, variable: str, *, secret: bool) -> Origin:
        """Where the value of a variable comes from; that of a secret may be in a file of its own."""
        names = (variable, variable + _FILE) if secret else (variable,)
        if any(self.environment.get(name) for name in names):
            return Origin.ENVIRONMENT
        return Origin.FILE if any(_key(name) in self.file for name in names) else Origin.DEFAULT

    def refuse_unknown(self, variables: Collection[str]) -> None:
        """Return when the file, but for the worker's table, has no other keys.

        Raises:
            UsageError: it has; the first one is named.
        """
        for key in self.file:
            if key != WORKER_TABLE and key not in map(_key, variables):
                raise UsageError(f"{self.path}: there is no setting {key!r}. docs/settings.md lists them.")

    def _nearer(self, variable: str) -> "Sources":
        """The environment alone where it says anything: what the file says beside it does not count."""
        said = any(self.environment.get(name) for name in (variable, variable + _FILE))
        return Sources(self.environment, None, {}) if said else self


def home(environment: Mapping[str, str], variable: str, default: str) -> Path:
    """A folder of the XDG base directories."""
    at_home = Path(environment.get("HOME", "~")).expanduser()
    return Path(environment.get(variable) or at_home / default)


def _key(variable: str) -> str:
    return variable.removeprefix(PREFIX).lower()


def _file_of(environment: Mapping[str, str]) -> Path | None:
    named = environment.get("FIXLOOP_CONFIG")
    if named:
        return Path(named).expanduser()
    users = home(environment, "XDG_CONFIG_HOME", ".config") / "fixloop/config.toml"
    return next((path for path in (users, EVERYBODYS_FILE) if path.is_file()), None)


def _read(path: Path) -> Mapping[str, Any]:
    import tomllib  # only who has a file waits for its reader

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"The settings in {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"{path} is no TOML: {error}.") from error

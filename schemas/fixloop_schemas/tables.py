"""The tables as data: numbered SQL files that only go forward. Standard library only.

A file that was applied anywhere never changes again; what has to change is changed by the next file. Each statement can be run twice
(`IF NOT EXISTS`), so that a migration that broke off is finished by running it again.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Final

_NAME = re.compile(r"(?P<number>[0-9]{4})_[a-z_]+\.sql")
_END_OF_STATEMENT = re.compile(r";[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file."""

    number: int
    name: str
    """The file's name."""
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, however its lines end."""
        return sha256("\n".join(self.sql.splitlines()).encode()).hexdigest()

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements in order; each ends with a semicolon at the end of a line."""
        return tuple(
            statement.strip() for statement in _END_OF_STATEMENT.split(self.sql) if statement.strip()
        )


def load() -> tuple[Migration, ...]:
    """The migrations that belong to this version, in order.

    Raises:
        ValueError: a file is named otherwise, or the numbers are not 1, 2, 3 and so on.
    """
    names = sorted(entry.name for entry in _FOLDER.iterdir() if entry.name.endswith(".sql"))
    migrations = tuple(_read(name) for name in names)
    numbers = [migration.number for migration in migrations]
    if numbers != list(range(1, len(numbers) + 1)):
        raise ValueError(f"migrations are numbered from 1 without gaps, not {numbers}")
    return migrations


def _read(name: str) -> Migration:
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"a migration is named like 0001_events.sql, not {name}")
    return Migration(int(match["number"]), name, _FOLDER.joinpath(name).read_text(encoding="utf-8"))


_FOLDER = files("fixloop_schemas").joinpath("tables")

MIGRATIONS: Final = load()
"""Every migration, in order."""

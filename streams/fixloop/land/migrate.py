"""Bring a store to this version: run the numbered SQL files that it has not completed, in order, and keep a log of it in the store.

The log says when each was started and when it was completed, so that a migration that broke off can be seen, and is run again. Every
statement can be run twice, which is also why two that migrate at once do no harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fixloop.errors import StoreError
from fixloop.land.connection import Connection
from fixloop_schemas.tables import MIGRATIONS, Migration

_LOG: Final = """
CREATE TABLE IF NOT EXISTS migrations
(
    number UInt32 COMMENT 'The number of the migration',
    name String COMMENT 'Its file',
    checksum String COMMENT 'SHA-256 of its text when it was run',
    step Enum8('started' = 1, 'completed' = 2) COMMENT 'How far it came',
    at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When'
)
ENGINE = MergeTree
ORDER BY (number, step, at)
COMMENT 'Which migrations were run here, and how far they came'
"""
_COLUMNS: Final = ("number", "name", "checksum", "step")


class State(StrEnum):
    """How far a migration came in a store."""

    PENDING = "pending"
    STARTED = "started"
    """It broke off, or another process is at it."""
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Step:
    """One migration, and how far it came."""

    migration: Migration
    state: State


def plan(store: Connection, migrations: Sequence[Migration] = MIGRATIONS) -> tuple[Step, ...]:
    """Every migration and how far it came, without changing anything.

    Raises:
        StoreError: a migration was changed after it was completed, or the store knows a newer one.
    """
    exists = store.query(
        "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'"
    )
    if exists.rows == ((0,),):
        return tuple(Step(migration, State.PENDING) for migration in migrations)
    log = store.query(
        "SELECT number, argMax(name, at), max(step) = 'completed', groupUniqArrayIf(checksum, step = 'completed') "
        "FROM migrations GROUP BY number ORDER BY number"
    )
    seen = {number: (bool(completed), checksums) for number, _, completed, checksums in log.rows}
    known = {migration.number for migration in migrations}
    newer = [name for number, name, _, _ in log.rows if number not in known]
    if newer:
        raise StoreError(
            f"The store was migrated by a newer fixloop ({newer[-1]} is not known here): upgrade this one."
        )
    return tuple(_step(migration, *seen.get(migration.number, (None, []))) for migration in migrations)


def apply(store: Connection, migrations: Sequence[Migration] = MIGRATIONS) -> tuple[Migration, ...]:
    """Run what is not completed; returns what was run. Raises as `plan`, and whatever a statement meets."""
    store.run(_LOG)
    todo = tuple(step.migration for step in plan(store, migrations) if step.state is not State.COMPLETED)
    for migration in todo:
        _record(store, migration, State.STARTED)
        for statement in migration.statements:
            store.run(statement)
        _record(store, migration, State.COMPLETED)
    return todo


def _step(migration: Migration, completed: bool | None, checksums: Sequence[str]) -> Step:
    if completed and list(checksums) != [migration.checksum]:
        raise StoreError(
            f"The migration {migration.name} was changed after it was applied to this store: restore the file, "
            "and put the change into a new one."
        )
    return Step(
        migration, State.PENDING if completed is None else State.COMPLETED if completed else State.STARTED
    )


def _record(store: Connection, migration: Migration, state: State) -> None:
    store.insert(
        "migrations", _COLUMNS, [(migration.number, migration.name, migration.checksum, state.value)]
    )

import re

import pytest

from fixloop.land.columns import COLUMNS
from fixloop_schemas.tables import MIGRATIONS, Migration

STATEMENTS = [
    pytest.param(statement, id=f"{migration.name}-{place}")
    for migration in MIGRATIONS
    for place, statement in enumerate(migration.statements)
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_can_be_run_twice(statement: str) -> None:
    """A migration that broke off is run again from its first statement."""
    code = "\n".join(line for line in statement.splitlines() if not line.startswith("--")).strip()
    assert re.match(
        r"CREATE (TABLE|VIEW) IF NOT EXISTS \w+\b|CREATE OR REPLACE VIEW \w+\b|ALTER TABLE \w+\s+ADD COLUMN IF NOT EXISTS \w+\b",
        code,
    )


@pytest.mark.parametrize("statement", STATEMENTS)
def test_everything_says_what_it_is(statement: str) -> None:
    """Each table, view and column of a table has a comment."""
    assert re.search(r"^COMMENT '", statement, re.MULTILINE)
    columns = (
        re.findall(r"^    (\w+ [A-Z].*)$", statement, re.MULTILINE) if "CREATE TABLE" in statement else []
    )
    assert [] == [column for column in columns if " COMMENT '" not in column]


def test_no_table_has_what_the_insert_decides() -> None:
    """The same event gives the same row whenever it is written, so that no column has a default and no engine asks the clock."""
    assert [] == [
        one.name for one in MIGRATIONS if re.search(r"\b(now|now64|DEFAULT|MATERIALIZED|rand)\b", one.sql)
    ]


def test_every_table_of_rows_is_described() -> None:
    """Rows are made for the tables of the migrations and no others."""
    tables = {name for one in MIGRATIONS for name in re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", one.sql)}
    assert tables == set(COLUMNS)


def test_statements_end_at_a_semicolon_at_the_end_of_a_line() -> None:
    """A semicolon inside a line, as in a comment, ends nothing."""
    migration = Migration(1, "0001_x.sql", "-- a; b\nCREATE TABLE a (x Int8);\n\nCREATE TABLE b\n(y Int8);\n")
    assert migration.statements == ("-- a; b\nCREATE TABLE a (x Int8)", "CREATE TABLE b\n(y Int8)")


def test_the_checksum_does_not_depend_on_line_ends() -> None:
    """A checkout with other line ends is the same migration; another text is not."""
    assert Migration(1, "a", "x\ny\n").checksum == Migration(1, "a", "x\r\ny\r\n").checksum
    assert Migration(1, "a", "x\ny\n").checksum != Migration(1, "a", "x\nz\n").checksum

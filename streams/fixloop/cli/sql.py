"""Ask the store a question in SQL.

The views are events, edits, test_runs, test_results, detections, detection_versions and dead_letters; docs/sql.md describes them.
While `fixloop up` or a worker has the store open, that process is asked. Only questions are answered: nothing can be changed.

Examples:
  fixloop sql "SELECT kind, status, count() FROM detections GROUP BY ALL ORDER BY ALL"
  fixloop sql "SELECT * FROM detections WHERE alerting" --format json
  fixloop sql "DESCRIBE detections"
"""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fixloop.cli.asked_store import asked_store
from fixloop.errors import UsageError
from fixloop.settings import Settings

if TYPE_CHECKING:
    from fixloop.land.store import Result

FORMATS: Final = ("table", "csv", "json")


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("sql", metavar="SQL", help="the question; - reads it from the standard input")
    parser.add_argument(
        "--format", choices=FORMATS, default="table", help="how to print the answer (default: table)"
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="the directory of the store (default: FIXLOOP_CLICKHOUSE_DSN, else FIXLOOP_DATA, else ~/.local/share/fixloop)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the answer."""
    sql = sys.stdin.read() if arguments.sql == "-" else arguments.sql
    if not sql.strip():
        raise UsageError('There is no question: fixloop sql "SELECT ...".')
    with asked_store(arguments.data, Settings.from_environment(os.environ)) as (ask, _):
        answer = ask(sql)
    _print(answer, arguments.format)
    return 0


def _print(result: "Result", form: str) -> None:
    from fixloop.cli import answers
    from fixloop.cli.output import show, symbols

    if form == "json":
        print(answers.as_json(result))
    elif form == "csv":
        print(answers.as_csv(result), end="")
    else:
        show(answers.as_table(result, symbols(), cut=sys.stdout.isatty()))

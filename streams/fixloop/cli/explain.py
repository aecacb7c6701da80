"""Tell all of one session: its timeline, its bugs, and for each detection what speaks for and against it.

SESSION is the whole id of a session, or an end or a part of it that no other has. The session comes from the store, as for
`fixloop sql`, or with --events from event files or recorded sessions. Files have their names where this machine knows them.

Examples:
  fixloop explain 4f1c2d
  fixloop explain 4f1c2d --json | jq '.detections[] | {kind, status, confidence}'
  fixloop explain pytest-6197 --events recordings/
"""

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from fixloop.cli.asked_store import asked_store
from fixloop.errors import UsageError
from fixloop.settings import Settings

if TYPE_CHECKING:
    from fixloop.workers.explain import Explanation


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop explain`."""
    parser.add_argument("session", metavar="SESSION", help="a session's id, or an end or a part of it")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="the directory of the store (default: FIXLOOP_CLICKHOUSE_DSN, else FIXLOOP_DATA, else ~/.local/share/fixloop)",
    )
    parser.add_argument(
        "--events",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="read event files, or folders of them, instead of the store",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document (docs/explain.md)")


def run(arguments: argparse.Namespace) -> int:
    """Print the session."""
    from fixloop.cli import explanations
    from fixloop.cli.output import show, symbols, width
    from fixloop.workers.explain import file_names

    if not arguments.session:
        raise UsageError("There is no session: fixloop explain SESSION.")
    settings = Settings.from_environment(os.environ)
    explanation = _explanation(arguments, settings)
    name_of = file_names(settings.spool_directory)
    if arguments.json:
        print(json.dumps(explanations.as_json(explanation, name_of), ensure_ascii=False, indent=2))
    else:
        show(explanations.as_lines(explanation, name_of, symbols(), width()))
    return 0


def _explanation(arguments: argparse.Namespace, settings: Settings) -> "Explanation":
    from fixloop.workers.explain import explain_from_files, explain_from_store

    if not arguments.events:
        with asked_store(arguments.data, settings) as (ask, where):
            return explain_from_store(ask, arguments.session, where)
    if arguments.data:
        raise UsageError("--data names a store, and --events reads none: leave one of them out.")
    return explain_from_files(arguments.events, arguments.session)

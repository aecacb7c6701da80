"""Say how things stand: open sessions and bugs, laps, the newest detections, and how far the spool is read.

While `fixloop up` runs, it is asked; otherwise the store is opened. What is not here is left out: without the store the spool alone
is told of. docs/status.md says what is in the document that --json prints.

Examples:
  fixloop status
  fixloop status --json | jq '.store.bugs_open'
"""

import argparse
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fixloop.errors import StoreError, StoreLockedError
from fixloop.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop status`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document (docs/status.md)")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="the directory of the store (default: FIXLOOP_CLICKHOUSE_DSN, else FIXLOOP_DATA, else ~/.local/share/fixloop)",
    )
    parser.add_argument("--spool", type=Path, metavar="DIR", help="the spool (default: FIXLOOP_SPOOL)")


def run(arguments: argparse.Namespace) -> int:
    """Print the status."""
    settings = Settings.from_environment(os.environ)
    document = _document(arguments, settings)
    if arguments.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for line in _lines(document):
            print(line)
    return 0


def _document(arguments: argparse.Namespace, settings: Settings) -> Mapping[str, Any]:
    from fixloop.cli.asked_store import asked_store
    from fixloop.land.store import directory_of
    from fixloop.land.store_socket import ask_status
    from fixloop.workers.status import status

    spool = arguments.spool or settings.spool_directory
    directory = arguments.data or settings.data_directory
    if arguments.data is None and settings.clickhouse_dsn:
        directory = directory_of(settings.clickhouse_dsn)
    if directory is not None and not (directory / "metadata").is_dir():
        return status(None, spool, settings.alert_threshold)
    try:
        answer = None if directory is None else ask_status(directory)
    except StoreLockedError:
        raise
    except StoreError:
        answer = None  # a worker has the store: it answers questions, and has no status of its own
    if answer is not None:
        return answer
    with asked_store(arguments.data, settings) as (ask, _):
        return status(ask, spool, settings.alert_threshold)


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    up, store, spool = document["up"], document["store"], document["spool"]
    yield f"up        {_up(up)}" if up else "up        does not run"
    if store is None:
        yield "store     nothing is recorded yet"
    else:
        yield (
            f"sessions  {store['sessions_open']} open, {store['bugs_open']} bugs open, {store['laps']} laps"
            f", {store['alerts']} alerts"
        )
        yield f"last run  {_run(store['last_run'])}"
        for found in store["detections"]:
            tests = ", ".join(found["test_case_names"][:3])
            yield f"detected  {found['kind']} ({found['confidence']:.2f}) {tests} [session {found['session_id']}]"
        yield f"lost      {store['events_given_up']} events given up, {store['lines_set_aside']} lines set aside"
    waiting = f", {spool['inbox_files']} files without numbers yet" if spool["inbox_files"] else ""
    full = f", {spool['given_up']} events given up so far" if spool["given_up"] else ""
    aside = f", {spool['set_aside']} lines set aside" if spool["set_aside"] else ""
    yield (
        f"spool     {_size(spool['bytes'])} of {spool['sessions']} sessions in {spool['directory']}"
        f"{waiting}{full}{aside}"
    )
    if spool["not_compared"]:
        yield f"looks     too slow in {spool['not_compared']} working copies: unreported edits are not found there"
    for reader in spool["readers"]:
        behind = (
            f"{_size(reader['lag_bytes'])} behind in {reader['lag_sessions']} sessions"
            if reader["lag_bytes"]
            else "has read all"
        )
        yield f"reader    {reader['name']}: {behind}{'' if reader['counts'] else ', forgotten'}"


def _up(up: Mapping[str, Any]) -> str:
    return f"runs (process {up['pid']}), {up['events_read']} events read"


def _run(run: Mapping[str, Any] | None) -> str:
    if run is None:
        return "none"
    counts = ", ".join(
        f"{run[name]} {name}" for name in ("passed", "failed", "errors", "skipped") if run[name]
    )
    how = run["status"] or "not finished"
    return f"{run['framework'] or 'tests'}: {how}{f' ({counts})' if counts else ''} [session {run['session_id']}]"


def _size(count: int) -> str:
    return f"{count} B" if count < 10_000 else f"{count / 1_000_000:.2f} MB"

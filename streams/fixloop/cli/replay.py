"""Replay event files or recorded sessions, and say what was found in them.

PATH is a file or a folder: CloudEvents JSON lines as fixloop writes them, or recorded sessions (docs/recordings.md),
plain or compressed; - is the standard input, with CloudEvents JSON lines. A line that is no event goes to the dead letters,
and the replay goes on.

Examples:
  fixloop replay sessions/ --json
  fixloop replay sessions/today.jsonl.gz --speed 60
  fixloop replay sessions/ --to kafka --kafka broker:9092
"""

import argparse
import json
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fixloop.errors import UsageError

if TYPE_CHECKING:
    from fixloop.ingest.event_files import EventFile
    from fixloop.workers.replay import Read, Replayed
    from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop replay`."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="an event file, a folder of them, or -"
    )
    parser.add_argument(
        "--to",
        choices=("embedded", "kafka"),
        default="embedded",
        help="where to (default: the embedded store)",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=None,
        metavar="N|max",
        help="N times as fast as it happened; max: without pauses (default)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of tables")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the embedded store (default: FIXLOOP_DATA)")
    parser.add_argument("--kafka", metavar="HOST:PORT", help="the broker (default: FIXLOOP_KAFKA)")


def run(arguments: argparse.Namespace) -> int:
    """Replay, and print the counts and, from the embedded store, the detections."""
    from fixloop.ingest.event_files import find
    from fixloop.settings import Settings
    from fixloop.workers.replay import paced

    if arguments.data and arguments.to == "kafka":
        raise UsageError(
            "--data names an embedded store, and --to kafka writes to none: leave one of them out."
        )
    if arguments.kafka and arguments.to == "embedded":
        raise UsageError("--kafka names a broker: say --to kafka as well.")
    files = find(arguments.paths)
    with _progress(sum(file.bytes for file in files)) as advanced:
        items = _items(files, advanced)
        if arguments.speed is not None:
            items = paced(items, arguments.speed, time.sleep)
        if arguments.to == "kafka":
            replayed = _to_kafka(items, arguments)
            found = None
        else:
            replayed, found = _to_embedded(items, arguments)
    if arguments.json:
        print(json.dumps(_document(replayed, found), ensure_ascii=False, indent=2))
    else:
        threshold = Settings.from_environment(os.environ).alert_threshold
        _print(replayed, found, threshold)
    return 0


def _items(files: "Sequence[EventFile]", advanced: Callable[[int], None] | None) -> "Iterator[Read]":
    from fixloop.ingest.event_files import read_file

    for file in files:
        yield from read_file(file, advanced)


def _to_embedded(
    items: "Iterator[Read]", arguments: argparse.Namespace
) -> "tuple[Replayed, tuple[DetectionRecordedV1, ...]]":
    from fixloop.land.store import dsn_of
    from fixloop.settings import Settings
    from fixloop.workers.replay import replay_embedded

    settings = Settings.from_environment(os.environ)
    directory = arguments.data or settings.data_directory
    dsn = None if arguments.data else settings.clickhouse_dsn
    return replay_embedded(items, dsn or dsn_of(directory))


def _to_kafka(items: "Iterator[Read]", arguments: argparse.Namespace) -> "Replayed":
    from fixloop.emit.ship import KafkaSender
    from fixloop.settings import Settings
    from fixloop.workers.replay import KafkaSink, replay

    settings = Settings.from_environment(os.environ)
    with KafkaSender(settings.kafka.at(arguments.kafka)) as sender:
        return replay(items, KafkaSink(sender))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None] | None]:
    """A bar on the standard error while it is a terminal; nothing otherwise."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from fixloop.cli.output import console

    columns = (TextColumn("replaying"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(error=True), transient=True) as progress:
        task = progress.add_task("replaying", total=total)
        yield lambda read: progress.advance(task, read)


def _document(replayed: "Replayed", found: "tuple[DetectionRecordedV1, ...] | None") -> dict[str, object]:
    """What `--json` prints; without detections where another process makes them."""
    document: dict[str, object] = {
        "sessions": len(replayed.sessions),
        "events": replayed.events,
        "rejected": replayed.rejected,
    }
    if found is not None:
        document["detections_by_kind"] = _by_kind(found)
        document["detections"] = [one.model_dump(mode="json", exclude_none=True) for one in found]
    return document


def _print(replayed: "Replayed", found: "tuple[DetectionRecordedV1, ...] | None", threshold: float) -> None:
    from fixloop.board.tables import detections_table, result_table
    from fixloop.cli.output import show, symbols

    reasons = ", ".join(f"{count} {reason}" for reason, count in replayed.rejected.items())
    print(f"sessions  {len(replayed.sessions)}\nevents    {replayed.events}")
    print(f"rejected  {sum(replayed.rejected.values())}{f' ({reasons})' if reasons else ''}")
    if found is None:
        print("\nThe events are on Kafka; `fixloop worker` finds what is in them.")
        return
    print("\nDetections that stand, by kind\n")
    show(result_table(("kind", "count"), list(_by_kind(found).items()), symbols()))
    standing = (one for one in found if one.kind.alerting and one.status == "open")
    alerting = [one for one in standing if one.confidence >= threshold]
    if alerting:
        print("\nWhat alerts\n")
        show(detections_table(alerting, symbols()))


def _by_kind(found: "Sequence[DetectionRecordedV1]") -> dict[str, int]:
    """How many detections stand, by kind, the most first."""
    counts = Counter(one.kind.value for one in found if one.status == "open")
    return dict(counts.most_common())


def _speed(text: str) -> float | None:
    """`--speed`: a number above 0, or `max` (no pauses at all)."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not (speed > 0 and math.isfinite(speed)):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number above 0 nor max")
    return speed

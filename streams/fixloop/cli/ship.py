"""Send the spool to Kafka, once or as it fills.

What hooks and plugins write is kept in the spool until the broker has acknowledged it. With --follow it goes on as
the spool fills, and waits for a broker that is away; SIGTERM or Ctrl-C ends it cleanly. Without, it sends what is
there and ends: at the end of a CI job, for instance. `fixloop up` reads the spool where there is no broker.

Examples:
  fixloop ship --kafka broker:9092
  fixloop ship --follow
"""

import argparse
import os
import sys
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop ship`."""
    parser.add_argument("--follow", action="store_true", help="go on as the spool fills")
    parser.add_argument("--kafka", metavar="HOST:PORT", help="the broker (default: FIXLOOP_KAFKA)")
    parser.add_argument("--spool", type=Path, metavar="DIR", help="the spool (default: FIXLOOP_SPOOL)")


def run(arguments: argparse.Namespace) -> int:
    """Ship until there is nothing left or, with `--follow`, until a signal comes."""
    import kafka  # noqa: F401 -- its absence is said at once, not when the first event comes

    from fixloop.cli.stopping import stop_on_signals
    from fixloop.emit.ship import KafkaSender
    from fixloop.emit.ship_spool import ship
    from fixloop.emit.spool.reader import SpoolReader
    from fixloop.settings import Settings

    settings = Settings.from_environment(os.environ)
    stop = stop_on_signals()
    with (
        SpoolReader(arguments.spool or settings.spool_directory, "ship") as reader,
        KafkaSender(settings.kafka.at(arguments.kafka)) as sender,
    ):
        shipped = ship(
            reader,
            sender,
            stop,
            once=not arguments.follow,
            away=lambda error: print(f"fixloop: {error} Waiting for it.", file=sys.stderr, flush=True),
        )
    print(f"shipped {shipped.events} events, {shipped.dead_letters} unreadable lines")
    return 0

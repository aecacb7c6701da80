"""Follow the spool on this machine: no Kafka, no server.

What hooks and plugins write goes into the embedded store, and each new detection that alerts is one line. While this runs,
`fixloop sql`, `explain` and `status` ask it. SIGTERM or Ctrl-C ends it cleanly; what it has read it does not read again.

Examples:
  fixloop up
  fixloop up --once && fixloop sql "SELECT kind, test_case_names FROM detections WHERE alerting"
"""

import argparse
import os
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING, Any

from fixloop.settings import Settings

if TYPE_CHECKING:
    from fixloop.observe.metrics import Metrics


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop up`."""
    parser.add_argument("--once", action="store_true", help="read what is there, and end")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="the directory of the store (default: FIXLOOP_DATA)"
    )
    parser.add_argument("--spool", type=Path, metavar="DIR", help="the spool (default: FIXLOOP_SPOOL)")
    parser.add_argument(
        "--metrics-port", type=int, metavar="N", help="serve /metrics, /healthz and /readyz on 127.0.0.1:N"
    )


def run(arguments: argparse.Namespace) -> int:
    """Follow the spool until it is empty (`--once`) or a signal comes."""
    from fixloop.cli.stopping import stop_on_signals
    from fixloop.land.store import dsn_of

    settings = Settings.from_environment(os.environ)
    dsn = (None if arguments.data else settings.clickhouse_dsn) or dsn_of(
        arguments.data or settings.data_directory
    )
    stop = stop_on_signals()
    read = _follow(arguments, settings, dsn, stop)
    print(f"read {read} events", flush=True)
    return 0


def _follow(arguments: argparse.Namespace, settings: Settings, dsn: str, stop: Flag) -> int:
    from fixloop.emit.spool.reader import SpoolReader
    from fixloop.land.asking import ask
    from fixloop.land.store import directory_of, open_store
    from fixloop.land.store_socket import StoreServer
    from fixloop.observe.metrics import Metrics
    from fixloop.workers.embedded import EmbeddedRunner
    from fixloop.workers.status import StatusDesk
    from fixloop.workers.up import Newly, follow
    from fixloop_schemas.codec import Event

    spool = arguments.spool or settings.spool_directory
    newly = Newly(spool, settings.alert_threshold)
    up: dict[str, Any] = {
        "pid": os.getpid(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "events_read": 0,
    }

    def see(event: Event) -> None:
        up["events_read"] += 1
        newly.see(event)

    def say(event: Event) -> None:
        if (line := newly.line(event.data)) is not None:
            print(line, flush=True)

    with ExitStack() as held:
        reader = held.enter_context(SpoolReader(spool, "up"))
        store = held.enter_context(open_store(dsn))
        store.migrate()
        if (directory := directory_of(dsn)) is not None:
            desk = StatusDesk(lambda sql: ask(store, sql), spool, settings.alert_threshold, lambda: dict(up))
            held.enter_context(StoreServer(store, directory, desk.status))
        metrics = Metrics()
        if arguments.metrics_port is not None:
            _serve(held, metrics, arguments.metrics_port)
        runner = held.enter_context(EmbeddedRunner(store, metrics, say, settings.alert_threshold))
        if not arguments.once:
            print(f"following {spool}; Ctrl-C ends it, and `fixloop sql` asks it meanwhile", flush=True)
        return follow(reader, runner, stop, once=arguments.once, seen=see)


def _serve(held: ExitStack, metrics: "Metrics", port: int) -> None:
    from fixloop.observe.http import serve

    server = serve(metrics, lambda: None, port=port)
    held.callback(server.close)
    print(f"metrics at http://127.0.0.1:{server.port}/metrics", flush=True)

"""Find the cycles in what Kafka holds, and land it in ClickHouse, until stopped.

Roles: detect folds events into detections; ledger learns from what sessions tell it, across sessions; land writes events, detections and
dead letters to the store. Without a role it does all.
Each role can be run in as many processes as there are partitions; docs/worker.md says how they share the work, and what happens when
something fails. SIGTERM or Ctrl-C ends a worker cleanly.

Examples:
  fixloop worker
  fixloop worker detect --kafka broker:9092 --metrics 9464
  fixloop worker ledger --kafka broker:9092 --metrics 9465
  fixloop worker land --store clickhouse://fixloop:password@clickhouse:8123/fixloop
"""

import argparse
import os
from pathlib import Path

from fixloop.errors import UsageError
from fixloop.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop worker`."""
    parser.add_argument("roles", nargs="*", metavar="ROLE", help="detect, ledger, land (default: all)")
    parser.add_argument("--kafka", metavar="HOST:PORT", help="the broker (default: FIXLOOP_KAFKA)")
    parser.add_argument(
        "--store",
        metavar="DSN",
        help="where to land: clickhouse://... or chdb:///directory (default: FIXLOOP_CLICKHOUSE_DSN, else FIXLOOP_DATA)",
    )
    parser.add_argument(
        "--state",
        type=Path,
        metavar="DIR",
        help="keep the states there too, for a quicker start (default: FIXLOOP_STATE, else nowhere)",
    )
    parser.add_argument(
        "--metrics",
        type=_address,
        metavar="[HOST:]PORT",
        help="serve /metrics, /healthz and /readyz there (default: FIXLOOP_METRICS, else nowhere; port 0: any that is free)",
    )
    parser.add_argument(
        "--bad-share",
        type=_share,
        metavar="SHARE",
        help="stop when more than this share of a minute's messages is bad (default: FIXLOOP_BAD_SHARE, else 0.5; 1: never)",
    )
    parser.add_argument(
        "--bad-least",
        type=_count,
        metavar="N",
        help="of at least so many messages (default: FIXLOOP_BAD_LEAST, else 1000)",
    )
    parser.add_argument(
        "--no-topics", action="store_true", help="do not create missing topics; end when one is missing"
    )
    parser.add_argument(
        "--log-format",
        choices=("text", "json"),
        help="for people, or one JSON object a line (default: FIXLOOP_LOG_FORMAT, else text)",
    )
    parser.add_argument("--verbose", action="store_true", help="log what Kafka's and Faust's clients do")


def run(arguments: argparse.Namespace) -> int:
    """Work until a signal comes."""
    import faust  # noqa: F401 -- its absence is said before anything else
    import kafka  # noqa: F401

    from fixloop.cli.logs import log_to_stderr
    from fixloop.land.store import dsn_of
    from fixloop.workers.access import check_access
    from fixloop.workers.provision import apply_topics, check_topics
    from fixloop.workers.tunables import Tunables
    from fixloop.workers.worker import ROLES, WorkerSettings, run_worker

    unknown = set(arguments.roles) - set(ROLES)
    if unknown:
        raise UsageError(f"There is no role {min(unknown)!r}: the roles are {', '.join(ROLES)}.")
    settings = Settings.from_environment(os.environ)
    tunables = Tunables.read(
        state=arguments.state,
        metrics=arguments.metrics,
        bad_share=arguments.bad_share,
        bad_least=arguments.bad_least,
        log_format=arguments.log_format,
    )
    connection = settings.kafka.at(arguments.kafka)
    if not arguments.no_topics:
        apply_topics(connection)
    check_topics(connection)
    roles = tuple(role for role in ROLES if role in arguments.roles) or ROLES
    check_access(connection, roles)
    log_to_stderr(tunables.log_format, verbose=arguments.verbose)
    run_worker(
        WorkerSettings(
            roles=roles,
            kafka=connection,
            dsn=arguments.store or settings.clickhouse_dsn or dsn_of(settings.data_directory),
            threshold=settings.alert_threshold,
            tunables=tunables,
            said=lambda sentence: print(sentence, flush=True),
        )
    )
    return 0


def _address(text: str) -> str:
    _, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is no [HOST:]PORT")
    return text


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return share


def _count(text: str) -> int:
    count = int(text) if text.isascii() and text.isdigit() else 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return count

"""Make the Kafka topics that fixloop needs, or list them.

`apply` creates what is missing, and says of each topic whether it was created, exists, or differs from what is wanted. It never
changes a topic that exists: see docs/worker.md for what to do with one that differs.

Examples:
  fixloop topics apply
  fixloop topics apply --kafka broker:9092 --partitions 32 --replication 3
  fixloop topics list
"""

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fixloop.settings import Settings

if TYPE_CHECKING:
    from fixloop.workers.provision import TopicVerdict


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `fixloop topics`."""
    parser.add_argument("action", choices=("apply", "list"), help="create what is missing, or only look")
    parser.add_argument("--kafka", metavar="HOST:PORT", help="the broker (default: FIXLOOP_KAFKA)")
    parser.add_argument(
        "--partitions",
        type=_positive,
        metavar="N",
        help="partitions of topics that are created (default: each topic's own)",
    )
    parser.add_argument(
        "--replication",
        type=_positive,
        default=-1,
        metavar="N",
        help="copies of topics that are created (default: the broker's default)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print how each topic stands."""
    import kafka as client  # noqa: F401 -- its absence is said before anything else

    from fixloop.workers.provision import apply_topics, list_topics

    kafka = Settings.from_environment(os.environ).kafka.at(arguments.kafka)
    if arguments.action == "list":
        _print(list_topics(kafka))
    else:
        _print(apply_topics(kafka, arguments.partitions, arguments.replication))
    return 0


def _print(verdicts: "Sequence[TopicVerdict]") -> None:
    widest = max(len(verdict.name) for verdict in verdicts)
    for verdict in verdicts:
        there = (
            f"{verdict.partitions} partitions, {verdict.replication} copies" if verdict.replication else ""
        )
        different = f" ({'; '.join(verdict.differences)})" if verdict.differences else ""
        print(f"{verdict.verdict:<8} {verdict.name:<{widest}}  {there}{different}".rstrip())


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return number

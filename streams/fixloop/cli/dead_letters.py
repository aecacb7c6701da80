"""List messages that were refused, show one, or send them again.

A letter is named by its place in the topic fixloop.dead-letters, such as 3:17. To send one twice does no harm: an event that
was taken before counts once, and what is refused again is a new letter. docs/dead-letters.md says more.

Examples:
  fixloop dead-letters list --since 2h
  fixloop dead-letters show 3:17
  fixloop dead-letters show 3:17 --output message.json
  fixloop dead-letters replay 3:17
  fixloop dead-letters replay --reason unknown_version --dry-run
"""

import argparse
import heapq
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fixloop.board import raw_bytes
from fixloop.board.line import line, printable
from fixloop.cli.output import show, symbols
from fixloop.errors import FixloopError, UsageError
from fixloop.settings import Settings

if TYPE_CHECKING:
    from fixloop.kafka_connection import KafkaConnection
    from fixloop.workers.dead_letter_box import DeadLetterBox, Wanted
    from fixloop.workers.dead_letters import Letter

COLUMNS: Final = ("id", "time", "reason", "source", "bytes", "detail")

_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_UNCUT: Final = 1_000_000


def configure(parser: argparse.ArgumentParser) -> None:
    """The actions and options of `fixloop dead-letters`."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="ACTION", help="list, show or replay; each has its own --help"
    )
    listing = actions.add_parser("list", help="one line a letter, the newest last, and how many there are")
    _filters(listing)
    listing.add_argument(
        "--limit", type=_count, default=100, metavar="N", help="the newest N at most (default: 100)"
    )
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    showing = actions.add_parser("show", help="all of one letter; nothing that a terminal would obey")
    showing.add_argument("id", metavar="ID", help="its place, such as 3:17")
    showing.add_argument("--raw", action="store_true", help="only the value, byte by byte as it came")
    showing.add_argument("--output", type=Path, metavar="FILE", help="the same, into a file")
    replaying = actions.add_parser("replay", help="send letters again to where they came from")
    replaying.add_argument("ids", nargs="*", metavar="ID", help="their places, such as 3:17")
    _filters(replaying)
    replaying.add_argument("--all", action="store_true", help="every letter that there is")
    replaying.add_argument("--dry-run", action="store_true", help="only say what would be sent")
    for action in (listing, showing, replaying):
        action.add_argument("--kafka", metavar="HOST:PORT", help="the broker (default: FIXLOOP_KAFKA)")


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", metavar="REASON", help="those that were refused for this reason")
    parser.add_argument("--topic", metavar="TOPIC", help="those that came from this topic")
    parser.add_argument(
        "--since", metavar="TIME", help="those put aside since then: 2026-01-31T12:00:00Z, or 30m, 2h, 7d ago"
    )


def run(arguments: argparse.Namespace) -> int:
    """List, show or replay."""
    import kafka as client  # noqa: F401 -- its absence is said before anything else

    from fixloop.workers.dead_letter_box import opened_box

    kafka = Settings.from_environment(os.environ).kafka.at(arguments.kafka)
    if arguments.action == "list":
        wanted = _wanted(arguments)
        with opened_box(kafka) as box:
            _list(box.letters(wanted), arguments)
    elif arguments.action == "show":
        with opened_box(kafka) as box:
            _show(box.letter(arguments.id), arguments)
    else:
        _replay(kafka, arguments)
    return 0


def _wanted(arguments: argparse.Namespace) -> "Wanted":
    from fixloop.workers.dead_letter_box import Wanted
    from fixloop.workers.resending import REPLAYABLE
    from fixloop_schemas.vocabulary import DeadReason

    reasons = [reason.value for reason in DeadReason]
    if arguments.reason is not None and arguments.reason not in reasons:
        raise UsageError(f"There is no reason {arguments.reason!r}: the reasons are {', '.join(reasons)}.")
    if arguments.topic is not None and arguments.topic not in REPLAYABLE:
        raise UsageError(
            f"No letter comes from the topic {arguments.topic!r}: the topics are {', '.join(REPLAYABLE)}."
        )
    return Wanted(
        DeadReason(arguments.reason) if arguments.reason else None,
        arguments.topic,
        _since(arguments.since) if arguments.since is not None else None,
    )


def _list(letters: "Iterable[Letter]", arguments: argparse.Namespace) -> None:
    from fixloop.board.tables import result_table

    reasons: Counter[str] = Counter()

    def headings() -> "Iterator[tuple[tuple[datetime, list[int]], dict[str, Any]]]":
        # Without key, value and headers, so that a long list stays small.
        for letter in letters:
            reasons[letter.reason.value] += 1
            order = letter.written or datetime.min.replace(tzinfo=UTC), [*map(int, letter.place.split(":"))]
            yield order, _heading(letter)

    newest = heapq.nlargest(arguments.limit, headings(), key=lambda one: one[0])
    rows = [heading for _, heading in reversed(newest)]
    if arguments.json:
        document = {"letters": rows, "count": reasons.total(), "by_reason": dict(reasons.most_common())}
        print(json.dumps(document, indent=2))
        return
    cells = [[printable(str("" if row[name] is None else row[name])) for name in COLUMNS] for row in rows]
    if rows:
        show(result_table(COLUMNS, cells, symbols(), 80 if sys.stdout.isatty() else _UNCUT))
        print()
    older = f", of which {len(rows)} are shown" if reasons.total() > len(rows) else ""
    print(f"{_many(reasons.total())}{older}{':' if reasons else ''}")
    for reason, count in reasons.most_common():
        print(f"{count:>9}  {reason}")


def _heading(letter: "Letter") -> dict[str, Any]:
    return {
        "id": letter.place,
        "time": letter.written.isoformat(timespec="milliseconds") if letter.written else None,
        "reason": letter.reason.value,
        "source": letter.source,
        "bytes": letter.size,
        "detail": letter.detail,
    }


def _show(letter: "Letter", arguments: argparse.Namespace) -> None:
    if not letter.whole and (arguments.raw or arguments.output):
        print(f"fixloop: only {len(letter.value)} of {letter.size} bytes were kept", file=sys.stderr)
    if arguments.output:
        try:
            arguments.output.write_bytes(letter.value)
        except OSError as error:
            raise UsageError(f"{arguments.output} cannot be written: {error.strerror}.") from error
    elif arguments.raw:
        if sys.stdout.isatty():
            raise UsageError(
                "Anybody may have sent these bytes, and a terminal obeys some: add --output FILE, or a pipe."
            )
        sys.stdout.buffer.write(letter.value)
        sys.stdout.buffer.flush()
    else:
        show(_described(letter))


def _described(letter: "Letter") -> "Iterator[tuple[Any, ...]]":
    heading = _heading(letter)
    cut = "" if letter.whole else f" ({len(letter.value)} of them are kept, and no headers)"
    facts = {
        **{name: heading[name] for name in ("id", "time", "reason", "detail", "source")},
        "sent": letter.sent.isoformat() if letter.sent else "(not known)",
        "bytes": f"{letter.size}{cut}",
        "key": raw_bytes.short(letter.key),
    }
    for name, value in facts.items():
        yield line(f"{name:<8}  {value}")
    yield line("headers")
    for name, content in letter.headers:
        yield line(f"  {name}: {raw_bytes.short(content)}")
    yield line("value")
    for one in raw_bytes.lines(letter.value):
        yield line("  ", *one)


def _replay(kafka: "KafkaConnection", arguments: argparse.Namespace) -> None:
    from fixloop.emit.ship import KafkaSender
    from fixloop.workers.dead_letter_box import opened_box
    from fixloop.workers.resending import obstacle

    chosen = any(value is not None for value in (arguments.reason, arguments.topic, arguments.since))
    if bool(arguments.ids) + (chosen or arguments.all) != 1:
        raise UsageError("Say which letters: their places, or --reason, --topic, --since, or --all.")
    wanted = _wanted(arguments)
    done: Counter[str] = Counter()
    left = 0
    with opened_box(kafka) as box, KafkaSender(kafka) as sender:
        for letter in _named(box, arguments.ids) if arguments.ids else box.letters(wanted):
            why = obstacle(letter)
            if why is not None or letter.topic is None:
                left += 1
                show([line(f"{letter.place}  left: {why}")])
                continue
            if not arguments.dry_run:
                sender.send(letter.topic, letter.message())
            done[letter.topic] += 1
            show([line(f"{letter.place}  {letter.reason.value}, to {letter.topic}")])
        sender.flush()
    where = ", ".join(f"{count} to {topic}" for topic, count in sorted(done.items()))
    verb = "would be sent again" if arguments.dry_run else "sent again"
    print(f"{_many(done.total())} {verb}{f' ({where})' if where else ''}, {left} left")


def _named(box: "DeadLetterBox", places: list[str]) -> "Iterator[Letter]":
    """The letters at these places; before the first one is given, it is known that all can be sent again."""
    from fixloop.workers.resending import obstacle

    for place in places:
        why = obstacle(box.letter(place))
        if why is not None:
            raise FixloopError(f"The dead letter {place} cannot be sent again: {why}. Nothing was sent.")
    for place in dict.fromkeys(places):
        yield box.letter(place)


def _many(count: int) -> str:
    return f"{count} {'letter' if count == 1 else 'letters'}"


def _since(text: str) -> datetime:
    ago = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if ago:
        return datetime.now(UTC) - timedelta(seconds=int(ago[1]) * _UNITS[ago[2]])
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise UsageError(
            f"{text!r} is no time: write one with its zone, such as 2026-01-31T12:00:00Z, or how long ago, such as 30m, 2h or 7d."
        )
    return time


def _count(text: str) -> int:
    count = int(text) if text.isascii() and text.isdigit() else 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return count

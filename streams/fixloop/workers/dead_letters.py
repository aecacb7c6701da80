"""A message that was refused, as a message of the dead letters, and back as a row. Pure.

It is kept as it came, key, value and headers, so that it can be sent again; why and where it came from stand in headers beside.
"""

from datetime import datetime
from typing import Final

from fixloop.land.rows import Rows, dead_letter_rows
from fixloop.workers.records import Record
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.limits import MAX_EVENT_BYTES
from fixloop_schemas.topics import DEAD_LETTERS, TOPICS
from fixloop_schemas.vocabulary import DeadReason

_ROOM: Final = 16 * 1024
"""For our own headers and Kafka's own bytes."""
_MOST: Final = TOPICS[DEAD_LETTERS].max_message_bytes - _ROOM
_LENGTHS: Final = 10
"""How many bytes Kafka itself takes for a header, at most."""
_OURS: Final = "fixloop_"
CUT: Final = "cut"
"""Says, where it stands, that the letter holds no longer all of the message."""


def dead_letter(record: Record, rejected: Rejected) -> KafkaMessage:
    """The dead letter of a record. One that is too large for its topic keeps the beginning of its value, and no headers."""
    key, value, headers = record.key or b"", record.value or b"", _theirs(record)
    cut = (
        len(key) + len(value) + sum(len(name.encode()) + len(of or b"") + _LENGTHS for name, of in headers)
        > _MOST
    )
    if cut:
        key, value, headers = key[:_ROOM], value[:MAX_EVENT_BYTES], ()
    why = {
        "reason": rejected.reason.value,
        "detail": rejected.detail[:1_000],
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "bytes": str(len(record.value or b"")),
        "time": record.time.isoformat() if record.time else "",
    } | ({CUT: "true"} if cut else {})
    ours = tuple((_OURS + name, text.encode("utf-8", "replace")) for name, text in why.items())
    return KafkaMessage(key, value, (*headers, *ours))


def dead_letter_row(letter: Record) -> Rows:
    """The row of a dead letter, by table."""
    said = {name: content or b"" for name, content in letter.headers if name.startswith(_OURS)}
    rejected = Rejected(_reason(said), _text(said, "detail") or "its dead letter does not say why")
    place = ":".join(_text(said, name) for name in ("topic", "partition", "offset"))
    source = _text(said, "origin") or (place if place != "::" else letter.place)
    return dead_letter_rows(source, rejected, letter.value or b"", _time(said) or letter.time)


def _theirs(record: Record) -> tuple[tuple[str, bytes | None], ...]:
    """The record's own headers. A name of ours in them would speak for us, so it does not stay."""
    return tuple(header for header in record.headers if not header[0].startswith(_OURS))


def _reason(said: dict[str, bytes]) -> DeadReason:
    try:
        return DeadReason(_text(said, "reason"))
    except ValueError:
        return DeadReason.PROCESSING_ERROR


def _time(said: dict[str, bytes]) -> datetime | None:
    try:
        time = datetime.fromisoformat(_text(said, "time"))
    except ValueError:
        return None
    return time if time.tzinfo else None


def _text(said: dict[str, bytes], name: str) -> str:
    return said.get(_OURS + name, b"").decode("utf-8", "replace")

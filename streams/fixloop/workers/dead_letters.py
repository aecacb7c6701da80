"""A message that was refused, as a message of the dead letters, and back: as a letter to read, and as a row. Pure.

It is kept as it came, key, value and headers, so that it can be sent again; why and where it came from stand in headers beside.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fixloop.land.rows import Rows, dead_letter_rows
from fixloop.workers.records import Record
from fixloop_schemas.cloudevents import KafkaMessage, Rejected
from fixloop_schemas.limits import MAX_EVENT_BYTES
from fixloop_schemas.topics import DEAD_LETTERS, TOPICS
from fixloop_schemas.vocabulary import DeadReason

Headers = tuple[tuple[str, bytes | None], ...]

_ROOM: Final = 16 * 1024
"""For our own headers and Kafka's own bytes."""
_MOST: Final = TOPICS[DEAD_LETTERS].max_message_bytes - _ROOM
_LENGTHS: Final = 10
"""How many bytes Kafka itself takes for a header, at most."""
_OURS: Final = "fixloop_"
_CUT: Final = "cut"
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
    } | ({_CUT: "true"} if cut else {})
    ours = tuple((_OURS + name, text.encode("utf-8", "replace")) for name, text in why.items())
    return KafkaMessage(key, value, (*headers, *ours))


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter, read: a message as it came, why it was refused, and where it came from."""

    place: str
    """`partition:offset` in the topic of the dead letters: its name for a person."""
    written: datetime | None
    """When it was put aside."""
    reason: DeadReason
    detail: str
    source: str
    """`topic:partition:offset`, or the file and line of a replay; its own place where it does not say."""
    topic: str | None
    """The topic that the message lay in; None when it came from none."""
    sent: datetime | None
    """When the message was written where it came from."""
    size: int
    """How large its value was, in bytes."""
    whole: bool
    """Whether key, value and headers are all that there were."""
    key: bytes | None
    value: bytes
    headers: Headers

    def message(self) -> KafkaMessage:
        """The message as it came. An empty key comes back as none: either is no session's."""
        return KafkaMessage(self.key or b"", self.value, self.headers)


def read_letter(record: Record) -> Letter:
    """The letter in a record of the dead letters, whoever wrote it."""
    said = {name: content or b"" for name, content in record.headers if name.startswith(_OURS)}
    value = record.value or b""
    said_size = _text(said, "bytes")
    size = int(said_size) if re.fullmatch(r"[0-9]{1,15}", said_size) else len(value)
    place = ":".join(_text(said, name) for name in ("topic", "partition", "offset"))
    return Letter(
        place=f"{record.partition}:{record.offset}",
        written=record.time,
        reason=_reason(said),
        detail=_text(said, "detail") or "its dead letter does not say why",
        source=_text(said, "origin") or (place if place != "::" else record.place),
        topic=_text(said, "topic") or None,
        sent=_time(said),
        size=size,
        whole=size <= len(value) and _OURS + _CUT not in said,
        key=record.key,
        value=value,
        headers=_theirs(record),
    )


def dead_letter_row(record: Record) -> Rows:
    """The row of a dead letter, by table."""
    letter = read_letter(record)
    why = Rejected(letter.reason, letter.detail)
    return dead_letter_rows(letter.source, why, letter.value, letter.sent or letter.written)


def _theirs(record: Record) -> Headers:
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

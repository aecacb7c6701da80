"""One recorded line, its envelope checked and the rest read with care: a field of the wrong sort counts as not known."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.limits import MAX_SEQ
from fixloop_schemas.names import encodable
from fixloop_schemas.vocabulary import DeadReason

_HEX: Final = re.compile(r"[0-9a-f]{16,64}")
_DIGEST_DIGITS: Final = 32
_MILLISECONDS_FROM: Final = 1e11
"""A number of seconds this large lies in the year 5138: such a stamp counts milliseconds."""


@dataclass(frozen=True, slots=True)
class Line:
    """What was recorded of one edit or one test run."""

    dataset: str
    session: str
    seq: int
    kind: str
    time: datetime | None
    fields: Mapping[str, object]

    def text(self, name: str) -> str | None:
        """A text that is there and not empty."""
        value = self.fields.get(name)
        return encodable(value) if isinstance(value, str) and value else None

    def count(self, name: str) -> int | None:
        """A whole number from 0."""
        return whole_number(self.fields.get(name))

    def flag(self, name: str) -> bool:
        """Whether the recording says `true`."""
        return self.fields.get(name) is True

    def digest(self, name: str) -> str | None:
        """A recorded digest, cut to 32 digits; absent when it is none."""
        value = (self.text(name) or "").removeprefix("sha256:").lower()
        return value[:_DIGEST_DIGITS] if _HEX.fullmatch(value) else None


def is_recorded(document: object) -> bool:
    """Whether a parsed line has the fields by which a recorded line is known."""
    return (
        isinstance(document, dict)
        and {"session", "seq", "kind"} <= document.keys()
        and "specversion" not in document
    )


def parse(raw: bytes) -> Line:
    """The recorded line in `raw`.

    Raises:
        Rejected: it is no JSON, or lacks what makes it a fact of a session.
    """
    try:
        fields: Any = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Rejected(DeadReason.NOT_JSON, f"not JSON: {_position(error)}") from None
    if not isinstance(fields, dict):
        raise Rejected(DeadReason.INVALID_DATA, "a recorded line is one JSON object")
    names = {name: fields.get(name) for name in ("dataset", "session", "kind")}
    bad = [name for name, value in names.items() if not isinstance(value, str) or not value]
    seq = whole_number(fields.get("seq"))
    if bad or seq is None:
        missing = ", ".join([*bad, *(["seq"] if seq is None else [])])
        raise Rejected(DeadReason.INVALID_DATA, f"a recorded line needs {missing}")
    dataset, session, kind = (encodable(fields[name]) for name in names)
    return Line(dataset, session, seq, kind, _time(fields.get("ts")), fields)


def whole_number(value: object) -> int | None:
    """A whole number that JSON readers everywhere keep, from 0; `true` is none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SEQ:
        return value
    return None


def _time(value: object) -> datetime | None:
    """A moment, when the stamp can be read as one. A stamp without a zone is taken as UTC, as all known recorders write."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value >= _MILLISECONDS_FROM else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _position(error: Exception) -> str:
    """Where the text stops being JSON, without any of it."""
    return (
        f"{error.msg} at column {error.colno}"
        if isinstance(error, json.JSONDecodeError)
        else type(error).__name__
    )

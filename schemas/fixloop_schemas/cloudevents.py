"""CloudEvents 1.0.2, as dictionaries: the JSON line of a file, and the binary binding for Kafka. Standard library only.

Pure in both directions: bytes in, bytes out, no client of anything. Emitters, shipper, worker and tests use this one module.
Source: CloudEvents specification 1.0.2, its JSON format and its Kafka protocol binding.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple, Never

from fixloop_schemas.limits import MAX_EVENT_BYTES
from fixloop_schemas.vocabulary import DeadReason

SPECVERSION: Final = "1.0"
JSON_CONTENT: Final = "application/json"
STRUCTURED_CONTENT: Final = "application/cloudevents+json"

Headers = Iterable[tuple[str, bytes | None]]

ATTRIBUTE_NAME: Final = re.compile(r"[a-z0-9]+")
_RESERVED: Final = frozenset({"data"})
_USUAL: Final = frozenset(
    {"specversion", "id", "source", "type", "time", "subject", "partitionkey", "datacontenttype"}
)


class Rejected(Exception):  # noqa: N818 -- a verdict on a message, not a fault of ours
    """A message cannot be an event. Carries the reason for the dead letters and a sentence for a person."""

    def __init__(self, reason: DeadReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class KafkaMessage(NamedTuple):
    """What goes to a topic, for any client library."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes | None], ...]
    """By name; Kafka knows headers without a value, which an event has none of."""


class RawEvent(NamedTuple):
    """An event whose envelope is read and whose data is not yet."""

    attributes: Mapping[str, str]
    """Context attributes by name, without the `ce_` prefix."""
    data: bytes


def to_kafka(event: Mapping[str, Any]) -> KafkaMessage:
    """A CloudEvents dictionary (JSON format) as a Kafka message in binary mode, keyed by session.

    Raises:
        Rejected: the event is larger than the limit, or lacks what every event has.
    """
    attributes = {name: value for name, value in event.items() if name != "data" and value is not None}
    if "data" not in event or "partitionkey" not in attributes:
        raise Rejected(DeadReason.NOT_CLOUDEVENTS, "an event needs `data` and `partitionkey`")
    value = dump(event["data"])
    _check_size(value)
    content_type = str(attributes.pop("datacontenttype", JSON_CONTENT))
    headers = [("content-type", content_type.encode())]
    headers += [(f"ce_{name}", str(attributes[name]).encode()) for name in sorted(attributes)]
    return KafkaMessage(str(attributes["partitionkey"]).encode(), value, tuple(headers))


def from_kafka(key: bytes | None, value: bytes | None, headers: Headers) -> RawEvent:
    """The event in a Kafka message, binary or structured, with its envelope checked and its data untouched.

    Raises:
        Rejected: with the reason for the dead letters.
    """
    if not value:
        raise Rejected(DeadReason.EMPTY, "the message has no value")
    _check_size(value)
    fields = _once_each(headers)
    content_type = _text(fields.get("content-type", b""), "content-type").split(";")[0].strip().lower()
    structured = content_type == STRUCTURED_CONTENT
    raw = from_json(value) if structured else _from_binary(fields, value, content_type)
    if key is not None and key != raw.attributes.get("partitionkey", "").encode():
        raise Rejected(DeadReason.WRONG_KEY, "the record's key is not the event's partition key")
    return raw


def from_json(line: bytes) -> RawEvent:
    """The event in one line of an event file (CloudEvents JSON format). An attribute that is null is absent.

    Raises:
        Rejected: with the reason for the dead letters.
    """
    event = parse(line)
    if not isinstance(event, dict) or "data" not in event:
        raise Rejected(DeadReason.NOT_CLOUDEVENTS, "not a CloudEvents object with data")
    data = event.pop("data")
    _check_names(event)
    attributes = {name: value for name, value in event.items() if value is not None}
    if any(not isinstance(value, str) for value in attributes.values()):
        raise Rejected(DeadReason.INVALID_ATTRIBUTE, "every attribute of an event is a string")
    _check_envelope(attributes)
    encoded = _encoded(attributes, data)
    _check_size(encoded)
    return RawEvent(attributes, encoded)


def parse(encoded: bytes) -> Any:
    """The value of a JSON text, without what Python reads beyond JSON.

    Raises:
        Rejected: not JSON.
    """
    try:
        return json.loads(encoded.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Rejected(DeadReason.NOT_JSON, f"not JSON: {error}") from None


def dump(value: Any) -> bytes:
    """JSON as fixloop writes it: compact, UTF-8, keys in the order given, no NaN."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _refuse_constant(word: str) -> Never:
    raise ValueError(f"{word} is no JSON")


def _encoded(attributes: Mapping[str, str], data: Any) -> bytes:
    # JSON can name code points that no text has (`"\\ud800"`); they show when it is written again.
    try:
        "".join(attributes.values()).encode()
        return dump(data)
    except (ValueError, RecursionError) as error:
        raise Rejected(DeadReason.NOT_JSON, f"not JSON: {error}") from None


def _once_each(headers: Headers) -> dict[str, bytes]:
    # Kafka lets a header occur twice. The same value twice says one thing; two values say nothing that can be relied on.
    fields: dict[str, bytes] = {}
    for name, value in headers:
        if value is None:
            continue
        if fields.setdefault(name, value) != value and (name.startswith("ce_") or name == "content-type"):
            raise Rejected(DeadReason.INVALID_ATTRIBUTE, f"the header {name[:100]!r} has two values")
    return fields


def _from_binary(fields: Mapping[str, bytes], value: bytes, content_type: str) -> RawEvent:
    attributes = {name[3:]: _text(value, name) for name, value in fields.items() if name.startswith("ce_")}
    if not attributes:
        raise Rejected(DeadReason.NOT_CLOUDEVENTS, "the message has no ce_ headers")
    _check_names(attributes)
    if content_type not in ("", JSON_CONTENT):
        raise Rejected(
            DeadReason.UNSUPPORTED_CONTENT_TYPE, f"data has to be {JSON_CONTENT}, not {content_type[:100]!r}"
        )
    _check_envelope(attributes)
    return RawEvent(attributes, value)


def _check_envelope(attributes: Mapping[str, str]) -> None:
    missing = [name for name in ("specversion", "id", "source", "type") if not attributes.get(name)]
    if missing:
        raise Rejected(DeadReason.NOT_CLOUDEVENTS, f"required attributes are missing: {', '.join(missing)}")
    if attributes["specversion"] != SPECVERSION:
        raise Rejected(
            DeadReason.UNSUPPORTED_SPECVERSION,
            f"specversion has to be {SPECVERSION}, not {attributes['specversion'][:20]!r}",
        )


def _check_names(names: Collection[str]) -> None:
    if _USUAL.issuperset(names):
        return
    illegal = [name for name in names if name in _RESERVED or not ATTRIBUTE_NAME.fullmatch(name)]
    if illegal:
        raise Rejected(
            DeadReason.INVALID_ATTRIBUTE,
            f"not the name of an attribute: {illegal[0][:100]!r} (small letters and digits)",
        )


def _check_size(value: bytes) -> None:
    if len(value) > MAX_EVENT_BYTES:
        raise Rejected(
            DeadReason.TOO_LARGE,
            f"{len(value)} bytes are more than the {MAX_EVENT_BYTES} that an event may have",
        )


def _text(value: bytes, name: str) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Rejected(DeadReason.INVALID_ATTRIBUTE, f"the header {name[:100]!r} is not UTF-8") from None

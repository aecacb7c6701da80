"""Events to bytes and back: the typed side of `cloudevents`."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import (
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)

from fixloop_schemas import cloudevents
from fixloop_schemas.cloudevents import Headers, KafkaMessage, RawEvent, Rejected
from fixloop_schemas.events.wire import Attribution, Name, WireModel
from fixloop_schemas.registry import MODELS, TYPES, is_newer_version
from fixloop_schemas.vocabulary import DeadReason

Data = TypeVar("Data", bound=Attribution)

_RFC_3339: Final = re.compile(
    r"(19[7-9][0-9]|2[01][0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_END: Final = datetime(2200, 1, 1, tzinfo=UTC)
_NO_TIME: Final = "not a time as RFC 3339 has it, with a zone, from 1970 to 2199"


def _rfc_3339(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not _RFC_3339.fullmatch(value):
        raise ValueError(_NO_TIME)
    time = datetime.fromisoformat(value)
    # A zone moves the first and the last hours of the range beyond it.
    if not _FIRST <= time < _END:
        raise ValueError(_NO_TIME)
    return time


Time = Annotated[
    AwareDatetime,
    BeforeValidator(_rfc_3339),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": f"^{_RFC_3339.pattern}$"}),
]
"""RFC 3339 with a zone, from 1970 to 2199: what every store and language can hold. Digits beyond microseconds are cut."""

Extension = Annotated[str, StringConstraints(max_length=1024)]


class Attributes(WireModel):
    """The context attributes of an event (CloudEvents 1.0.2); unknown extension attributes survive."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow", use_attribute_docstrings=True)

    __pydantic_extra__: dict[str, Extension]

    specversion: Literal["1.0"]
    id: Name
    """Unique within `source`; the same id means the same event."""
    source: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    """Who emitted it, as a URI reference: `/agent/claude-code`, `/runner/pytest`."""
    type: Name
    time: Time | None = None
    """When it happened (RFC 3339); absent when not known."""
    subject: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = None
    datacontenttype: Literal["application/json"] | None = "application/json"
    partitionkey: Name
    """Key of the record, and thereby of its partition: the session's id, or what the ledger is keyed by."""


class CloudEvent(Attributes, Generic[Data]):
    """An event as the JSON format has it: attributes, and typed data."""

    data: Data


Envelope = TypeVar("Envelope", bound=Attributes)
Event = CloudEvent[Attribution]
"""Any event; `event.data` is an instance of the model that `event.type` names."""


def decode(raw: RawEvent) -> Event:
    """The typed event of a raw one.

    Raises:
        Rejected: unknown type or version, an invalid attribute, data that does not fit the model, or a wrong key.
    """
    event_type = raw.attributes["type"]
    model = MODELS.get(event_type)
    if model is None:
        reason = DeadReason.UNKNOWN_VERSION if is_newer_version(event_type) else DeadReason.UNKNOWN_TYPE
        raise Rejected(reason, f"no model for the type {event_type[:200]!r}")
    try:
        data = _data(model, raw.data)
    except Rejected:
        _envelope(Attributes, raw.attributes)  # where both are wrong, it is this that is told of
        raise
    event: Event = _envelope(CloudEvent, {**raw.attributes, "data": data})
    if event.partitionkey != data.partition_key:
        raise Rejected(DeadReason.WRONG_KEY, "the partition key is not the one that follows from the data")
    return event


def _envelope(model: type[Envelope], fields: Mapping[str, Any]) -> Envelope:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise Rejected(DeadReason.INVALID_ATTRIBUTE, _first_problem(error)[1]) from None


def _data(model: type[Attribution], encoded: bytes) -> Attribution:
    # NaN and the infinities, which the parser takes, are no JSON. To look for the words first costs almost nothing.
    if b"NaN" in encoded or b"Infinity" in encoded:
        cloudevents.parse(encoded)
    try:
        return model.model_validate_json(encoded)
    except ValidationError as error:
        kind, problem = _first_problem(error)
        reason = DeadReason.NOT_JSON if kind == "json_invalid" else DeadReason.INVALID_DATA
        raise Rejected(reason, problem) from None


def from_kafka(key: bytes | None, value: bytes | None, headers: Headers) -> Event:
    """The typed event in a Kafka message. Raises `Rejected`."""
    return decode(cloudevents.from_kafka(key, value, headers))


def from_json_line(line: bytes) -> Event:
    """The typed event in one line of an event file. Raises `Rejected`."""
    return decode(cloudevents.from_json(line))


def to_dict(event: Event) -> dict[str, Any]:
    """The event as a CloudEvents dictionary; what is absent stays out."""
    document: dict[str, Any] = event.model_dump(mode="json", exclude_none=True, serialize_as_any=True)
    return document


def to_kafka(event: Event) -> KafkaMessage:
    """The event as a Kafka message in binary mode. Raises `Rejected` when it is too large."""
    return cloudevents.to_kafka(to_dict(event))


def to_json_line(event: Event) -> bytes:
    """The event as one line of an event file, with its newline."""
    return cloudevents.dump(to_dict(event)) + b"\n"


def new_event(
    event_id: str, source: str, time: datetime | None, data: Attribution, subject: str | None = None
) -> Event:
    """An event around its data; type and partition key follow from the data.

    Raises:
        pydantic.ValidationError: an attribute is not what CloudEvents asks for.
    """
    return Event(
        specversion=cloudevents.SPECVERSION,
        id=event_id,
        source=source,
        type=TYPES[type(data)],
        time=time,
        subject=subject,
        partitionkey=data.partition_key,
        data=data,
    )


def _first_problem(error: ValidationError) -> tuple[str, str]:
    """What sort of problem it is, in pydantic's word, and a sentence. Sequences are read up to their first wrong item, so there are few."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the message"
    return first["type"], f"{place[:200]}: {first['msg'][:300]}"

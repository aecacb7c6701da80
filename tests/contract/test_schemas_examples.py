"""The golden examples: the codec and the JSON Schema say the same of each."""

import json
from typing import Any

import pytest

from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.registry import MODELS
from tests.contract import json_schema
from tests.contract.examples import ALL, INVALID, VALID, Example


def line_of(event: Any) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()


def without_nulls(event: dict[str, Any]) -> dict[str, Any]:
    return {
        name: without_nulls(value) if isinstance(value, dict) else value
        for name, value in event.items()
        if value is not None
    }


def contained(part: Any, whole: Any) -> bool:
    """Whether everything in `part` is in `whole`, which may say more."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(contained(value, whole.get(name)) for name, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(contained, part, whole))
    return bool(part == whole) or part is None


@pytest.mark.parametrize("example", VALID, ids=str)
def test_valid_examples_are_accepted_by_codec_and_schema(example: Example) -> None:
    """A valid example is an event to both."""
    assert example.event_type == codec.from_json_line(line_of(example.event)).type
    assert list(json_schema.validator(example.event_type).iter_errors(example.event)) == []


@pytest.mark.parametrize("example", INVALID, ids=str)
def test_invalid_examples_are_refused_by_codec_and_schema(example: Example) -> None:
    """An invalid example is an event to neither."""
    with pytest.raises(Rejected):
        codec.from_json_line(line_of(example.event))
    assert not json_schema.accepts(example.event_type, example.event)


@pytest.mark.parametrize("example", VALID, ids=str)
def test_a_kafka_round_trip_keeps_everything(example: Example) -> None:
    """What was said goes through a topic unchanged, unknown fields and attributes included."""
    event = codec.from_json_line(line_of(example.event))
    message = codec.to_kafka(event)
    again = codec.from_kafka(message.key, message.value, message.headers)
    assert event == again
    assert codec.to_dict(event) == codec.to_dict(again)


@pytest.mark.parametrize("example", VALID, ids=str)
def test_a_file_round_trip_keeps_everything(example: Example) -> None:
    """What was said goes through an event file unchanged, and is written the same the second time."""
    event = codec.from_json_line(line_of(example.event))
    line = codec.to_json_line(event)
    assert event == codec.from_json_line(line)
    assert line == codec.to_json_line(codec.from_json_line(line))
    written = json.loads(line)
    if example.path.stem.removeprefix("valid-") == "nanoseconds":
        written["time"] = written["time"].replace("Z", "789Z")
    assert contained(without_nulls(example.event), written)


@pytest.mark.parametrize("example", VALID, ids=str)
def test_what_is_written_fits_the_schema(example: Example) -> None:
    """What the codec writes, other languages' readers accept."""
    event = codec.to_dict(codec.from_json_line(line_of(example.event)))
    assert list(json_schema.validator(example.event_type).iter_errors(event)) == []


@pytest.mark.parametrize("event_type", MODELS)
def test_every_type_has_examples_of_both_sorts(event_type: str) -> None:
    """A type without examples is a type that nobody checked."""
    mine = [example for example in ALL if example.event_type == event_type]
    assert len([example for example in mine if example.valid]) >= 3
    assert len([example for example in mine if not example.valid]) >= 5


@pytest.mark.parametrize("event_type", MODELS)
def test_unknown_fields_are_among_the_examples(event_type: str) -> None:
    """Each type shows that what a newer writer adds is kept."""
    (example,) = (
        one for one in VALID if one.event_type == event_type and one.path.stem == "valid-unknown-fields"
    )
    data = codec.to_dict(codec.from_json_line(line_of(example.event)))
    assert data["data"]["tomorrow"] == example.event["data"]["tomorrow"]
    assert data["newextension"] == "kept"


@pytest.mark.parametrize("example", ALL, ids=str)
def test_no_example_is_an_orphan(example: Example) -> None:
    """Every example lies in the folder of a registered type and says by its name what it is."""
    assert example.event_type in MODELS
    assert example.path.name.startswith(("valid-", "invalid-"))


def test_invalid_examples_have_the_type_of_their_folder() -> None:
    """An invalid example is refused for what its name says, not for being of another type."""
    wrong = [str(example) for example in ALL if example.event.get("type") != example.event_type]
    assert [] == wrong

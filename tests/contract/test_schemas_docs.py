"""The documents name every type, field and word of the contract."""

import re
from pathlib import Path
from typing import Any

import pytest

from fixloop_schemas.generate import schema_of
from fixloop_schemas.registry import MODELS
from fixloop_schemas.topics import TOPICS
from fixloop_schemas.vocabulary import ALERTING_KINDS, Kind

DOCS = Path(__file__).parents[2] / "docs"
EVENTS = (DOCS / "events.md").read_text(encoding="utf-8")
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")

every_type = pytest.mark.parametrize("event_type", MODELS)


def section(title: str, text: str = EVENTS) -> str:
    """The text under a heading, up to the next one of the same depth or above."""
    found = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert found, f"no section {title!r}"
    return re.split(rf"^#{{1,{len(found[1])}}} ", text[found.end() :], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> dict[str, bool]:
    """The fields in the tables of a section, and whether they are marked as required."""
    return {name: bool(star) for name, star in re.findall(r"^\| `(\w+)`( \*)? \|", text, re.MULTILINE)}


def described(schema: dict[str, Any]) -> dict[str, bool]:
    return {name: name in schema.get("required", ()) for name in schema["properties"]}


@every_type
def test_each_type_is_described_with_its_fields(event_type: str) -> None:
    """The page and the model name the same fields and require the same."""
    model = MODELS[event_type]
    fields = described(schema_of(event_type, model)["$defs"][model.__name__])
    shared = rows(section("On every event"))
    own = rows(section(event_type))
    assert {name for name in fields if name not in own} <= set(shared)
    assert own == {name: required for name, required in fields.items() if name in own}
    assert {name: required for name, required in fields.items() if name not in own}.items() <= shared.items()


@every_type
def test_each_part_is_described_with_its_fields(event_type: str) -> None:
    """What is nested in an event is described too."""
    model = MODELS[event_type]
    parts = schema_of(event_type, model)["$defs"]
    for name, schema in parts.items():
        if schema["type"] == "object" and name != model.__name__:
            assert described(schema) == rows(section(name))


@every_type
def test_each_attribute_is_described(event_type: str) -> None:
    """The envelope is part of the contract."""
    schema = schema_of(event_type, MODELS[event_type])
    fields = {name: required for name, required in described(schema).items() if name != "data"}
    assert fields == rows(section("The envelope"))


@pytest.mark.parametrize("topic", TOPICS)
def test_each_topic_is_described(topic: str) -> None:
    """The page says where the events lie."""
    assert f"| `{topic}` |" in section("Topics")


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_is_in_the_glossary(kind: Kind) -> None:
    """Whoever reads a detection finds what its kind means, and whether it can alert."""
    can_alert, look_alikes = section("Kinds of detections", GLOSSARY).split("These are look-alikes:")
    assert f"| `{kind}` |" in (can_alert if kind in ALERTING_KINDS else look_alikes)

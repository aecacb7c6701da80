"""The committed JSON Schemas are what the models say, one for each type."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from fixloop_schemas import generate
from fixloop_schemas.registry import MODELS, TYPES, is_newer_version
from tests.contract import json_schema

every_type = pytest.mark.parametrize("event_type", MODELS)


def schema_of(event_type: str) -> Any:
    path = files("fixloop_schemas").joinpath("json", f"{event_type}.schema.json")
    return json.loads(path.read_text(encoding="utf-8"))


def test_committed_schemas_are_up_to_date() -> None:
    """Whoever changes a model sees the change of the contract in the same commit (`make generate`)."""
    assert [] == generate.drift(generate.FOLDER)


def test_check_says_what_differs(tmp_path: Path) -> None:
    """A missing, a changed and a superfluous file are all found, and put right by writing."""
    assert len(MODELS) == len(generate.write(tmp_path))
    changed, missing, *_ = sorted(tmp_path.iterdir())
    changed.write_text("{}", encoding="utf-8")
    missing.unlink()
    (tmp_path / "old.json").write_text("{}", encoding="utf-8")
    expected = sorted([changed.name, missing.name, "old.json"])
    assert expected == generate.drift(tmp_path)
    assert expected == generate.write(tmp_path)
    assert [] == generate.drift(tmp_path)


def test_the_command_speaks_and_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` writes nothing and fails while something differs."""
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    assert 1 == generate.main(["--check"])
    assert [] == list(tmp_path.iterdir())
    assert "differs: dev.fixloop.commit.created.v1.schema.json" in capsys.readouterr().out
    assert 0 == generate.main([])
    assert 0 == generate.main(["--check"])


@every_type
def test_schemas_are_draft_2020_12(event_type: str) -> None:
    """Any validator of the current draft can read them."""
    schema = schema_of(event_type)
    Draft202012Validator.check_schema(schema)
    assert generate.DIALECT == schema["$schema"]
    assert event_type == schema["title"]
    assert schema["description"]


@every_type
def test_schemas_describe_the_whole_event(event_type: str) -> None:
    """The type is fixed, what CloudEvents requires is required, and unknown fields are allowed everywhere in the data."""
    schema = schema_of(event_type)
    assert event_type == schema["properties"]["type"]["const"]
    assert {"specversion", "id", "source", "type", "partitionkey", "data"} == set(schema["required"])
    models = [part for part in schema["$defs"].values() if part["type"] == "object"]
    assert models
    assert all(model["additionalProperties"] is True and model["description"] for model in models)


@every_type
def test_schemas_use_no_word_that_json_schema_does_not_know(event_type: str) -> None:
    """A bound that got lost on the way to the schema would be a word that no validator reads."""
    known = set(Draft202012Validator.VALIDATORS) | {
        "$schema",
        "$id",
        "$defs",
        "title",
        "description",
        "default",
    }

    def unknown(schema: Any) -> set[str]:
        if not isinstance(schema, dict):
            return set()
        inner = [
            *(part for word in ("properties", "$defs") for part in schema.get(word, {}).values()),
            *(schema.get(word) for word in ("items", "not", "additionalProperties", "propertyNames")),
            *schema.get("anyOf", ()),
        ]
        return (set(schema) - known).union(*map(unknown, inner))

    assert set() == unknown(schema_of(event_type))


@every_type
def test_an_event_of_another_type_is_refused(event_type: str) -> None:
    """A schema judges its own type and no other."""
    event = {"specversion": "1.0", "id": "1", "source": "/x", "type": "x", "partitionkey": "s", "data": {}}
    assert not json_schema.accepts(event_type, event)


@every_type
def test_types_are_named_by_the_rule(event_type: str) -> None:
    """`dev.fixloop.<subject>.<predicate>.v<version>`, and the registry reads both ways."""
    *_, version = event_type.split(".")
    assert event_type.startswith("dev.fixloop.")
    assert 5 == len(event_type.split("."))
    assert f"V{version[1:]}" == MODELS[event_type].__name__[-2:]
    assert event_type == TYPES[MODELS[event_type]]


@pytest.mark.parametrize(
    ("event_type", "newer"),
    [
        ("dev.fixloop.edit.applied.v2", True),
        ("dev.fixloop.edit.applied.v10", True),
        ("dev.fixloop.edit.applied.v1", False),
        ("dev.fixloop.edit.applied", True),
        ("dev.fixloop.edit.undone.v1", False),
        ("", False),
    ],
)
def test_a_later_version_is_told_from_an_unknown_type(event_type: str, newer: bool) -> None:
    """The dead letters tell a reader that is out of date from a message that is lost."""
    assert newer == is_newer_version(event_type)

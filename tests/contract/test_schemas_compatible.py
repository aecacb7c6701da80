"""What was released stays readable: a type only ever gains fields that may be absent.

At a release the files of `schemas/fixloop_schemas/json` are copied to its folder `released`, and are never changed there.
"""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from fixloop_schemas import generate
from fixloop_schemas.registry import MODELS
from tests.contract.schema_changes import breaking

RELEASED = generate.FOLDER / "released"
TYPE = "dev.fixloop.edit.applied.v1"

Change = Callable[[dict[str, Any]], Any]


def edit_of(schema: dict[str, Any]) -> dict[str, Any]:
    part: dict[str, Any] = schema["$defs"]["EditAppliedV1"]
    return part


def changed(change: Change) -> list[str]:
    """What the change to the edit's schema breaks."""
    old = generate.schema_of(TYPE, MODELS[TYPE])
    new = copy.deepcopy(old)
    change(new)
    assert old != new
    return breaking(old, new)


def test_nothing_that_was_released_is_broken() -> None:
    """Every released schema is compared with the model of today; its type may not be gone."""
    for path in RELEASED.glob("*.json"):
        event_type = path.name.removesuffix(".schema.json")
        released = json.loads(path.read_text(encoding="utf-8"))
        assert [] == breaking(released, generate.schema_of(event_type, MODELS[event_type]))


@pytest.mark.parametrize("event_type", MODELS)
def test_no_change_breaks_nothing(event_type: str) -> None:
    """The comparison understands every schema that there is."""
    schema = generate.schema_of(event_type, MODELS[event_type])
    assert [] == breaking(schema, schema)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: edit_of(s)["properties"].pop("change_digest"), "event.data.change_digest: removed"),
        (lambda s: edit_of(s)["required"].append("origin"), "event.data.origin: required now"),
        (lambda s: s["required"].append("time"), "event.time: required now"),
        (
            lambda s: edit_of(s)["properties"]["seq"].update(type="string"),
            "event.data.seq: integer became string",
        ),
        (lambda s: edit_of(s)["properties"]["seq"].update(minimum=1), "event.data.seq: minimum became 1"),
        (
            lambda s: edit_of(s)["properties"]["hunks"].update(maxItems=10),
            "event.data.hunks: maxItems became 10",
        ),
        (
            lambda s: s["$defs"]["PathRole"]["enum"].remove("docs"),
            "event.data.path_role: values are no longer allowed: ['docs']",
        ),
        (
            lambda s: edit_of(s)["properties"]["lines_added"]["anyOf"].pop(),
            "event.data.lines_added: null is no longer allowed",
        ),
        (
            lambda s: s["$defs"]["Hunk"]["properties"].pop("added"),
            "event.data.hunks[].added: removed",
        ),
        (
            lambda s: edit_of(s)["properties"]["change_digest"]["anyOf"][0].update(pattern="^x$"),
            "event.data.change_digest: another pattern",
        ),
        (
            lambda s: edit_of(s).update(additionalProperties=False),
            "event.data: unknown fields are no longer allowed",
        ),
    ],
)
def test_breaking_changes_are_found(change: Change, said: str) -> None:
    """A removed field, a narrower one and a new demand are each named with their place."""
    assert [said] == changed(change)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: edit_of(s)["properties"].update(later={"type": "string"}),
        lambda s: edit_of(s)["required"].remove("path_role"),
        lambda s: s["$defs"]["PathRole"]["enum"].append("asset"),
        lambda s: edit_of(s)["properties"]["hunks"].update(maxItems=1_000),
        lambda s: edit_of(s)["properties"]["seq"].update(type="number"),
        lambda s: edit_of(s)["properties"]["seq"].update(description="other words"),
    ],
)
def test_harmless_changes_are_let_through(change: Change) -> None:
    """A new field that may be absent, a wider one, or other words break nobody."""
    assert [] == changed(change)

"""Whatever is done to a valid event, the codec and the JSON Schema say the same of it."""

import copy
import json
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.limits import MAX_SEQ
from fixloop_schemas.vocabulary import DeadReason
from tests.contract import json_schema
from tests.contract.examples import VALID, Example

BEYOND_SCHEMA = frozenset({DeadReason.WRONG_KEY, DeadReason.TOO_LARGE})
"""What no JSON Schema can say: that two fields are equal, and how many bytes a message has."""

AWKWARD: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        [],
        {},
        [None],
        [[]],
        {"a": 1},
        "",
        " ",
        "0",
        "x" * 257,
        "x" * 1025,
        "a" * 16,
        "a" * 64,
        "A" * 16,
    ),
    *(
        "a" * 16 + "\n",
        "pass",
        "product",
        "1.0",
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05",
        "🐞" * 256,
        "\u0000",
    ),
    *(
        0,
        1,
        -1,
        5.0,
        -0.0,
        0.5,
        1e9,
        1e10,
        1e300,
        MAX_SEQ,
        MAX_SEQ + 1,
        2**32,
        2**63,
        2**64,
        -(2**31),
        -(2**31) - 1,
        10**30,
    ),
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a JSON value below its top."""
    keys: Any = (
        value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    return [place for key in keys for place in ((*path, key), *places(value[key], (*path, key)))]


def parent_of(event: Any, place: tuple[str | int, ...]) -> Any:
    for key in place[:-1]:
        event = event[key]
    return event


@st.composite
def changed_events(draw: st.DrawFn) -> tuple[Example, Any]:
    """A valid example with one or two places dropped, replaced or added to."""
    example = draw(st.sampled_from(VALID))
    event = copy.deepcopy(example.event)
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.sampled_from(places(event)))
        parent = parent_of(event, place)
        match draw(st.sampled_from(("drop", "replace", "add"))):
            case "drop":
                del parent[place[-1]]
            case "replace":
                parent[place[-1]] = copy.deepcopy(draw(st.sampled_from(AWKWARD)))
            case _ if isinstance(parent, dict):
                name = draw(st.sampled_from(("newfield", "new_field", "seq", "hunks")))
                parent[name] = copy.deepcopy(draw(st.sampled_from(AWKWARD)))
    return example, event


@given(changed_events())
@settings(max_examples=1_000)
def test_codec_and_schema_judge_alike(case: tuple[Example, Any]) -> None:
    """A reader in another language that trusts the schema takes exactly what fixloop takes."""
    example, event = case
    assume(event.get("type") == example.event_type)
    try:
        codec.from_json_line(json.dumps(event).encode())
        problem = None
    except Rejected as rejected:
        assume(rejected.reason not in BEYOND_SCHEMA)
        problem = rejected.detail
    errors = [error.message for error in json_schema.validator(example.event_type).iter_errors(event)]
    assert (problem is None) == (not errors), (problem, errors)

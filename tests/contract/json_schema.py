"""JSON Schema's verdict on an event, by the committed schemas alone."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@cache
def validator(event_type: str) -> Draft202012Validator:
    """The validator for a type, from its committed schema."""
    path = files("fixloop_schemas").joinpath("json", f"{event_type}.schema.json")
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FORMATS)


def accepts(event_type: str, event: Mapping[str, Any]) -> bool:
    """Whether the type's schema accepts the event."""
    return bool(validator(event_type).is_valid(dict(event)))

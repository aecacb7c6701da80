"""Fields of JSON objects that others write: what is of another shape is taken as absent."""

from collections.abc import Mapping
from typing import Any

from fixloop_schemas.digest import plain

Object = Mapping[str, Any]


def text(fields: Object, *names: str) -> str:
    """The first of these fields that is a text with something in it; empty when none is."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def content(fields: Object, name: str) -> str | None:
    """A field that should be a text, as every emitter digests it; an empty one is one too, and None where it is none."""
    value = fields.get(name)
    return plain(value) if isinstance(value, str) else None


def mapping(fields: Object, *names: str) -> Object:
    """The first of these fields that is an object; empty when none is."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, dict):
            return value
    return {}


def listing(fields: Object, name: str) -> list[Any]:
    """A field that should be a list; empty when it is none."""
    value = fields.get(name)
    return value if isinstance(value, list) else []


def objects_in(fields: Object, name: str) -> list[Object]:
    """The objects in a field that should be a list of them."""
    return [item for item in listing(fields, name) if isinstance(item, dict)]


def whole_number(value: Any) -> int | None:
    """A whole number; `true` is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None

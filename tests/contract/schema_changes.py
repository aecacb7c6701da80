"""What a change of a JSON Schema breaks: events that were valid before and would not be any more, or that lose a field."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems")
AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def breaking(old: Schema, new: Schema) -> list[str]:
    """Each breaking change from the one schema of a type to the other, by its place; none when all old events stay valid."""
    return list(_changes(old, new, old, new, "event"))


def _changes(old: Schema, new: Schema, old_root: Schema, new_root: Schema, place: str) -> Iterator[str]:
    old, old_null = _plain(old, old_root)
    new, new_null = _plain(new, new_root)
    if old_null and not new_null:
        yield f"{place}: null is no longer allowed"
    yield from _narrowed(old, new, place)
    for name, inner in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{place}.{name}: removed"
        else:
            yield from _changes(inner, new["properties"][name], old_root, new_root, f"{place}.{name}")
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{place}.{name}: required now"
    if "items" in old and "items" in new:
        yield from _changes(old["items"], new["items"], old_root, new_root, f"{place}[]")


def _narrowed(old: Schema, new: Schema, place: str) -> Iterator[str]:
    if old.get("type") != new.get("type") and (old.get("type"), new.get("type")) != ("integer", "number"):
        yield f"{place}: {old.get('type')} became {new.get('type')}"
    gone = _words(old) - _words(new) if _words(new) else set()
    if gone or (_words(new) and not _words(old)):
        yield f"{place}: values are no longer allowed: {sorted(map(str, gone))}"
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield f"{place}: another pattern"
    if old.get("additionalProperties", True) is True and new.get("additionalProperties", True) is not True:
        yield f"{place}: unknown fields are no longer allowed"
    for bound in AT_LEAST:
        if bound in new and new[bound] > old.get(bound, float("-inf")):
            yield f"{place}: {bound} became {new[bound]}"
    for bound in AT_MOST:
        if bound in new and new[bound] < old.get(bound, float("inf")):
            yield f"{place}: {bound} became {new[bound]}"


def _plain(schema: Schema, root: Schema) -> tuple[Schema, bool]:
    """The schema without references, and whether null is allowed beside it."""
    if "$ref" in schema:
        return _plain(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "anyOf" in schema:
        others = [part for part in schema["anyOf"] if part.get("type") != "null"]
        assert 1 == len(others), "the generated schemas know no other unions"
        return _plain(others[0], root)[0], len(others) < len(schema["anyOf"])
    return schema, False


def _words(schema: Schema) -> set[Any]:
    return set(schema.get("enum", ())) | ({schema["const"]} if "const" in schema else set())

"""Writes the JSON Schema of every event type from its model: `python -m fixloop_schemas.generate [--check]`.

The models lead, the files follow: each describes the whole CloudEvent in its JSON format, for readers and writers in other languages.
With `--check` nothing is written; files that would change are named, and the exit code is 1.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from fixloop_schemas.cloudevents import ATTRIBUTE_NAME
from fixloop_schemas.codec import CloudEvent
from fixloop_schemas.events.wire import Attribution
from fixloop_schemas.registry import MODELS

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
FOLDER: Final = Path(__file__).parent / "json"


class _Plain(GenerateJsonSchema):
    """Titles for models only: a field's title would repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 -- pydantic's signature
        return False


def schema_of(event_type: str, model: type[Attribution]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a CloudEvent of this type, in JSON format."""
    envelope = cast("type[BaseModel]", CloudEvent.__class_getitem__(model))
    generated = envelope.model_json_schema(schema_generator=_Plain, mode="validation")
    properties = {**generated["properties"], "type": {"const": event_type, "type": "string"}}
    return {
        "$schema": DIALECT,
        "$id": f"urn:fixloop:schema:{event_type}",
        "title": event_type,
        "description": generated["$defs"][model.__name__]["description"],
        "type": "object",
        "properties": _portable(properties),
        "required": generated["required"],
        "propertyNames": _portable({"pattern": f"^{ATTRIBUTE_NAME.pattern}$"}),
        "additionalProperties": {"anyOf": [generated["additionalProperties"], {"type": "null"}]},
        "$defs": _portable(generated["$defs"]),
    }


def documents() -> Mapping[str, str]:
    """Every file by name, as it has to be."""
    return {
        f"{event_type}.schema.json": json.dumps(schema_of(event_type, model), indent=2, ensure_ascii=False)
        + "\n"
        for event_type, model in sorted(MODELS.items())
    }


def drift(folder: Path) -> list[str]:
    """The names of files in `folder` that are missing, different, or of no type."""
    wanted = documents()
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def write(folder: Path) -> list[str]:
    """Bring `folder` up to date. The names of the files that changed."""
    changed = drift(folder)
    wanted = documents()
    folder.mkdir(exist_ok=True)
    for name in changed:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or with `--check` say which would change. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m fixloop_schemas.generate", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 when a file would change"
    )
    check: bool = parser.parse_args(arguments).check
    changed = drift(FOLDER) if check else write(FOLDER)
    for name in changed:
        sys.stdout.write(f"{'differs' if check else 'written'}: {name}\n")
    return 1 if check and changed else 0


def _portable(schema: Any) -> Any:
    # In some languages `$` matches before a final line break too; the models, and JSON Schema by its word, mean the very end.
    # A default of null says no more than that a field may be absent.
    if isinstance(schema, list):
        return [_portable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: _portable(part) for name, part in schema.items() if (name, part) != ("default", None)}
    return {**parts, "not": {"pattern": "\n"}} if isinstance(parts.get("pattern"), str) else parts


if __name__ == "__main__":
    raise SystemExit(main())

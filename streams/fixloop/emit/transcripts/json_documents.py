"""JSON as transcripts hold it: one object a line, or one document a file. What is none is left out with its place."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from fixloop.emit.imported.facts import Unread
from fixloop.emit.imported.sources import Source
from fixloop.emit.json_fields import Object


def objects(source: Source) -> Iterator[tuple[str, Object] | Unread]:
    """Each line's object with its place (`file:line`); a line that is none, as what was left out."""
    for number, line in source.lines():
        place = f"{source.name}:{number}"
        found = parsed(line, place)
        yield found if isinstance(found, Unread) else (place, found)


def document(source: Source) -> Any | Unread:
    """The file's one document, or why there is none."""
    try:
        return json.loads(source.whole())
    except (ValueError, RecursionError) as error:
        return Unread(source.name, reason(error))


def parsed(line: bytes | str, place: str) -> Object | Unread:
    """The object in one line."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Unread(place, reason(error))
    return found if isinstance(found, dict) else Unread(place, "not a JSON object")


def reason(error: Exception) -> str:
    """Why it is no JSON, without any of its text."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at column {error.colno}"
    return f"not JSON: {type(error).__name__}"


def content_id(content: Any) -> str:
    """A short name for a content that has none: equal for equal contents."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:12]

"""Keys of what was recorded: readable, the same at every reading, never longer than the wire allows."""

import hashlib
from typing import Final
from urllib.parse import quote

MAX_NAME: Final = 256
MAX_TEST_NAME: Final = 1024
_TAIL: Final = 16


def encodable(text: str) -> str:
    """The text, with a question mark for each half of a character pair that stands alone: JSON can write those, UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


def bounded(text: str, limit: int = MAX_NAME) -> str:
    """The text itself, or its beginning with a digest of the whole as its tail when it is longer than `limit`."""
    if len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_TAIL]
    return f"{text[: limit - _TAIL - 1]}~{digest}"


def session_key(dataset: str, session: str) -> str:
    """The session's id. The data set is part of it: one SWE-bench instance is recorded with several agents."""
    return bounded(f"{dataset}/{session}")


def event_key(session: str, recorded: int | str, suffix: str = "") -> str:
    """The id of an event within its source: session, recorded number, and for a run which of its parts."""
    return bounded(f"{session}:{recorded}{suffix}")


def source_of(dataset: str) -> str:
    """The CloudEvents source: a URI reference, so what a URI cannot hold is escaped."""
    return bounded(f"/recording/{quote(dataset, safe='/:@')}", 1024)

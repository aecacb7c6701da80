"""What really happened in simulated sessions, read from the file beside them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fixloop.evaluate.kind_scores import Truth
from fixloop.workers.evaluation import source_name
from fixloop_schemas.vocabulary import Kind


def truths_of(path: Path) -> dict[str, tuple[Truth, ...]]:
    """The truths by session.

    Raises:
        ValueError, KeyError, TypeError: not a file that `fixloop simulate` writes.
    """
    document = json.loads(path.read_text("utf-8"))
    return {source_name(session["session_id"]): tuple(_truths(session)) for session in document["sessions"]}


def _truths(session: Mapping[str, Any]) -> Iterator[Truth]:
    for optional, labels in ((False, session["labels"]), (True, session.get("also", ()))):
        for label in labels:
            yield Truth(Kind(label["kind"]), frozenset(label["tests"]), optional)

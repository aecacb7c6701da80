"""Recorded lines for tests: plain words in, bytes out, and what the reader makes of them."""

import json
from typing import Any, TypeVar

from fixloop.ingest.recordings.reader import read_lines
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.events.wire import Attribution

Data = TypeVar("Data", bound=Attribution)


def line(seq: int, kind: str, **fields: Any) -> bytes:
    """A recorded line; a field that is None is left out."""
    whole = {
        "dataset": "entire:acme/shop",
        "session": "s1",
        "agent": "claude-code",
        "model": "model-x",
        "ts": f"2026-01-02T03:04:{seq:02}Z",
        "seq": seq,
        "kind": kind,
        **fields,
    }
    return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()


def edit(seq: int = 0, op: str = "edit", path: str = "src/cart.py", **fields: Any) -> bytes:
    """A recorded edit."""
    return line(
        seq, "edit", **{"op": op, "path": path, "full_text": False, "diff_sha256": "d" * 64, **fields}
    )


def run(seq: int = 0, *tests: dict[str, Any], command: str = "pytest tests", **fields: Any) -> bytes:
    """A recorded test run."""
    common = {"framework": "pytest", "status": "fail", "exit_code": 1, "totals": {}}
    return line(seq, "test", **{**common, "command": command, "tests": list(tests), **fields})


def read(*lines: bytes) -> list[Event | Rejected]:
    """Everything that the reader makes of the lines."""
    return [item for _, item in read_lines((f"file:{n}", raw) for n, raw in enumerate(lines, start=1))]


def events(*lines: bytes) -> list[Event]:
    """The events, where nothing is rejected."""
    items = read(*lines)
    assert [] == [item for item in items if isinstance(item, Rejected)]
    return [item for item in items if not isinstance(item, Rejected)]


def rejections(*lines: bytes) -> list[str]:
    """Reason and detail of each rejection."""
    return [str(item) for item in read(*lines) if isinstance(item, Rejected)]


def data(model: type[Data], *lines: bytes) -> Data:
    """The data of the one event of its sort."""
    (found,) = [event.data for event in events(*lines) if isinstance(event.data, model)]
    return found

"""What stands in a spool, read as the schemas read it."""

from pathlib import Path
from typing import Any

from fixloop.emit.events import EDIT_APPLIED, Draft
from fixloop_schemas import codec
from fixloop_schemas.codec import Event


def lines_of(spool: Path) -> list[bytes]:
    """Every line of every session, in order."""
    return [
        line
        for segment in sorted(spool.glob("sessions/*/*.jsonl"))
        for line in segment.read_bytes().splitlines()
    ]


def events_of(spool: Path) -> list[Event]:
    """Every event of every session, judged by the models."""
    return [codec.from_json_line(line) for line in lines_of(spool)]


def short_types(spool: Path) -> list[str]:
    """The types without what they have in common."""
    return [event.type.removeprefix("dev.fixloop.").removesuffix(".v1") for event in events_of(spool)]


def an_edit(session_id: str = "s1", **data: Any) -> Draft:
    """A small valid edit."""
    fields = {"path": "aa" * 8, "path_role": "product", **data}
    return Draft(session_id, EDIT_APPLIED, "/agent/claude-code", fields)

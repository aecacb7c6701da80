"""The truth about simulated sessions, and the file that holds it (docs/simulator.md says what each field means)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fixloop_schemas.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Label:
    """Something that happened in a session."""

    kind: Kind
    tests: tuple[str, ...]
    """Every name that the tests in question had; empty where it happened to none in particular."""
    laps: int = 0
    """Of a cycle: complete rounds that runs showed."""
    first_run: str | None = None
    """The run in which it could first be seen; None where an edit says it by itself."""
    last_run: str | None = None
    cross_session: bool = False
    """Only several sessions together can tell."""


@dataclass(frozen=True, slots=True)
class SessionTruth:
    """What is true of one session."""

    session_id: str
    habit: str
    labels: tuple[Label, ...]
    """What happened, and could be seen in the events: to be found."""
    also: tuple[Label, ...]
    """What may be said without being wrong, and need not be: two readings of the same facts, or facts that no event tells surely."""
    cycle_members: tuple[tuple[str, ...], ...]
    """Of each ring of conflicting fixes, the tests in it, in the order in which they break; seen going round or not."""
    events: int
    """How many different events tell of it."""
    follows: str | None = None
    """The session whose work or task it took over; None for one that knows of no other."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A whole simulation."""

    profile: str
    seed: int
    sessions: tuple[SessionTruth, ...]


def as_document(profile: str, seed: int, sessions: Iterable[SessionTruth]) -> dict[str, Any]:
    """The truth as a JSON document."""
    return {"profile": profile, "seed": seed, "sessions": [asdict(session) for session in sessions]}


def read_truth(path: Path) -> Truth:
    """The truth in a file that `fixloop simulate` wrote.

    Raises:
        OSError, ValueError, KeyError, TypeError: the file is not there, or not such a file.
    """
    document = json.loads(path.read_text("utf-8"))
    return Truth(
        document["profile"], document["seed"], tuple(_session(each) for each in document["sessions"])
    )


def _session(document: Mapping[str, Any]) -> SessionTruth:
    return SessionTruth(
        session_id=document["session_id"],
        habit=document["habit"],
        labels=tuple(_label(each) for each in document["labels"]),
        also=tuple(_label(each) for each in document["also"]),
        cycle_members=tuple(tuple(members) for members in document["cycle_members"]),
        events=document["events"],
        follows=document["follows"],
    )


def _label(document: Mapping[str, Any]) -> Label:
    return Label(
        kind=Kind(document["kind"]),
        tests=tuple(document["tests"]),
        laps=document["laps"],
        first_run=document["first_run"],
        last_run=document["last_run"],
        cross_session=document["cross_session"],
    )

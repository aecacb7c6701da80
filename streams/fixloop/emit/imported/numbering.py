"""Facts as events: each session from `session.started` on, numbered from 0 in the order in which its facts come.

Ids derive from session and key, so that the same content gives the same events at every import; a key that comes again is the same
event again, and is left out.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from fixloop.emit.events import EDIT_APPLIED, EVENTS_DROPPED, RUN_STARTED, SESSION_STARTED, text
from fixloop.emit.imported.facts import Fact
from fixloop_schemas.cloudevents import JSON_CONTENT, SPECVERSION, dump
from fixloop_schemas.limits import MAX_EVENT_BYTES

_STARTED_KEY: Final = "started"
_MAX_DATA: Final = MAX_EVENT_BYTES - 8 * 1024
"""Leaves room for the attribution; what is larger is told as dropped."""


@dataclass(slots=True)
class _Session:
    next_seq: int = 0
    edits: int = 0


@dataclass(slots=True)
class Numbering:
    """Where each session stands. Holds a few bytes for each event, so that none is given twice."""

    sessions: dict[str, _Session] = field(default_factory=dict)
    given: set[bytes] = field(default_factory=set)
    repeated: int = 0

    def events(self, fact: Fact) -> Iterator[dict[str, Any]]:
        """The fact as an event, behind the session's start where that was not told; nothing when it was given before."""
        digest = _digest("" if fact.unique else fact.session_id, fact.key)
        if digest in self.given:
            self.repeated += fact.type != SESSION_STARTED
            return
        self.given.add(digest)
        session = self.sessions.setdefault(fact.session_id, _Session())
        if session.next_seq == 0 and fact.type != SESSION_STARTED:
            start = Fact(
                fact.session_id,
                _STARTED_KEY,
                SESSION_STARTED,
                fact.source,
                {"reason": "unknown"},
                fact.time,
                fact.attribution,
            )
            yield _event(start, session, _digest(start.session_id, start.key))
        yield _event(fact, session, digest)


def _event(fact: Fact, session: _Session, digest: bytes) -> dict[str, Any]:
    data: Mapping[str, Any] = fact.data
    seq = session.next_seq
    if len(dump(data)) > _MAX_DATA:
        data = {"first_seq": seq, "last_seq": seq, "reason": "too_large"}
        fact = replace(fact, type=EVENTS_DROPPED)
    elif fact.type == RUN_STARTED:
        data = {**data, "code_state": {"edits": session.edits, **data.get("code_state", {})}}
    session.next_seq += 1
    session.edits += fact.type == EDIT_APPLIED
    attribution = {name: text(value) for name, value in fact.attribution.items() if value}
    return {
        "specversion": SPECVERSION,
        "id": digest.hex(),
        "source": fact.source,
        "type": fact.type,
        **({"time": fact.time} if fact.time else {}),
        "datacontenttype": JSON_CONTENT,
        "partitionkey": fact.session_id,
        "data": {"session_id": fact.session_id, "seq": seq, **attribution, **data},
    }


def _digest(session_id: str, key: str) -> bytes:
    return hashlib.sha256(f"{session_id}\0{key}".encode("utf-8", "surrogatepass")).digest()[:16]

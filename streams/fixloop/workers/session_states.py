"""Where each session stands: in memory for the ones that were active last, in the store for all."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from fixloop.detect import SessionState, SnapshotError, restore, snapshot
from fixloop.land.store import Store
from fixloop.workers.folding import fold
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import RawEvent

MAX_STATES: Final = 1_000
"""States that are kept in memory at most; one is rarely above some hundred kilobytes."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A session's state, and how often it was saved."""

    version: int
    state: SessionState | None


class SessionStates:
    """The states of all sessions, saved in the store.

    Args:
        store: where they are saved.
        max_states: how many are kept in memory; the others are read again when their session goes on.
    """

    def __init__(self, store: Store, max_states: int = MAX_STATES) -> None:
        self._store = store
        self._max_states = max_states
        self._kept: OrderedDict[str, Saved] = OrderedDict()

    def load(self, session_ids: Iterable[str]) -> dict[str, SessionState | None]:
        """The states of the sessions; None for one without events so far."""
        wanted = set(session_ids)
        missing = sorted(wanted - self._kept.keys())
        if missing:
            self._kept.update(dict.fromkeys(missing, Saved(0, None)))
            self._kept.update(self._read(missing))
        return {session_id: self._kept[session_id].state for session_id in sorted(wanted)}

    def save(self, states: Mapping[str, SessionState]) -> None:
        """Save states that `load` gave and that have moved on; the rows of their events have to be in the store already."""
        saved = {
            session_id: Saved(self._kept[session_id].version + 1, state)
            for session_id, state in states.items()
        }
        self._store.insert(
            {
                "session_states": [
                    (session_id, one.version, snapshot(one.state).decode())
                    for session_id, one in saved.items()
                    if one.state is not None
                ]
            }
        )
        for session_id, one in saved.items():
            self._kept[session_id] = one
            self._kept.move_to_end(session_id)
        while len(self._kept) > self._max_states:
            self._kept.popitem(last=False)

    def _read(self, session_ids: list[str]) -> dict[str, Saved]:
        found = self._store.query(
            "SELECT session_id, version, state FROM session_states FINAL WHERE session_id IN {ids:Array(String)}",
            {"ids": session_ids},
        )
        return {
            session_id: Saved(version, self._restored(session_id, state))
            for session_id, version, state in found.rows
        }

    def _restored(self, session_id: str, state: str) -> SessionState | None:
        try:
            return restore(state.encode())
        except SnapshotError:
            # Another version of the program wrote it. What it knew is in the events.
            return self._folded_anew(session_id)

    def _folded_anew(self, session_id: str) -> SessionState | None:
        found = self._store.query(
            "SELECT source, event_id, type, time, data FROM events WHERE session_id = {id:String} ORDER BY seq, source, event_id",
            {"id": session_id},
        )
        state: SessionState | None = None
        for source, event_id, event_type, time, data in found.rows:
            attributes = {"specversion": "1.0", "id": event_id, "source": source, "type": event_type}
            attributes |= {"partitionkey": session_id} | ({"time": time} if time else {})
            state, _ = fold(state, codec.decode(RawEvent(attributes, data.encode())))
        return state

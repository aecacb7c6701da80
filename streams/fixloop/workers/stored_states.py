"""Where each session and each ledger stands: in memory for the ones that were active last, in the store for all."""

import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fixloop.detect import SessionState, SnapshotError
from fixloop.land.store import Store
from fixloop.workers.folding import fold
from fixloop.workers.foldings import FOLDINGS, SESSIONS
from fixloop.workers.following import Place
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import RawEvent

MAX_STATES: Final = 1_000
"""States that are kept in memory at most; one is rarely above some hundred kilobytes."""

_FOLDING_OF: Final = {folding.kind: folding for folding in FOLDINGS.values()}

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Saved:
    """A state, and how often it was saved."""

    version: int
    state: Any


class StoredStates:
    """The states of all sessions and ledgers, saved in the store.

    The places of all are held in memory, some hundred bytes each: most tests that fail do so for the first time, and to ask the
    store for what is not there would take longer than all else.

    Args:
        store: where they are saved.
        max_states: how many are kept in memory; the others are read again when something concerns them.
    """

    def __init__(self, store: Store, max_states: int = MAX_STATES) -> None:
        self._store = store
        self._max_states = max_states
        self._kept: OrderedDict[Place, Saved] = OrderedDict()
        self._known: set[Place] | None = None

    def load(self, places: Iterable[Place]) -> dict[Place, Any]:
        """The states at these places; None where there is none so far."""
        wanted = set(places)
        missing = wanted - self._kept.keys()
        if missing:
            if self._known is None:
                self._known = {
                    (kind, key)
                    for kind, key in self._store.query("SELECT DISTINCT kind, key FROM states").rows
                }
            self._kept.update(dict.fromkeys(sorted(missing), Saved(0, None)))
            for kind in _FOLDING_OF:
                self._read(kind, sorted(key for of, key in missing & self._known if of == kind))
        return {place: self._kept[place].state for place in sorted(wanted)}

    def save(self, states: Mapping[Place, Any]) -> None:
        """Save states that `load` gave and that have moved on, all or none; the rows of their events have to be in the store already."""
        saved = {place: Saved(self._kept[place].version + 1, state) for place, state in states.items()}
        self._store.insert(
            {
                "states": [
                    (*place, one.version, _FOLDING_OF[place[0]].snapshot(one.state).decode())
                    for place, one in saved.items()
                ]
            }
        )
        for place, one in saved.items():
            self._kept[place] = one
            self._kept.move_to_end(place)
        if self._known is not None:
            self._known |= saved.keys()
        while len(self._kept) > self._max_states:
            self._kept.popitem(last=False)

    def _read(self, kind: str, keys: list[str]) -> None:
        if not keys:
            return
        found = self._store.query(
            "SELECT key, version, state FROM states FINAL WHERE kind = {kind:String} AND key IN {keys:Array(String)}",
            {"kind": kind, "keys": keys},
        )
        for key, version, state in found.rows:
            self._kept[kind, key] = Saved(version, self._restored(kind, key, state))

    def _restored(self, kind: str, key: str, state: str) -> Any:
        try:
            return _FOLDING_OF[kind].restore(state.encode())
        except SnapshotError:
            # Another version of the program wrote it. What a session knew is in its events.
            if kind == SESSIONS.kind:
                return self._folded_anew(key)
            _log.warning(
                "what another version of fixloop had learned under %s cannot be read; it is learned anew", key
            )
            return None

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

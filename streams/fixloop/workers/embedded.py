"""The embedded runner: decode, fold, land, in one process and without Kafka; the same functions as the worker's.

A batch is loaded, folded, landed and saved, in this order: a session's state is never in the store ahead of the rows of its events. What
sessions tell the ledgers, and ledgers the sessions, is folded with the event that it follows from, and all states of a batch are saved at
once. Kill it anywhere and feed the same again: what was landed is written again as the same rows, and what was saved is known.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self

from fixloop.land.rows import Rows, combined, dead_letter_rows, rows_of
from fixloop.land.store import Store
from fixloop.observe.metrics import Metrics
from fixloop.settings import DEFAULT_ALERT_THRESHOLD
from fixloop.workers.counting import Counting
from fixloop.workers.foldings import CLOSING, SESSIONS
from fixloop.workers.following import Followed, Place, fold_through, place_of
from fixloop.workers.session_windows import SessionWindows, milliseconds
from fixloop.workers.stored_states import MAX_STATES, StoredStates
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.registry import DETECTION_TYPE
from fixloop_schemas.vocabulary import DeadReason

SESSION_GAP: Final = timedelta(minutes=30)
_NEVER_MS: Final = 2**62
_OPEN: Final = """
SELECT events.session_id, toUnixTimestamp64Milli(max(events.time)) AS last FROM events
LEFT JOIN session_summaries AS closed ON closed.session_id = events.session_id
GROUP BY events.session_id, closed.session_id, closed.events
HAVING closed.session_id = '' OR closed.events < count() ORDER BY events.session_id"""
"""The sessions that are not closed, with their last times: they have no summary, or more events than it says."""
MAX_BATCH_EVENTS: Final = 5_000
MAX_BATCH_ROWS: Final = 50_000
"""A test run has a row for each of its tests, and a batch is held in memory."""


class EmbeddedRunner:
    """Takes events and lands them, with what they lead to. For one thread; the store may be read from others meanwhile.

    Args:
        store: migrated, and not shared with another runner.
        metrics: where it counts; nowhere when absent.
        detections: told of each version of a detection, once its row is in the store.
        threshold: the confidence from which a detection counts as alerting.
        max_states: how many states are kept in memory.
        gap: how long a session may be silent before it closes.
    """

    def __init__(
        self,
        store: Store,
        metrics: Metrics | None = None,
        detections: Callable[[Event], object] | None = None,
        threshold: float = DEFAULT_ALERT_THRESHOLD,
        max_states: int = MAX_STATES,
        gap: timedelta = SESSION_GAP,
    ) -> None:
        self._store = store
        self._states = StoredStates(store, max_states)
        self._counting = Counting(metrics, threshold) if metrics else None
        self._tell = detections
        self._events: list[tuple[str, Event]] = []
        self._refused: list[DeadReason] = []
        self._rows: list[Rows] = []
        self._row_count = 0
        self._windows = SessionWindows(int(gap.total_seconds() * 1_000))
        self._windows_known = False

    def feed(self, source: str, event: Event | Rejected, raw: bytes = b"") -> None:
        """Take one event, or the verdict on what could not be one; when a batch is full, it is flushed.

        Args:
            source: where it came from, such as `file:line`.
            event: what came.
            raw: the message as it came, for the dead letters.

        Raises:
            StoreError, UnreachableError: as `flush`.
        """
        if isinstance(event, Rejected):
            self._refused.append(event.reason)
            self._add(dead_letter_rows(source, event, raw))
        else:
            self._events.append((source, event))
            self._add(rows_of(event))
        if self._row_count >= MAX_BATCH_ROWS or len(self._events) >= MAX_BATCH_EVENTS:
            self.flush()

    def flush(self) -> None:
        """Return when all that was fed is in the store. When it raises nothing is lost: call it again.

        Raises:
            StoreError: the store refuses.
            UnreachableError: the store does not answer.
        """
        if self._rows:
            followed, letters = self._folded()
            self._land(combined([*self._rows, *map(rows_of, followed.found), *letters]))
            self._states.save(followed.after)
            self._watch(followed.after)
            refused = [*self._refused, *(rejected.reason for _, rejected in followed.refused)]
            self._events, self._refused, self._rows, self._row_count = [], [], [], 0
            self._count(followed, refused)
            if self._tell:
                for event in followed.found:
                    if event.type == DETECTION_TYPE:
                        self._tell(event)
        if self._counting:
            self._counting.refresh(datetime.now(UTC))

    def close_silent(self, now: datetime | None = None) -> None:
        """Close the sessions that were silent for long, in the time of their events; raises as `flush`.

        Args:
            now: the time by the clock, which counts when nothing comes; without it nothing will come any more, and all close.
        """
        self.flush()
        now_ms = milliseconds(now) if now else _NEVER_MS
        if not self._windows_known:
            for session_id, last in self._store.query(_OPEN).rows:
                self._windows.saw(
                    _place(session_id), last, last or 0, min(now_ms, milliseconds(datetime.now(UTC)))
                )
            self._windows_known = True
        while places := self._windows.due(now_ms, MAX_BATCH_EVENTS):
            states = self._states.load((SESSIONS.kind, key.decode()) for _, key in places)
            steps = {place: CLOSING.step(state) for place, state in states.items() if state}
            self._land(combined(rows_of(event) for step in steps.values() for event in step.events))
            self._states.save({place: step.state for place, step in steps.items()})

    def close(self) -> None:
        """Flush. The store stays open: it is its opener's."""
        self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # After an error the store may be the one that failed; what was not landed is fed again next time.
        if error is None:
            self.close()

    def _watch(self, after: Mapping[Place, Any]) -> None:
        now = milliseconds(datetime.now(UTC))
        for (kind, key), state in after.items():
            if kind == SESSIONS.kind:
                self._windows.stands(_place(key), CLOSING.last_us(state), now, now)

    def _add(self, rows: Rows) -> None:
        self._rows.append(rows)
        self._row_count += sum(map(len, rows.values()))

    def _folded(self) -> tuple[Followed, list[Rows]]:
        """What came of the batch, and the dead letters of what could not be folded."""
        self._states.load(place for _, event in self._events if (place := place_of(event)))
        followed = Followed()
        letters: list[Rows] = []
        for source, event in self._events:
            before = len(followed.refused)
            fold_through(event, followed, self._states.load)
            letters += [
                dead_letter_rows(source, rejected, codec.to_json_line(each))
                for each, rejected in followed.refused[before:]
            ]
        return followed, letters

    def _land(self, rows: Rows) -> None:
        started = time.perf_counter()
        self._store.insert(rows)
        if self._counting:
            self._counting.landed(rows, time.perf_counter() - started)

    def _count(self, followed: Followed, refused: list[DeadReason]) -> None:
        if not self._counting:
            return
        now = datetime.now(UTC)
        self._counting.folded(followed.events)
        for event in followed.found:
            self._counting.detected(event, now)
        for reason in refused:
            self._counting.refused(reason)


def _place(session_id: str) -> tuple[int, bytes]:
    return 0, session_id.encode()

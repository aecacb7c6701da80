"""The embedded runner: decode, fold, land, in one process and without Kafka; the same functions as the worker's.

A batch is loaded, folded, landed and saved, in this order: a session's state is never in the store ahead of the rows of its events. Kill
it anywhere and feed the same again: what was landed is written again as the same rows, and what was saved is known by its sequence.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from fixloop.detect import SessionState
from fixloop.land.rows import Rows, combined, dead_letter_rows, rows_of
from fixloop.land.store import Store
from fixloop.observe.metrics import Metrics
from fixloop.settings import DEFAULT_ALERT_THRESHOLD
from fixloop.workers.counting import Counting
from fixloop.workers.folding import fold
from fixloop.workers.session_states import MAX_STATES, SessionStates
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.vocabulary import DeadReason

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
        max_states: how many sessions' states are kept in memory.
    """

    def __init__(
        self,
        store: Store,
        metrics: Metrics | None = None,
        detections: Callable[[Event], object] | None = None,
        threshold: float = DEFAULT_ALERT_THRESHOLD,
        max_states: int = MAX_STATES,
    ) -> None:
        self._store = store
        self._states = SessionStates(store, max_states)
        self._counting = Counting(metrics, threshold) if metrics else None
        self._tell = detections
        self._events: list[tuple[str, Event]] = []
        self._refused: list[DeadReason] = []
        self._rows: list[Rows] = []
        self._row_count = 0

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
            states, rows, found, refused = self._folded()
            self._land(combined([*self._rows, *rows]))
            self._states.save(states)
            events = [event for _, event in self._events]
            refused = [*self._refused, *refused]
            self._events, self._refused, self._rows, self._row_count = [], [], [], 0
            self._count(events, found, refused)
            if self._tell:
                for event in found:
                    self._tell(event)
        if self._counting:
            self._counting.refresh(datetime.now(UTC))

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

    def _add(self, rows: Rows) -> None:
        self._rows.append(rows)
        self._row_count += sum(map(len, rows.values()))

    def _folded(self) -> tuple[dict[str, SessionState], list[Rows], list[Event], list[DeadReason]]:
        """The states after the batch, the rows that came of it, its detections, and why events could not be folded."""
        before = self._states.load(event.data.session_id for _, event in self._events)
        after: dict[str, SessionState] = {}
        rows: list[Rows] = []
        found: list[Event] = []
        refused: list[DeadReason] = []
        for source, event in self._events:
            session_id = event.data.session_id
            try:
                state, detections = fold(after.get(session_id, before[session_id]), event)
            except Exception as error:
                rejected = Rejected(DeadReason.PROCESSING_ERROR, f"{type(error).__name__}: {error}")
                rows.append(dead_letter_rows(source, rejected, codec.to_json_line(event)))
                refused.append(rejected.reason)
                continue
            after[session_id] = state
            found += detections
            rows += map(rows_of, detections)
        moved = {session_id: state for session_id, state in after.items() if state is not before[session_id]}
        return moved, rows, found, refused

    def _land(self, rows: Rows) -> None:
        started = time.perf_counter()
        self._store.insert(rows)
        if self._counting:
            self._counting.landed(rows, time.perf_counter() - started)

    def _count(self, events: list[Event], found: list[Event], refused: list[DeadReason]) -> None:
        if not self._counting:
            return
        now = datetime.now(UTC)
        for event in events:
            self._counting.folded(event)
        for event in found:
            self._counting.detected(event, now)
        for reason in refused:
            self._counting.refused(reason)

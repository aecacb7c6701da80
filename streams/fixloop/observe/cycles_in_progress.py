"""How many sessions go round in circles right now: what the gauge `fixloop_cycles_in_progress` shows.

Pure: the time comes in with each call. It counts by the detections' own time, so that a replay of last year's sessions alerts nobody.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import DetectionStatus, Kind

WINDOW: Final = timedelta(minutes=15)
"""How long after its last news a cycle counts as in progress."""

LIMIT: Final = 10_000
"""Detections that are remembered at most; the one whose last news is oldest in order of arrival goes first."""

KINDS: Final = frozenset({Kind.COUPLED_CYCLE, Kind.REINTRODUCTION})


class CyclesInProgress:
    """The open cycles that had news within `window`, each at or above the alert `threshold`."""

    def __init__(self, threshold: float, window: timedelta = WINDOW, limit: int = LIMIT) -> None:
        self._threshold = threshold
        self._window = window
        self._limit = limit
        self._last_news: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    def record(self, detection: DetectionRecordedV1, time: datetime | None, now: datetime) -> None:
        """Take in a version of a detection that came about at `time`; without one, it came about now."""
        self._last_news.pop(detection.detection_id, None)
        if not self._counts(detection):
            return
        # A clock that runs ahead must not hold a cycle in progress for longer than the window.
        news = min(time or now, now)
        self._last_news[detection.detection_id] = (detection.session_id, news)
        if len(self._last_news) > self._limit:
            self._last_news.popitem(last=False)

    def sessions(self, now: datetime) -> int:
        """The sessions with a cycle in progress."""
        over = [key for key, (_, news) in self._last_news.items() if now - news > self._window]
        for detection_id in over:
            del self._last_news[detection_id]
        return len({session_id for session_id, _ in self._last_news.values()})

    def _counts(self, detection: DetectionRecordedV1) -> bool:
        return (
            detection.kind in KINDS
            and detection.status is DetectionStatus.OPEN
            and detection.confidence >= self._threshold
        )

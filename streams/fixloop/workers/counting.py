"""What both shells count, so that a metric means the same on Kafka and embedded."""

from collections import Counter, OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from fixloop.land.rows import Rows
from fixloop.observe.cycles_in_progress import CyclesInProgress
from fixloop.observe.metrics import Metrics
from fixloop.settings import DEFAULT_ALERT_THRESHOLD
from fixloop_schemas.codec import Event
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.vocabulary import DeadReason, DetectionStatus

_MAX_ALERTED: Final = 10_000


class Counting:
    """Counts for one process.

    Args:
        metrics: where the figures go.
        threshold: the confidence from which a detection of an alerting kind alerts.
    """

    def __init__(self, metrics: Metrics, threshold: float = DEFAULT_ALERT_THRESHOLD) -> None:
        self._metrics = metrics
        self._threshold = threshold
        self._cycles = CyclesInProgress(threshold)
        self._alerted: OrderedDict[str, None] = OrderedDict()

    def folded(self, events: Iterable[Event]) -> None:
        """Events went into their states."""
        for event_type, count in Counter(event.type for event in events).items():
            self._metrics.add("fixloop_events_folded_total", count, type=event_type)

    def detected(self, event: Event, now: datetime) -> None:
        """A version of a detection was recorded."""
        detection = event.data
        if not isinstance(detection, DetectionRecordedV1):
            return
        self._metrics.add("fixloop_detections_total", kind=detection.kind, status=detection.status)
        self._cycles.record(detection, event.time, now)
        if self._alerts(detection):
            self._metrics.add(
                "fixloop_alerting_detections_total",
                kind=detection.kind,
                agent=detection.gen_ai_agent_name,
                model=detection.gen_ai_request_model,
                repository=detection.vcs_repository_name,
            )

    def refused(self, reason: DeadReason) -> None:
        """A message went to the dead letters."""
        self._metrics.add("fixloop_dead_letters_total", reason=reason)

    def landed(self, rows: Rows, seconds: float) -> None:
        """The store acknowledged `rows` after `seconds`."""
        for table, of_table in rows.items():
            self._metrics.add("fixloop_events_landed_total", len(of_table), table=table)
        self._metrics.observe("fixloop_insert_seconds", seconds)

    def refresh(self, now: datetime) -> None:
        """Bring what changes by time alone up to `now`."""
        self._metrics.set("fixloop_cycles_in_progress", self._cycles.sessions(now))

    def _alerts(self, detection: DetectionRecordedV1) -> bool:
        """Whether this is the first version of its detection that alerts; later ones are no new alert."""
        alerts = (
            detection.kind.alerting
            and detection.status is DetectionStatus.OPEN
            and detection.confidence >= self._threshold
        )
        if not alerts or detection.detection_id in self._alerted:
            return False
        self._alerted[detection.detection_id] = None
        if len(self._alerted) > _MAX_ALERTED:
            self._alerted.popitem(last=False)
        return True

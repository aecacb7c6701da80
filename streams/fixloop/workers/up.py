"""`fixloop up`: the spool into the embedded runner, live. What it has folded it passes with its cursor, and not before."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from threading import Event as Flag
from typing import Any, Final, Protocol

from fixloop.emit.names_book import read_name
from fixloop.emit.spool.reader import Record, SpoolReader
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.events.detection_recorded_v1 import DetectionRecordedV1
from fixloop_schemas.events.edit_applied_v1 import EditAppliedV1
from fixloop_schemas.events.wire import Attribution
from fixloop_schemas.vocabulary import DetectionStatus

BATCH: Final = 1_000
PAUSE_SECONDS: Final = 0.3
LOOK_EVERY: Final = timedelta(seconds=30)
"""How often silent sessions are looked for."""
_MAX_EDITS: Final = 20_000
_MAX_SAID: Final = 20_000


class Runner(Protocol):
    """Folds events and lands what comes of them; `workers.embedded.EmbeddedRunner` is one."""

    def feed(self, source: str, event: Event | Rejected, raw: bytes = b"") -> None:
        """Take one event, or what could not be one."""

    def flush(self) -> None:
        """Return when all that was fed is stored."""

    def close_silent(self, now: datetime) -> None:
        """Close the sessions that were silent for long."""


def follow(
    reader: SpoolReader, runner: Runner, stop: Flag, *, once: bool, seen: Callable[[Event], None]
) -> int:
    """Feed the spool to the runner until `stop`, or with `once` until it is empty. Returns how many lines it read.

    Args:
        reader: the spool, under this command's name.
        runner: takes the events.
        stop: set when it is enough; the batch at hand is finished.
        once: end when the spool is empty.
        seen: told of each event before it is fed.
    """
    count = 0
    next_look = datetime.now(UTC)
    while not stop.is_set():
        records = list(islice(reader.read(), BATCH))
        for record in records:
            event = _read(record)
            if not isinstance(event, Rejected):
                seen(event)
            runner.feed(record.source, event, record.line)
        if records:
            runner.flush()
            reader.advance(records)
            count += len(records)
        now = datetime.now(UTC)
        if now >= next_look:
            runner.close_silent(now)
            next_look = now + LOOK_EVERY
        if records:
            continue
        if once:
            break
        stop.wait(PAUSE_SECONDS)
    return count


class Newly:
    """Which detections are worth a line, each once, and the line, with the files' names where this machine knows them.

    Args:
        spool: where the names book lies.
        threshold: the confidence from which a detection alerts.
    """

    def __init__(self, spool: Path, threshold: float) -> None:
        self._spool = spool
        self._threshold = threshold
        self._said: dict[str, None] = {}
        self._path_of_edit: dict[str, str] = {}

    def see(self, event: Event) -> None:
        """Remember which file an edit was made to."""
        if isinstance(event.data, EditAppliedV1):
            self._path_of_edit[event.id] = event.data.path
            _bound(self._path_of_edit, _MAX_EDITS)

    def line(self, detection: Attribution) -> str | None:
        """What to say of the detection; None when it does not alert, or was said already."""
        if not isinstance(detection, DetectionRecordedV1) or detection.detection_id in self._said:
            return None
        if not self._alerts(detection):
            return None
        self._said[detection.detection_id] = None
        _bound(self._said, _MAX_SAID)
        tests = ", ".join(bug.test_case_name for bug in detection.bugs[:3])
        more = f" and {len(detection.bugs) - 3} more" if len(detection.bugs) > 3 else ""
        fixing = self._files(edit for back in detection.returns for edit in back.fixing_edits)
        breaking = self._files(edit for back in detection.returns for edit in back.breaking_edits)
        edits = "".join(
            (
                f"; fixed in {', '.join(fixing)}" if fixing else "",
                f"; broken in {', '.join(breaking)}" if breaking else "",
            )
        )
        return f"{detection.kind} ({detection.confidence:.2f}) {tests}{more}{edits} [session {detection.session_id}]"

    def _alerts(self, detection: DetectionRecordedV1) -> bool:
        return (
            detection.kind.alerting
            and detection.status is DetectionStatus.OPEN
            and detection.confidence >= self._threshold
        )

    def _files(self, edits: Iterable[str]) -> list[str]:
        digests = dict.fromkeys(self._path_of_edit[edit] for edit in edits if edit in self._path_of_edit)
        return [read_name(self._spool, digest) or digest for digest in digests]


def _bound(kept: dict[str, Any], most: int) -> None:
    while len(kept) > most:
        del kept[next(iter(kept))]


def _read(record: Record) -> Event | Rejected:
    try:
        return codec.from_json_line(record.line)
    except Rejected as rejected:
        return rejected

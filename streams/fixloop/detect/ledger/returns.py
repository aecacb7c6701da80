"""What one session fixed and a later one brought back."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from fixloop.detect.confidence import confidence
from fixloop.detect.ledger.across import Across, opened_after_a_fix
from fixloop.detect.ledger.arguments import lines_taken_out, overturned, reasons_across
from fixloop.detect.ledger.entries import Entry
from fixloop.detect.state import Detection, NamedBug, Return
from fixloop_schemas.vocabulary import DetectionStatus, Kind

SAID_FROM: Final = 0.6
"""The confidence from which on it is said at all: that one test fails alike in two sessions is common, and mostly nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """A detection, and the session that it is about."""

    session_id: str
    detection: Detection


def cross_returns(entries: Sequence[Entry], bug_id: str, version: int) -> list[Found]:
    """For each session in which a bug opened that another session had fixed before, what is to be said of it.

    Args:
        entries: all that is known of the test, in order.
        bug_id: the bug.
        version: of what is said.
    """
    return [_found(across, version) for across in opened_after_a_fix(tuple(entries), bug_id)]


def _found(across: Across, version: int) -> Found:
    opened, fix = across.opened, across.fix
    against = overturned(across)
    reasons = (*reasons_across(across), *((against,) if against else ()))
    likely = confidence(reasons)
    founding = ("across", Kind.REINTRODUCTION.value, opened.session_id, opened.bug_id, opened.run_id)
    back = Return(
        bug_id=opened.bug_id,
        red_run=fix.red_run_id or fix.run_id,
        fixing_run=fix.run_id,
        returning_run=opened.run_id,
        fixing_edits=tuple(edit.event_id for edit in fix.edits),
        breaking_edits=tuple(edit.event_id for edit in opened.edits),
        shared_lines=lines_taken_out(across),
        seq=opened.of.seq,
        fixing_session=fix.session_id,
    )
    detection = Detection(
        detection_id=sha256("\0".join(founding).encode("utf-8", "surrogatepass")).hexdigest()[:32],
        version=version,
        kind=Kind.REINTRODUCTION,
        status=DetectionStatus.OPEN if likely >= SAID_FROM else DetectionStatus.WITHDRAWN,
        confidence=likely,
        reasons=reasons,
        bugs=(NamedBug(opened.bug_id, opened.test, opened.failure, 1),),
        laps=0,
        returns=(back,),
        supersedes=(),
        superseded_by=None,
        first_seq=opened.of.seq,
        of=(across.repaired or opened).of,
    )
    return Found(opened.session_id, detection)

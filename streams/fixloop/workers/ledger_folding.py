"""The typed event meets the ledger: what a session tells, folded, and what follows to events."""

from dataclasses import fields
from hashlib import sha256
from typing import Final

from fixloop.detect.facts import Failure
from fixloop.detect.ledger import Entry, Judgement, LedgerState, ToldEdit, fold_entry, new_ledger
from fixloop.workers.detection_events import to_event
from fixloop.workers.origination import attribution, origination_of, time_of
from fixloop_schemas import codec
from fixloop_schemas.codec import Event
from fixloop_schemas.events import bug_transitioned_v1 as wire
from fixloop_schemas.events.bug_transitioned_v1 import BugTransitionedV1
from fixloop_schemas.events.testcase_judged_v1 import CaseJudgedV1

DETECTOR: Final = "/fixloop/detector"
LEDGER: Final = "/fixloop/ledger"

_TOLD: Final = tuple(field.name for field in fields(ToldEdit))


def fold_ledger(state: LedgerState | None, event: Event) -> tuple[LedgerState, tuple[Event, ...]]:
    """The ledger of one test after one more event, and what follows: detections, and judgements for sessions.

    Args:
        state: the ledger under the event's partition key; None before its first event.
        event: anything; what is not told to a ledger changes nothing.
    """
    state = state or new_ledger()
    if not isinstance(event.data, BugTransitionedV1):
        return state, ()
    state, learned = fold_entry(state, entry_of(event, event.data))
    found = (to_event(each.session_id, each.detection) for each in learned.detections)
    return state, (*found, *map(judged_event, learned.judgements))


def entry_of(event: Event, data: BugTransitionedV1) -> Entry:
    """The ledger's entry in an event."""
    return Entry(
        session_id=data.session_id,
        of=origination_of(event, data.seq),
        test=data.test_case_name,
        bug_id=data.bug_id,
        failure=Failure(
            data.signature_digest, data.signature_version, data.signature_complete, data.error_type
        ),
        transition=data.transition,
        run_id=data.run_id,
        red_run_id=data.red_run_id,
        seen_clear=data.seen_clear,
        test_edited=data.test_edited,
        inferred=data.inferred,
        isolated=data.isolated,
        began_at=data.began_at_revision,
        edits=tuple(ToldEdit(**{name: getattr(edit, name) for name in _TOLD}) for edit in data.edits),
    )


def told_event(entry: Entry) -> Event:
    """What a session tells the ledger, as an event; the same told twice has one id."""
    data = BugTransitionedV1(
        **attribution(entry.of),
        session_id=entry.session_id,
        test_case_name=entry.test,
        bug_id=entry.bug_id,
        signature_digest=entry.failure.digest,
        signature_version=entry.failure.version,
        signature_complete=entry.failure.complete,
        error_type=entry.failure.error_type,
        transition=entry.transition,
        run_id=entry.run_id,
        red_run_id=entry.red_run_id,
        seen_clear=entry.seen_clear,
        test_edited=entry.test_edited,
        inferred=entry.inferred,
        isolated=entry.isolated,
        began_at_revision=entry.began_at,
        edits=tuple(wire.ToldEdit(**{name: getattr(edit, name) for name in _TOLD}) for edit in entry.edits),
        seq=entry.of.seq,
    )
    return codec.new_event(_id(*map(str, entry.identity)), DETECTOR, time_of(entry.of), data)


def judged_event(judgement: Judgement) -> Event:
    """What a session is told of its test, as an event."""
    of = judgement.of.of
    data = CaseJudgedV1(
        **attribution(of),
        session_id=judgement.session_id,
        test_case_name=judgement.test,
        flaky_in_sessions=judgement.flaky_in_sessions,
    )
    event_id = _id(judgement.session_id, judgement.test, str(judgement.flaky_in_sessions))
    return codec.new_event(event_id, LEDGER, time_of(of), data)


def _id(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]

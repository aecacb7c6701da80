"""What became of a session as an event. Its id follows from the session and the version, so that the same said twice is one."""

from hashlib import sha256

from fixloop.detect import SessionState
from fixloop.detect.closing import Summary, close, summary
from fixloop.detect.facts import Origination
from fixloop.workers.detection_events import SOURCE
from fixloop.workers.origination import attribution, time_of
from fixloop_schemas import codec
from fixloop_schemas.codec import Event
from fixloop_schemas.events.session_summarized_v1 import KindCount, SessionSummarizedV1

_MICROSECONDS = 1_000_000


def closed(state: SessionState) -> tuple[SessionState, tuple[Event, ...]]:
    """A session after it was silent for long, and its summary."""
    after = close(state)
    return after, (summarized(after),)


def summarized(state: SessionState) -> Event:
    """The event that says what became of a session so far."""
    said: Summary = summary(state)
    of = Origination("", state.next_seq, state.until_us, state.who)
    known = state.began_us is not None and state.until_us is not None
    data = SessionSummarizedV1(
        session_id=state.session_id,
        **attribution(of),
        summary_version=said.version,
        ended=said.ended,
        duration=(state.until_us - state.began_us) / _MICROSECONDS if known else None,  # type: ignore[operator]  # `known` says so
        events=said.events,
        events_lost=said.lost,
        edits=said.edits,
        product_edits=said.product_edits,
        test_runs=said.runs,
        test_cases=said.tests,
        bugs=said.bugs,
        bugs_open=said.open_bugs,
        bugs_fixed=said.fixed_bugs,
        returns=said.returns,
        detections=tuple(KindCount(kind=kind, count=count) for kind, count in said.standing),
    )
    event_id = sha256(f"{state.session_id}\0summary\0{said.version}".encode("utf-8", "surrogatepass"))
    return codec.new_event(event_id.hexdigest()[:32], SOURCE, time_of(of), data)

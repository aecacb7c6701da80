"""The core's cost beside decoding, on the shipped recordings; and whether it grows with a session's length."""

from collections import defaultdict

from fixloop.detect import SessionState, snapshot
from fixloop.ingest.event_files import read_events
from fixloop.ingest.recordings import shipped_paths
from fixloop.workers.folding import fold
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from tests.bench.figures import Figure, medians
from tests.builders import Session

_SHORT, _LONG = 500, 5_000


def run() -> list[Figure]:
    """Decode and fold the same events, side by side."""
    events = [event for _, event in read_events(shipped_paths()) if not isinstance(event, Rejected)]
    messages = [codec.to_kafka(event) for event in events]
    decoding, folding = medians(
        lambda: [codec.from_kafka(message.key, message.value, message.headers) for message in messages],
        lambda: _fold_all(events),
    )
    states = _fold_all(events)
    (saving,) = medians(lambda: [snapshot(state) for state in states.values()])
    short, long = _rounds(_SHORT), _rounds(_LONG)
    early, late = medians(lambda: _fold_all(short), lambda: _fold_all(long))
    return [
        Figure("fold_vs_decode", folding / decoding),
        Figure("fold_long_vs_short_per_event", (late / len(long)) / (early / len(short))),
        Figure("decode_rate", len(events) / decoding, "events/s"),
        Figure("fold_rate", len(events) / folding, "events/s"),
        Figure("snapshot_time", saving / len(states) * 1e6, "us"),
    ]


def _fold_all(events: list[Event]) -> dict[str, SessionState]:
    states: dict[str, SessionState | None] = defaultdict(lambda: None)
    for event in events:
        states[event.data.session_id], _ = fold(states[event.data.session_id], event)
    return {key: state for key, state in states.items() if state is not None}


def _rounds(rounds: int) -> list[Event]:
    """A session that goes round and round."""
    session = Session().run(a="fail", b="pass")
    for _ in range(rounds // 10):
        session.edit().run(a="pass", b="fail").edit().run(a="fail", b="pass")
    return session.events

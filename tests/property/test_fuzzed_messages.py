"""Whatever lies in a topic: it is an event or it is refused, and a batch with it is folded."""

import random
import string
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from fixloop.detect import SessionState
from fixloop.workers.dead_letters import dead_letter, dead_letter_row, read_letter
from fixloop.workers.folded import fold_records
from fixloop.workers.foldings import SESSIONS
from fixloop.workers.lander import landing
from fixloop.workers.records import Record
from fixloop.workers.state_table import Placed
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.topics import DEAD_LETTERS, EVENTS
from fixloop_schemas.vocabulary import DeadReason
from tests.malformed import GOOD, Headers
from tests.mutation import Message, message

RANDOM_SOURCES = st.randoms(use_true_random=False)
NAMES = st.sampled_from([name for name, _ in GOOD.headers]) | st.text(string.printable, max_size=12)
MESSAGES = RANDOM_SOURCES.map(message) | st.builds(
    Message,
    st.none() | st.binary(max_size=20),
    st.none() | st.binary(max_size=200),
    st.lists(st.tuples(NAMES, st.none() | st.binary(max_size=20)), max_size=10).map(tuple),
)


def _records(messages: list[Message]) -> Iterator[Record]:
    for offset, one in enumerate(messages):
        yield Record(EVENTS, 0, offset, one.key, one.value, one.headers, -1)


def _verdict(one: Message) -> Rejected | None:
    try:
        codec.from_kafka(one.key, one.value, one.headers)
    except Rejected as rejected:
        return rejected
    return None


@given(MESSAGES)
@settings(max_examples=400)
def test_a_message_is_an_event_or_refused(one: Message) -> None:
    """Nothing else is raised; why can be printed; and the dead letter gives back what came."""
    rejected = _verdict(one)
    if rejected is None:
        return
    assert rejected.detail.isprintable()
    assert rejected.reason is not DeadReason.PROCESSING_ERROR
    (record,) = _records([one])
    letter = dead_letter(record, rejected)
    lying = Record(DEAD_LETTERS, 0, 0, letter.key, letter.value, letter.headers, -1)
    read = read_letter(lying)
    theirs: Headers = tuple(header for header in one.headers if not header[0].startswith("fixloop_"))
    assert (one.key or b"", one.value or b"", theirs) == (read.key, read.value, read.headers)
    assert (rejected.reason, True) == (read.reason, read.whole)
    assert len(dead_letter_row(lying)) == 1


@given(st.lists(MESSAGES, max_size=12))
@settings(max_examples=150)
def test_a_batch_is_folded_whatever_is_in_it(messages: list[Message]) -> None:
    """Each message is folded or refused; the states can be kept; what is an event gives rows."""
    states: dict[bytes, Placed[SessionState]] = {}
    folded = fold_records(SESSIONS, list(_records(messages)), lambda _, key: states.get(key))
    assert len(messages) == len(folded.events) + len(folded.refused)
    assert [] == [why for _, why in folded.refused if why.reason is DeadReason.PROCESSING_ERROR]
    for after in folded.after.values():
        assert after.state == SESSIONS.restore(SESSIONS.snapshot(after.state))
    assert [] == landing(list(_records(messages)))[1]


def test_many_of_them_are_events() -> None:
    """The fuzzed messages are near enough to events: at least a fifth is taken, and each reason is met."""
    chance = random.Random(1)  # noqa: S311 -- the same messages each time
    messages = [message(chance) for _ in range(10_000)]
    folded = fold_records(SESSIONS, list(_records(messages)), lambda *_: None)
    assert len(folded.events) > 2_000
    assert len(folded.refused) > 2_000
    missing = set(DeadReason) - {why.reason for _, why in folded.refused}
    assert {DeadReason.TOO_LARGE, DeadReason.PROCESSING_ERROR} == missing

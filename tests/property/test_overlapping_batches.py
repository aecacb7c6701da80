"""Whatever way the same records are cut into batches, landed again, or delivered under other offsets: the store answers the same."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixloop.land.rows import combined
from fixloop.land.store import Store
from fixloop.workers.dead_letters import dead_letter
from fixloop.workers.following import Followed, fold_through
from fixloop.workers.lander import landing
from fixloop.workers.records import Record
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.topics import DEAD_LETTERS, EVENTS, topic_of
from fixloop_schemas.vocabulary import DeadReason
from tests.comparable import Content, content, differences
from tests.integration.opened_store import cycle, opened_store
from tests.lineages import in_turn, lineage_sessions
from tests.malformed import MALFORMED
from tests.unit.workers.kafka_records import record

_EVENTS = in_turn([cycle("s1"), cycle("s2", gen_ai_request_model="model-y"), *lineage_sessions()[:4]])
_LATER = 1_000_000

Range = tuple[int, int]


def _records() -> list[Record]:
    """What lies in the lander's three topics, as one fetch after the other may bring it."""
    malformed = [
        Record(EVENTS, 1, place, one.key, one.value, one.headers, 0) for place, one in enumerate(MALFORMED)
    ]
    letters = [dead_letter(one, Rejected(DeadReason.NOT_JSON, "why")) for one in malformed]
    followed = Followed()
    for event in _EVENTS:
        fold_through(event, followed, dict.fromkeys)
    given = [(topic_of(event.type), codec.to_kafka(event)) for event in [*_EVENTS, *followed.found]]
    given += [(DEAD_LETTERS, letter) for letter in letters]
    return [record(message, topic, 0, offset) for offset, (topic, message) in enumerate(given)]


RECORDS = _records()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with opened_store(tmp_path_factory.mktemp("overlapping") / "data") as store:
        yield store


@pytest.fixture(scope="module")
def expected(store: Store) -> Content:
    """The answers when every record is landed once, in one go."""
    found = _landed(store, [RECORDS])
    assert [] == [view for view, rows in found.items() if not rows]
    return found


@st.composite
def overlapping(draw: st.DrawFn) -> list[Range]:
    """Ranges that leave nothing out: each begins where the one before ended or earlier, as after a crash between two commits."""
    cuts = sorted(draw(st.sets(st.integers(1, len(RECORDS) - 1), max_size=8)))
    ends = [0, *cuts, len(RECORDS)]
    back = st.integers(0, len(RECORDS) // 2)
    return [(max(begin - draw(back), 0), end) for begin, end in pairwise(ends)]


@settings(max_examples=12)
@given(ranges=overlapping())
def test_overlapping_ranges_change_no_number(store: Store, expected: Content, ranges: list[Range]) -> None:
    """Any overlapping ranges of the same records: every view, count and rollup is as after one clean insert."""
    assert [] == differences(expected, _landed(store, [RECORDS[begin:end] for begin, end in ranges]))


@settings(max_examples=8)
@given(ranges=overlapping(), shuffled=st.randoms(use_true_random=False))
def test_a_replay_under_other_offsets_changes_no_number(
    store: Store, expected: Content, ranges: list[Range], shuffled: Random
) -> None:
    """All of it once more under other offsets, in other batches, and those in any order: the same answers."""
    again = [replace(one, offset=_LATER + one.offset) for one in RECORDS]
    batches = [again[begin:end] for begin, end in ranges]
    shuffled.shuffle(batches)
    assert [] == differences(expected, _landed(store, [RECORDS, *batches]))


def _landed(store: Store, batches: Sequence[Sequence[Record]]) -> Content:
    """What an empty store answers after batches were landed, one insert each."""
    for (table,) in store.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE '%\\_rows'"
    ).rows:
        store._writer.run(f"TRUNCATE TABLE {table}")
    for batch in batches:
        rows, refused = landing(batch)
        assert [] == refused
        store.insert(combined(rows))
    return content(lambda sql: store.query(sql).rows)

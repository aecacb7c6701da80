import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from fixloop.errors import UnreachableError
from fixloop.land.columns import COLUMNS
from fixloop.land.rows import Rows
from fixloop.land.store import Store
from fixloop.observe.metrics import Metrics
from fixloop.workers import embedded, following
from fixloop.workers.embedded import EmbeddedRunner
from fixloop.workers.foldings import LEDGERS, SESSIONS
from fixloop.workers.following import Followed, Place, fold_through
from fixloop_schemas import codec
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.codec import Event
from fixloop_schemas.topics import EVENTS, LEDGER
from fixloop_schemas.vocabulary import DeadReason
from tests.builders import START, Session
from tests.integration.opened_store import content, cycle, detections_of, expected_content, opened_store
from tests.lineages import in_turn, lineage_sessions

S1 = cycle("s1").events
S2 = cycle("s2", gen_ai_request_model="model-y").events
BOTH = [event for pair in zip(S1, S2, strict=True) for event in pair]
LEARNING = in_turn(lineage_sessions(2))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """What the store says when all was written once, in one go."""
    return expected_content(tmp_path_factory.mktemp("clean"), BOTH)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened_store(tmp_path / "data") as store:
        yield store


def feed(runner: EmbeddedRunner, events: list[Event]) -> None:
    for place, event in enumerate(events):
        runner.feed(f"test:{place}", event)


Expected = Mapping[str, list[tuple[Any, ...]]]


def test_it_lands_what_folding_finds(expected: Expected, store: Store) -> None:
    """Events, and the detections that come of them."""
    with EmbeddedRunner(store) as runner:
        feed(runner, BOTH)
    assert expected == content(store)
    assert 0 < len(expected["detections"])


def test_a_restart_anywhere_goes_on(expected: Expected, store: Store) -> None:
    """Flushed and started anew after every event: nothing is lost, nothing is doubled."""
    for event in BOTH:
        with EmbeddedRunner(store) as runner:
            feed(runner, [event])
    assert expected == content(store)


def test_the_same_again_changes_nothing(expected: Expected, store: Store) -> None:
    """Fed twice, and a third time by another runner; no detection is told of twice."""
    told: list[Event] = []
    for events in (BOTH + BOTH, BOTH):
        with EmbeddedRunner(store, detections=told.append) as runner:
            feed(runner, events)
    assert expected == content(store)
    assert len(detections_of(BOTH)) == len(told)
    assert ((2,),) == store.query("SELECT count() FROM states").rows


def test_few_states_in_memory(expected: Expected, store: Store) -> None:
    """What was let go is read again when its session goes on."""
    runner = EmbeddedRunner(store, max_states=1)
    for event in BOTH:
        runner.feed("test", event)
        runner.flush()
        assert 1 == len(runner._states._kept)
    assert expected == content(store)


def test_a_full_batch_is_flushed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded, however much is fed."""
    monkeypatch.setattr(embedded, "MAX_BATCH_EVENTS", 10)
    runner = EmbeddedRunner(store)
    feed(runner, S1)
    assert ((len(S1) // 10 * 10,),) == store.query("SELECT count() FROM events").rows


def test_a_detection_is_told_of_when_it_is_stored(store: Store) -> None:
    """Whoever hears of it can ask for it."""

    def stored(event: Event) -> None:
        sql = "SELECT count() FROM detection_versions WHERE concat(detection_id, '-', toString(detection_version)) = {id:String}"
        assert ((1,),) == store.query(sql, {"id": event.id}).rows
        told.append(event.id)

    told: list[str] = []
    with EmbeddedRunner(store, detections=stored) as runner:
        feed(runner, S1)
    assert [event.id for event in detections_of(S1)] == told


def test_what_is_no_event_is_a_dead_letter(expected: Expected, store: Store) -> None:
    """With its reason, its place and its bytes; what is around it goes on. The same again is the same letter."""
    for _ in range(2):
        with EmbeddedRunner(store) as runner:
            for place, event in enumerate(BOTH):
                runner.feed(f"file:{place}", event)
                runner.feed(f"bad:{place}", Rejected(DeadReason.NOT_JSON, "not JSON"), b"\xff{")
    letters = store.query("SELECT source, reason, detail, hex(raw) FROM dead_letters ORDER BY source").rows
    assert sorted((f"bad:{place}", "not_json", "not JSON", "FF7B") for place in range(len(BOTH))) == list(
        letters
    )
    assert expected["detections"] == content(store)["detections"]


def test_an_event_that_cannot_be_folded_is_a_dead_letter(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept as it came, and stops neither its session nor others."""

    def fold(state: Any, event: Event) -> Any:
        if event.id == "s1:5":
            raise ValueError("a fault of ours")
        return SESSIONS.fold(state, event)

    faulty = {EVENTS: replace(SESSIONS, fold=fold), LEDGER: LEDGERS}
    monkeypatch.setattr(following, "FOLDINGS", faulty)
    with EmbeddedRunner(store) as runner:
        feed(runner, BOTH)
    (letter,) = store.query("SELECT reason, detail, raw FROM dead_letters").rows
    assert ("processing_error", "ValueError: a fault of ours") == letter[:2]
    assert S1[5] == codec.from_json_line(str(letter[2]).encode())
    assert ((len(BOTH),),) == store.query("SELECT count() FROM events").rows


class Failing:
    """A store whose inserts fail at the table whose turn it is."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.fails_in = -1
        self.written: list[str] = []

    def insert(self, rows: Rows) -> None:
        """As the store does, until the turn has come."""
        for table, of_table in rows.items():
            if self.fails_in == 0:
                raise UnreachableError("not now")
            self.fails_in -= 1
            self._store.insert({table: of_table})
            self.written.append(table)

    def query(self, *arguments: Any) -> Any:
        """As the store does."""
        return self._store.query(*arguments)


def test_a_flush_that_failed_is_done_again(expected: Expected, store: Store) -> None:
    """At whichever table the store went away: what was fed is still there, and is written once."""
    failing = Failing(store)
    runner = EmbeddedRunner(failing)  # type: ignore[arg-type]
    feed(runner, BOTH)
    for tables in range(len(COLUMNS) - 1):
        failing.fails_in = tables
        with pytest.raises(UnreachableError):
            runner.flush()
    failing.fails_in = -1
    runner.flush()
    assert expected == content(store)


def test_a_state_is_never_ahead_of_its_rows(store: Store) -> None:
    """In each flush the states are what is written last."""
    failing = Failing(store)
    runner = EmbeddedRunner(failing)  # type: ignore[arg-type]
    for event in S1:
        runner.feed("test", event)
        runner.flush()
    places = [place for place, table in enumerate(failing.written) if table == "states"]
    assert len(S1) == len(places)
    assert "states" == failing.written[-1]
    assert all(after - before > 1 for before, after in pairwise(places))


def test_a_state_of_another_version_is_folded_anew(expected: Expected, store: Store) -> None:
    """After an upgrade the session goes on from what is in its events."""
    half = len(BOTH) // 2
    with EmbeddedRunner(store) as runner:
        feed(runner, BOTH[:half])
    store.insert({"states": [("sessions", session_id, 99, "[0, null]") for session_id in ("s1", "s2")]})
    with EmbeddedRunner(store) as runner:
        feed(runner, BOTH[half:])
    assert expected == content(store)


@pytest.mark.parametrize("seed", range(3))
def test_any_batches_with_copies(expected: Expected, store: Store, seed: int) -> None:
    """Each session in its order, batches of any size, every now and then the last part again."""
    chance = random.Random(seed)  # noqa: S311 -- a plan for a test
    place = 0
    while place < len(BOTH):
        with EmbeddedRunner(store) as runner:
            end = place + chance.randint(1, 15)
            feed(runner, BOTH[max(0, place - chance.randint(0, 10)) : end])
            place = end
    assert expected == content(store)


@pytest.mark.parametrize("most", [1, 7, len(LEARNING)])
def test_sessions_learn_from_each_other(tmp_path: Path, most: int) -> None:
    """Flushed after so many events, by a runner that is started anew each time: a fix lost elsewhere, and returns withdrawn."""
    with opened_store(tmp_path / "data") as store:
        for start in range(0, len(LEARNING), most):
            with EmbeddedRunner(store) as runner:
                feed(runner, LEARNING[start : start + most])
        actual = content(store)
        found = store.query(
            "SELECT session_id, kind, status FROM detections WHERE alerting AND session_id NOT LIKE '%flips%' ORDER BY ALL"
        ).rows
    assert expected_content(tmp_path / "clean", LEARNING) == actual
    assert (
        ("repository-0/breaks", "reintroduction", "open"),
        ("repository-0/returns", "reintroduction", "withdrawn"),
        ("repository-1/breaks", "reintroduction", "open"),
        ("repository-1/returns", "reintroduction", "open"),
    ) == found


def test_a_ledger_of_another_version_is_begun_anew(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be read is said and stops nothing; what is learned from then on is saved over it."""
    keys = sorted({key for state, key in _places(LEARNING) if state == LEDGERS.kind})
    store.insert({"states": [(LEDGERS.kind, key, 99, "[0, null]") for key in keys]})
    with EmbeddedRunner(store) as runner:
        feed(runner, LEARNING)
    assert len(keys) == caplog.text.count("cannot be read")
    saved = dict(store.query("SELECT key, state FROM states FINAL WHERE kind = 'ledgers'").rows)
    assert keys == sorted(saved)
    assert all(LEDGERS.restore(state.encode()).entries for state in saved.values())


def _places(events: list[Event]) -> set[Place]:
    followed = Followed()
    for event in events:
        fold_through(event, followed, dict.fromkeys)
    return set(followed.after)


def test_it_counts(store: Store) -> None:
    """Events, detections, rows, refusals; the same again counts as events and as nothing new."""
    metrics = Metrics()
    with EmbeddedRunner(store, metrics) as runner:
        feed(runner, BOTH)
        runner.feed("bad", Rejected(DeadReason.EMPTY, "empty"))

    def value(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(name, labels)

    assert 8 == value("fixloop_events_folded_total", type="dev.fixloop.edit.applied.v1")
    assert 1 == value("fixloop_dead_letters_total", reason="empty")
    assert len(BOTH) == value("fixloop_events_landed_total", table="event_rows")
    assert 1 == value("fixloop_insert_seconds_count")
    labels = {"agent": "claude-code", "model": "model-y", "repository": "example/shop"}
    assert 1 == value("fixloop_alerting_detections_total", kind="coupled_cycle", **labels)
    assert 0 == value("fixloop_cycles_in_progress")


SUMMARIES = "SELECT session_id, ended, summary_version, events, test_runs, bugs_open, alerting FROM session_summaries ORDER BY ALL"


def test_a_session_closes_when_it_ends_or_falls_silent(store: Store) -> None:
    """One summary a session, whatever is fed again; what comes later opens it, and it closes with a later version."""
    ended = Session("ended").started().run(a="fail").ended()
    silent = Session("silent").started().run(a="fail")
    with EmbeddedRunner(store) as runner:
        feed(runner, [*ended.events, *silent.events])
        runner.flush()
        assert [("ended", True, 5, 5, 1, 1, 0)] == list(map(tuple, store.query(SUMMARIES).rows))
        runner.close_silent(START)
        assert 1 == len(store.query(SUMMARIES).rows)
    with EmbeddedRunner(store) as runner:  # which finds the open one in the store
        runner.close_silent()
        feed(runner, [*ended.events, *silent.events])
        runner.close_silent()
    both = [("ended", True, 5, 5, 1, 1, 0), ("silent", False, 4, 4, 1, 1, 0)]
    assert both == list(map(tuple, store.query(SUMMARIES).rows))
    assert 2 == store.query("SELECT count() FROM session_summary_rows").rows[0][0]

    with EmbeddedRunner(store) as runner:
        feed(runner, ended.edit().events[-1:])
        runner.close_silent()
    assert [("ended", False, 6, 6, 1, 1, 0), both[1]] == list(map(tuple, store.query(SUMMARIES).rows))

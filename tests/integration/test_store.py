import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fixloop.errors import StoreError, StoreLockedError, UnreachableError, UsageError
from fixloop.land.columns import COLUMNS
from fixloop.land.rows import combined, rows_of
from fixloop.land.store import Store, dsn_of, open_store
from tests.builders import Session, placed
from tests.integration.opened_store import content, cycle, detections_of, expected_content, opened_store
from tests.services.clickhouse_server import ClickHouseServer


@pytest.fixture(params=["embedded", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The same questions to the embedded engine and to one behind HTTP, which tests take away elsewhere."""
    if request.param == "embedded":
        with opened_store(tmp_path / "data") as store:
            yield store
        return
    with ClickHouseServer(tmp_path) as server, open_store(server.dsn) as store:
        store.migrate()
        yield store


def test_columns_are_those_of_the_migrated_store(store: Store) -> None:
    """Rows are positional: the same names in the same order."""
    found: dict[str, tuple[str, ...]] = {}
    for table, column in store.query(
        "SELECT table, name FROM system.columns WHERE database = currentDatabase() ORDER BY table, position"
    ).rows:
        found[table] = (*found.get(table, ()), column)
    assert {table: found[table] for table in COLUMNS} == dict(COLUMNS)


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_right_under_any_batches(tmp_path: Path, seed: int) -> None:
    """Rows in any order, in any batches, any number of times: the views say the same as after one clean insert."""
    events = [*cycle("s1").events, *cycle("s2", gen_ai_request_model="model-y").events]
    expected = expected_content(tmp_path / "clean", events)
    chance = random.Random(seed)  # noqa: S311 -- a plan for a test
    with opened_store(tmp_path / "data") as store:
        pieces = [rows_of(event) for event in [*events, *detections_of(events)]] * 2
        chance.shuffle(pieces)
        while pieces:
            size = chance.randint(1, 20)
            store.insert(combined(pieces[:size]))
            del pieces[:size]
        assert expected == content(store)


def test_merges_change_no_answer(store: Store) -> None:
    """What the engine does in the background is not seen."""
    rows = combined(map(rows_of, [*cycle().events, *detections_of(cycle().events)]))
    for _ in range(3):
        store.insert(rows)
    before = content(store)
    for table in rows:
        store._writer.run(f"OPTIMIZE TABLE {table} FINAL")
    assert before == content(store)


def test_each_detection_stands_once(store: Store) -> None:
    """`detections` has the latest version of each id, `detection_versions` all of them."""
    events = detections_of(cycle().events)
    for event in reversed(events):
        store.insert(rows_of(event))
    ids = {event.id.rpartition("-")[0] for event in events}
    assert ((len(ids), len(ids)),) == store.query(
        "SELECT count(), uniqExact(detection_id) FROM detections"
    ).rows
    assert ((len(events),),) == store.query("SELECT count() FROM detection_versions").rows
    latest = store.query(
        "SELECT detection_id, max(detection_version) FROM detection_versions GROUP BY 1 ORDER BY 1"
    ).rows
    assert latest == store.query("SELECT detection_id, detection_version FROM detections ORDER BY 1").rows


def test_a_run_without_an_end_is_seen_as_such(store: Store) -> None:
    """A crashed run is one row, not finished, with what its parts say."""
    store.insert(combined(map(rows_of, cycle("s").run(a="fail", crashed=True).events[-2:])))
    sql = "SELECT finished, status, parts_seen, parts, framework, gen_ai_request_model FROM test_runs"
    assert ((False, None, 1, None, "pytest", "model-x"),) == store.query(sql).rows


def test_one_store_from_many_threads(store: Store) -> None:
    """Reads, which may change nothing, and writes at once: none sees the other's settings."""
    rows = [rows_of(event) for event in cycle().events]

    def work(place: int) -> None:
        for _ in range(10):
            store.insert(rows[place])
            store.query("SELECT count() FROM events")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert ((4,),) == store.query("SELECT count() FROM events").rows


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE event_rows",
        "INSERT INTO states VALUES ('sessions', 's', 1, '')",
        "CREATE TABLE x (a Int8) ENGINE = Log",
    ],
)
def test_a_query_writes_nothing(store: Store, sql: str) -> None:
    """Questions go over a connection that cannot write."""
    with pytest.raises(StoreError, match="readonly"):
        store.query(sql)


def test_many_rows_at_once(store: Store) -> None:
    """More than go over the wire in one block."""
    (edit,) = Session().edit(add=[f"line {number}" for number in range(300)]).events
    store.insert(combined(rows_of(placed(edit, seq)) for seq in range(3_000)))
    assert ((3_000, 2_999),) == store.query("SELECT count(), max(seq) FROM events").rows


def test_rows_of_any_text(store: Store) -> None:
    """Line breaks of all sorts in values, and an answer without rows."""
    assert (("a\nb\r\u2028\x85",),) == store.query("SELECT {text:String}", {"text": "a\nb\r\u2028\x85"}).rows
    assert (("a\ufffdb",),) == store.query("SELECT unhex('61ff62')").rows
    assert (("x",), ()) == (
        store.query("SELECT 1 AS x WHERE 0").columns,
        store.query("SELECT 1 AS x WHERE 0").rows,
    )


def test_bad_sql_is_one_line(store: Store) -> None:
    """The engine's first line, without codes and without what else could stand there."""
    with pytest.raises(StoreError) as refused:
        store.query("SELEC 1")
    assert str(refused.value).startswith("Syntax error: failed at position 7")
    assert "\n" not in str(refused.value)


def test_a_store_that_another_process_has_open(tmp_path: Path) -> None:
    """One sentence says who may have it and what to do; the engine adds none of its own."""
    with opened_store(tmp_path):
        program = f"from fixloop.land.store import open_store; open_store({dsn_of(tmp_path)!r})"
        other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    *_, last = other.stderr.strip().splitlines()
    assert last.startswith(
        f"{StoreLockedError.__module__}.StoreLockedError: Another process has the store in {tmp_path} open"
    )
    assert "fixloop sql" in last
    assert "Cannot lock file" not in other.stderr


def test_a_store_opens_again_when_it_was_closed(tmp_path: Path) -> None:
    """Also in another process."""
    with opened_store(tmp_path) as store:
        store.insert(combined(map(rows_of, cycle().events)))
    program = "import sys; from fixloop.land.store import open_store; print(open_store(sys.argv[1]).query(sys.argv[2]).rows)"
    asked = [sys.executable, "-c", program, dsn_of(tmp_path), "SELECT count() > 0 FROM events"]
    other = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert "((1,),)" == other.stdout.strip()


def test_one_process_has_one_embedded_store(tmp_path: Path) -> None:
    """The engine can do no more, and says so."""
    with opened_store(tmp_path / "one"), pytest.raises(StoreError, match="cannot be opened"):
        open_store(dsn_of(tmp_path / "two"))


def test_the_same_store_twice_in_one_process(tmp_path: Path) -> None:
    """Both see the same."""
    with opened_store(tmp_path) as store, open_store(dsn_of(tmp_path)) as again:
        store.insert(rows_of(cycle().events[0]))
        assert ((1,),) == again.query("SELECT count() FROM events").rows


def test_a_new_directory_is_its_owners_alone(tmp_path: Path) -> None:
    """What was recorded is nobody else's."""
    with opened_store(tmp_path / "a" / "b"):
        assert 0o700 == (tmp_path / "a" / "b").stat().st_mode & 0o777


def test_a_directory_that_cannot_be_one(tmp_path: Path) -> None:
    """A file in its place is one sentence."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(dsn_of(tmp_path / "file"))


@pytest.mark.parametrize("scheme", ["clickhouse", "http"])
def test_a_server_that_does_not_answer(scheme: str) -> None:
    """The sentence names the host, and not the password."""
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:1 does not answer") as failed:
        open_store(f"{scheme}://user:secret@127.0.0.1:1/db")
    assert "secret" not in str(failed.value)


def test_a_server_that_was_killed_and_comes_back(tmp_path: Path) -> None:
    """What was acknowledged is there, what comes meanwhile is refused in one sentence, and the open store goes on."""
    first, *rest = [rows_of(event) for event in cycle().events]
    with ClickHouseServer(tmp_path) as server, open_store(server.dsn) as store:
        store.migrate()
        store.insert(first)
        server.kill()
        with pytest.raises(UnreachableError, match="does not answer"):
            store.insert(combined(rest))
        server.start()
        assert ((1,),) == store.query("SELECT count() FROM events").rows
        store.insert(combined(rest))
        assert ((len(rest) + 1,),) == store.query("SELECT count() FROM events").rows


@pytest.mark.parametrize("dsn", ["sqlite:///x", "chdb://", "/var/lib/fixloop", ""])
def test_a_dsn_of_nothing_known(dsn: str) -> None:
    """Two kinds of stores are named."""
    with pytest.raises(UsageError, match="chdb:///"):
        open_store(dsn)

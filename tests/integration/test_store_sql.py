import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixloop.cli import main
from fixloop.land.asking import ask
from fixloop.land.queries import query_names, query_text
from fixloop.land.rows import dead_letter_rows
from fixloop.land.store import Store
from fixloop.workers.embedded import EmbeddedRunner
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.vocabulary import DeadReason
from tests.builders import Session
from tests.integration.opened_store import VIEWS, cycle, opened_store

DOCUMENT = Path(__file__).parents[2] / "docs" / "sql.md"
IN_DOCUMENT = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a cycle by one model, and quiet sessions by another and by none."""
    directory = tmp_path_factory.mktemp("data")
    quiet = Session("s2", gen_ai_request_model="model-y").started().run(a="pass").ended()
    unknown = Session("s3").commit().events[0]
    alone = unknown.model_copy(
        update={"data": unknown.data.model_copy(update={"gen_ai_request_model": None})}
    )
    events = [*cycle("s1").events, *quiet.events, alone]
    with opened_store(directory) as store:
        with EmbeddedRunner(store) as runner:
            for event in events:
                runner.feed("f", event)
        store.insert(dead_letter_rows("f:1", Rejected(DeadReason.NOT_JSON, "not JSON"), b"{"))
    return directory


@pytest.fixture
def store(directory: Path) -> Iterator[Store]:
    with opened_store(directory) as store:
        yield store


def test_reintroductions_by_model(store: Store) -> None:
    """Sessions without one are in the denominator, and a model that is not known has its own line."""
    result = store.query(query_text("reintroductions_by_model"))
    answer = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    assert {"model-x": (1, 1, 100), "model-y": (1, 0, 0), "unknown": (1, 0, 0)} == {
        row["model"]: (row["sessions"], row["sessions_with_one"], row["percent"]) for row in answer
    }
    assert [True, False, False] == [row["cycles"] > 0 for row in answer]


@pytest.mark.parametrize("sql", [*IN_DOCUMENT, *map(query_text, query_names())])
def test_every_documented_question_has_an_answer(store: Store, sql: str) -> None:
    """What the documents say can be asked."""
    assert ask(store, sql).rows


def test_every_view_is_documented() -> None:
    """And every question that has a name."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [] == [name for name in (*VIEWS, *query_names()) if f"`{name}`" not in text]


def test_json_is_a_list_of_objects(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lists are lists, NULL is null, and large numbers are exact."""
    sql = "SELECT 9007199254740993 AS n, kind, bug_ids, superseded_by, alerting FROM detections WHERE kind = 'coupled_cycle'"
    assert 0 == main(["sql", sql, "--format", "json", "--data", str(directory)])
    (row,) = json.loads(capsys.readouterr().out)
    assert (9007199254740993, "coupled_cycle", None, True) == (
        row["n"],
        row["kind"],
        row["superseded_by"],
        row["alerting"],
    )
    assert 2 == len(row["bug_ids"])


def test_json_of_nothing_is_an_empty_list(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """So that a reader needs no special case."""
    assert 0 == main(["sql", "SELECT 1 WHERE 0", "--format", "json", "--data", str(directory)])
    assert [] == json.loads(capsys.readouterr().out)


def test_csv_is_read_back(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Commas, quotes and line breaks in values do no harm; NULL is empty."""
    assert 0 == main(
        [
            "sql",
            "SELECT 'a,\"b\"\nc' AS x, NULL AS y, [1, 2] AS z",
            "--format",
            "csv",
            "--data",
            str(directory),
        ]
    )
    assert [["x", "y", "z"], ['a,"b"\nc', "", "[1, 2]"]] == list(
        csv.reader(io.StringIO(capsys.readouterr().out, newline=""))
    )


def test_a_table_is_plain_in_a_pipe(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Aligned, uncut, and without a sign that a terminal would obey."""
    sql = f"SELECT 'name' AS word, 7 AS number, '{'x' * 200}' AS long, unhex('1b5b31') AS sign"
    assert 0 == main(["sql", sql, "--data", str(directory)])
    head, row = (line.split() for line in capsys.readouterr().out.splitlines())
    assert ["word", "number", "long", "sign"] == head
    assert ["name", "7", "x" * 200, "\\x1b[1"] == row


@pytest.mark.parametrize(
    ("sql", "code", "says"),
    [
        ("SELEC 1", 1, "Syntax error"),
        ("SELECT nothing FROM events", 1, "Unknown expression identifier `nothing`"),
        ("DROP TABLE event_rows", 1, "Only questions are answered"),
        ("  ", 2, "There is no question"),
    ],
)
def test_what_is_wrong_is_one_line(
    directory: Path, capsys: pytest.CaptureFixture[str], sql: str, code: int, says: str
) -> None:
    """On the standard error, with an exit code that is not zero."""
    assert code == main(["sql", sql, "--data", str(directory)])
    out, err = capsys.readouterr()
    assert "" == out
    assert err.startswith("fixloop: ")
    assert says in err
    assert 1 == err.count("\n")


def test_the_store_is_found_by_the_environment(
    directory: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """FIXLOOP_CLICKHOUSE_DSN before FIXLOOP_DATA; the question may come from the standard input."""
    monkeypatch.setenv("FIXLOOP_DATA", str(directory))
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT 1 AS one"))
    assert 0 == main(["sql", "-", "--format", "csv"])
    assert "one\r\n1\r\n" == capsys.readouterr().out
    monkeypatch.setenv("FIXLOOP_CLICKHOUSE_DSN", f"chdb://{directory / 'nothing'}")
    assert 1 == main(["sql", "SELECT 1"])
    assert "Nothing is recorded in" in capsys.readouterr().err

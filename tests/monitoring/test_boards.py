"""The boards: generated, in one style, and every query runs on the real engine."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import yaml

from fixloop.land.store import Store, dsn_of, open_store
from fixloop.settings import DEFAULT_ALERT_THRESHOLD
from fixloop.workers.embedded import EmbeddedRunner
from fixloop_schemas.cloudevents import Rejected
from fixloop_schemas.vocabulary import DeadReason
from grafana.board import ALERT_THRESHOLD
from grafana.build import DASHBOARDS, rendered
from grafana.overview import overview
from grafana.targets import CLICKHOUSE, PROMETHEUS
from tests.builders import START, Session
from tests.monitoring.grafana_macros import View, expand
from tests.monitoring.sources import ROOT, RUNBOOKS, known_series, metric_names

BOARD = overview()
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
SQL_PANELS = [panel for panel in PANELS if panel["datasource"] == CLICKHOUSE]
PROMQL_PANELS = [panel for panel in PANELS if panel["datasource"] == PROMETHEUS]

VIEW = View(
    start=START - timedelta(hours=1),
    end=START + timedelta(hours=1),
    variables={"confidence": [str(ALERT_THRESHOLD)]},
)
THIS_SHOP = View(VIEW.start, VIEW.end, variables={**VIEW.variables, "repository": ["example/shop"]})
ANOTHER = View(VIEW.start, VIEW.end, variables={**VIEW.variables, "repository": ["example/it's another"]})
LATER = View(VIEW.end, VIEW.end + timedelta(hours=1), variables=VIEW.variables)

COLUMNS = {
    "Sessions with a cycle": ["share"],
    "Coupled cycles": ["coupled_cycles"],
    "Reintroductions": ["reintroductions"],
    "Found over time": ["time", "kind", "detections"],
    "By agent and model": ["agent", "model", "sessions", "with_a_cycle", "coupled_cycles", "reintroductions"],
    "By repository": ["repository", "sessions", "coupled_cycles", "reintroductions", "most_laps"],
    "Latest detections": [
        "detected_at", "kind", "status", "confidence", "laps", "tests", "repository", "agent", "model", "session_id",
    ],
}  # fmt: skip


def ids(panels: list[dict[str, Any]]) -> list[str]:
    """The panels' titles, as names of tests."""
    return [panel["title"] for panel in panels]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The real engine with the real tables, and in it a session that goes round, one that does not, and a dead letter."""
    around = Session("around").run(a="fail", b="pass")
    for broken, mended, lines in (("b", "a", 1), ("a", "b", 2), ("b", "a", 3)):
        around.edit(add=[f"line {lines}"], remove=[f"line {lines - 1}"]).run({broken: "fail", mended: "pass"})
    straight = Session("straight", gen_ai_agent_name="codex").run(a="fail").edit(add=["mended"]).run(a="pass")
    with open_store(dsn_of(tmp_path_factory.mktemp("boards") / "store")) as store:
        store.migrate()
        with EmbeddedRunner(store) as runner:
            for event in [*around.events, *straight.events]:
                runner.feed("test", event)
            runner.feed("test:1", Rejected(DeadReason.NOT_JSON, "no JSON"), b"{")
        yield store


def rows(store: Store, title: str, view: View = VIEW) -> list[dict[str, Any]]:
    """What a panel shows."""
    (panel,) = [panel for panel in SQL_PANELS if panel["title"] == title]
    result = store.query(expand(panel["targets"][0]["rawSql"], view))
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def test_committed_boards_are_what_the_generator_writes() -> None:
    """Nobody edits the JSON: `make generate` writes it."""
    assert {path: path.read_text(encoding="utf-8") for path in DASHBOARDS.glob("*.json")} == rendered()


def test_every_sql_panel_is_known_here() -> None:
    """A new panel cannot stay without a test of its columns."""
    assert set(COLUMNS) == set(ids(SQL_PANELS))


@pytest.mark.parametrize(
    "view", [VIEW, THIS_SHOP, ANOTHER, LATER], ids=["all", "one repository", "another", "later"]
)
@pytest.mark.parametrize("panel", SQL_PANELS, ids=ids(SQL_PANELS))
def test_every_sql_query_runs(store: Store, panel: dict[str, Any], view: View) -> None:
    """And answers with the columns that the panel shows, with rows or without."""
    result = store.query(expand(panel["targets"][0]["rawSql"], view))
    assert COLUMNS[panel["title"]] == list(result.columns)


def test_the_numbers_are_right(store: Store) -> None:
    """One of two sessions went round; a reintroduction inside of a coupled cycle counts as both."""
    assert [{"share": 0.5}] == rows(store, "Sessions with a cycle")
    assert [{"coupled_cycles": 1}] == rows(store, "Coupled cycles")
    assert rows(store, "Reintroductions")[0]["reintroductions"] >= 1
    by_agent = {(row["agent"], row["model"]): row for row in rows(store, "By agent and model")}
    assert (1, 1.0, 1) == tuple(
        by_agent[("claude-code", "model-x")][name] for name in ("sessions", "with_a_cycle", "coupled_cycles")
    )
    assert (1, 0.0, 0) == tuple(
        by_agent[("codex", "model-x")][name] for name in ("sessions", "with_a_cycle", "coupled_cycles")
    )
    (repository,) = rows(store, "By repository")
    assert ("example/shop", 1, 1) == tuple(
        repository[name] for name in ("repository", "sessions", "coupled_cycles")
    )
    assert repository["most_laps"] >= 1
    (cycle,) = [row for row in rows(store, "Latest detections") if row["kind"] == "coupled_cycle"]
    assert ("around", {"a", "b"}) == (cycle["session_id"], set(cycle["tests"].split(", ")))


def test_filters_filter(store: Store) -> None:
    """Another repository and another time have nothing to show; the same ones have everything."""
    assert rows(store, "Latest detections") == rows(store, "Latest detections", THIS_SHOP) != []
    assert [] == rows(store, "Latest detections", ANOTHER) == rows(store, "Latest detections", LATER)


def test_series_come_in_the_order_of_time_and_without_gaps_in_it(store: Store) -> None:
    """Grafana refuses a series whose time is missing, and draws one wrongly that is out of order."""
    times = [row["time"] for row in rows(store, "Found over time")]
    assert sorted(times) == times != []
    (panel,) = [panel for panel in SQL_PANELS if panel["title"] == "Found over time"]
    result = store.query(expand(panel["targets"][0]["rawSql"], VIEW))
    assert "DateTime" == str(result.types[0]).partition("(")[0]


def test_the_repository_variable_lists_what_there_is(store: Store) -> None:
    """By the query that Grafana asks."""
    (variable,) = [variable for variable in BOARD["templating"]["list"] if variable["name"] == "repository"]
    assert ["example/shop"] == [row[0] for row in store.query(variable["query"]).rows]


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda page: page.stem)
def test_queries_in_runbooks_run(store: Store, page: Any) -> None:
    """Somebody pastes them in a hurry."""
    for query in re.findall(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        assert store.query(query).rows


def test_the_board_asks_for_the_confidence_that_alerts() -> None:
    """The generator imports nothing of fixloop; the number is the same."""
    assert DEFAULT_ALERT_THRESHOLD == ALERT_THRESHOLD


@pytest.mark.parametrize("panel", PROMQL_PANELS, ids=ids(PROMQL_PANELS))
def test_promql_asks_only_for_metrics_that_exist(panel: dict[str, Any]) -> None:
    """A board on a metric that is gone shows nothing, which looks like peace."""
    names = metric_names(panel["targets"][0]["expr"])
    assert names
    assert names <= known_series()


@pytest.mark.parametrize("panel", PANELS, ids=ids(PANELS))
def test_each_panel_keeps_the_rules(panel: dict[str, Any]) -> None:
    """Title, description, unit, a data source that is a variable, and the rate interval that fits any scrape interval."""
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["datasource"]["uid"] in ("${prometheus}", "${clickhouse}")
    for target in panel["targets"]:
        assert panel["datasource"] == target["datasource"]
        for function, window in re.findall(
            r"\b(rate|irate|increase)\([^\[]*\[([^\]]+)\]", target.get("expr", "")
        ):
            assert window in ("$__rate_interval", "$__range"), function


def test_the_board_as_a_whole_keeps_the_rules() -> None:
    """One id and one place for each panel; data sources as variables; not editable on the screen."""
    panels = BOARD["panels"]
    assert len(panels) == len({panel["id"] for panel in panels})
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert not BOARD["editable"]
    variables = {variable["name"]: variable for variable in BOARD["templating"]["list"]}
    assert "prometheus" == variables["prometheus"]["query"]
    assert "grafana-clickhouse-datasource" == variables["clickhouse"]["query"]


def test_provisioning_names_what_the_board_asks_for() -> None:
    """The types of the data sources, no password in the file, and the folder that Compose mounts."""
    folder = ROOT / "grafana" / "provisioning"
    sources = yaml.safe_load((folder / "datasources" / "fixloop.yaml").read_text(encoding="utf-8"))[
        "datasources"
    ]
    assert {PROMETHEUS["type"], CLICKHOUSE["type"]} <= {source["type"] for source in sources}
    assert len(sources) == len({source["uid"] for source in sources})
    for source in sources:
        assert all(value.startswith("$") for value in source.get("secureJsonData", {}).values())
    (provider,) = yaml.safe_load((folder / "dashboards" / "fixloop.yaml").read_text(encoding="utf-8"))[
        "providers"
    ]
    assert not provider["allowUiUpdates"]
    assert "/etc/grafana/dashboards" == provider["options"]["path"]

"""From a counter in a process to a person: our server, a real Prometheus with the real rules, a real Alertmanager with the real routes.

Only intervals, addresses and receivers are put in place of the ones in `deploy/`.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from fixloop.observe.http import serve
from fixloop.observe.metrics import Metrics
from grafana.overview import overview
from grafana.targets import PROMETHEUS
from tests.monitoring.delivered import Delivered, receiving
from tests.monitoring.grafana_macros import View, expand
from tests.monitoring.sources import DEPLOY, RULES
from tests.services.local_http import get
from tests.services.polling import poll
from tests.services.prometheus_server import Alertmanager, Prometheus, start_alertmanager, start_prometheus

pytestmark = pytest.mark.prometheus

FAST = "250ms"


@dataclass(frozen=True, slots=True)
class Monitored:
    """A process that counts, and everything that watches it."""

    metrics: Metrics
    prometheus: Prometheus
    alertmanager: Alertmanager
    delivered: Delivered

    def firing(self) -> dict[str, dict[str, Any]]:
        """The alerts that stand in Alertmanager, by name."""
        return {alert["labels"]["alertname"]: alert for alert in self.alertmanager.alerts()}


@pytest.fixture
def monitored(tmp_path: Path) -> Iterator[Monitored]:
    """All of it, running; the worker has been scraped, and the watchdog has come through."""
    with ExitStack() as stack:
        metrics = Metrics()
        server = serve(metrics, lambda: None)
        stack.callback(server.close)
        delivered = stack.enter_context(receiving())
        alertmanager = stack.enter_context(
            start_alertmanager(alertmanager_config(tmp_path, delivered.port), tmp_path / "alertmanager")
        )
        assets = tmp_path / "assets"
        assets.mkdir()
        (assets / "runbooks").symlink_to(DEPLOY / "runbooks")
        config = prometheus_config(tmp_path, server.port, alertmanager.port)
        prometheus = stack.enter_context(
            start_prometheus(config, tmp_path / "prometheus", f"--web.user-assets={assets}")
        )
        all_of_it = Monitored(metrics, prometheus, alertmanager, delivered)
        poll("the worker is scraped", lambda: prometheus.query('up{job="fixloop"} == 1'))
        poll("the watchdog comes through", lambda: "FixloopWatchdog" in all_of_it.firing())
        yield all_of_it


def prometheus_config(folder: Path, worker: int, alertmanager: int) -> Path:
    """The real configuration, faster, with one worker that does everything."""
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    config["global"] = {"scrape_interval": FAST, "evaluation_interval": FAST}
    config["rule_files"] = [str(path) for path in RULES]
    config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{alertmanager}"]
    (job,) = [job for job in config["scrape_configs"] if job["job_name"] == "fixloop"]
    job["static_configs"] = [{"targets": [f"127.0.0.1:{worker}"], "labels": {"role": "detect"}}]
    config["scrape_configs"] = [job]
    return written(folder / "prometheus.yml", config)


def alertmanager_config(folder: Path, receiver: int) -> Path:
    """The real routes, without waits, each receiver with an address."""
    config = yaml.safe_load((DEPLOY / "alertmanager" / "alertmanager.yml").read_text(encoding="utf-8"))
    for route in (config["route"], *config["route"]["routes"]):
        route |= {"group_wait": "0s", "group_interval": "1s"}
    for to in config["receivers"]:
        to["webhook_configs"] = [{"url": f"http://127.0.0.1:{receiver}/"}]
    return written(folder / "alertmanager.yml", config)


def written(path: Path, document: Any) -> Path:
    """The document as a file."""
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def test_alerts_arrive_and_what_is_quiet_stays_quiet(monitored: Monitored) -> None:
    """Nothing but the watchdog at first; then what happens, and only that, each where it belongs."""
    assert {"FixloopWatchdog"} == set(monitored.firing())

    monitored.metrics.set("fixloop_cycles_in_progress", 2)
    cycle = poll("the cycle arrives", lambda: monitored.firing().get("FixloopCycleInProgress", {}))
    assert {"alertname": "FixloopCycleInProgress", "job": "fixloop", "severity": "warning"} == cycle["labels"]
    assert cycle["annotations"]["description"].startswith("2 session(s)")
    assert "FixloopDeadLetters" not in monitored.firing()

    monitored.metrics.add("fixloop_dead_letters_total", reason="not_json")
    letters = poll("the dead letter arrives", lambda: monitored.firing().get("FixloopDeadLetters", {}))
    assert ("detect", "not_json") == (letters["labels"]["role"], letters["labels"]["reason"])

    team = {"FixloopCycleInProgress", "FixloopDeadLetters"}
    poll("the team hears of both", lambda: team == monitored.delivered.to("team"))
    assert {"FixloopWatchdog"} == monitored.delivered.to("dead-mans-switch")
    assert frozenset() == monitored.delivered.to("on-call")
    assert team | {"FixloopWatchdog"} == set(monitored.firing())

    for alert in monitored.firing().values():
        status, page = get(monitored.prometheus.port, urlsplit(alert["annotations"]["runbook_url"]).path)
        assert (200, f"# {alert['labels']['alertname']}") == (status, page.decode().splitlines()[0])


def test_every_promql_query_of_the_board_answers(monitored: Monitored) -> None:
    """On the server that the alerts run on, once something has been counted."""
    monitored.metrics.add("fixloop_events_folded_total", type="dev.fixloop.edit.applied.v1")
    monitored.metrics.add("fixloop_events_landed_total", table="event_rows")
    monitored.metrics.add("fixloop_dead_letters_total", reason="not_json")
    monitored.metrics.observe("fixloop_insert_seconds", 0.2)
    monitored.metrics.set("fixloop_consumer_lag", 5, group="fixloop-land", topic="fixloop.events")
    now = datetime.now(UTC)
    view = View(now - timedelta(minutes=5), now)
    panels = [panel for panel in overview()["panels"] if panel.get("datasource") == PROMETHEUS]
    assert panels
    for panel in panels:
        query = expand(panel["targets"][0]["expr"], view)
        poll(f"{panel['title']} answers", partial(monitored.prometheus.query, query))

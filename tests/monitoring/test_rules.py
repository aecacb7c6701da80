"""Prometheus' and Alertmanager's files, judged by their own tools, and by what they have to agree with."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.monitoring.sources import (
    DEPLOY,
    RULE_TESTS,
    RULES,
    alerts,
    known_series,
    metric_names,
    recorded,
    rules,
)
from tests.services.debian_tools import debian_tool

pytestmark = pytest.mark.prometheus

SEVERITIES = {"critical", "warning", "none"}
NEVER_QUIET = {"FixloopWatchdog"}
"""Fires always: what it says is that alerts get through."""


def run(tool: str, *arguments: object, folder: Path | None = None) -> str:
    """What a tool says; its words are the failure when it refuses."""
    command = [str(debian_tool(tool)), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


def test_rules_are_sound() -> None:
    """Names, expressions and templates, as Prometheus reads them; lint as errors."""
    run("promtool", "check", "rules", "--lint=all", "--lint-fatal", *RULES)


def test_prometheus_takes_its_configuration() -> None:
    """With the rules that it names."""
    assert "2 rule files found" in run(
        "promtool", "check", "config", DEPLOY / "prometheus" / "prometheus.yml"
    )


def test_alertmanager_takes_its_configuration() -> None:
    """Its own tool reads every part."""
    run("amtool", "check-config", DEPLOY / "alertmanager" / "alertmanager.yml")


@pytest.mark.parametrize("path", RULE_TESTS, ids=lambda path: path.stem)
def test_rules_do_what_their_tests_say(path: Path) -> None:
    """Series are played, and the alerts compared, text and all."""
    run("promtool", "test", "rules", path)


def test_a_broken_rule_is_seen(tmp_path: Path) -> None:
    """The guard above can turn red: with another threshold, the promtool tests fail."""
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    here = tmp_path / "tests" / "monitoring"
    here.mkdir(parents=True)
    name = "FixloopCycleInProgress.test.yaml"
    shutil.copy(Path(__file__).parent / name, here)
    broken = tmp_path / "deploy" / "prometheus" / "rules" / "fixloop.alerts.yaml"
    broken.write_text(broken.read_text().replace("max2m > 0", "max2m > 5"))
    done = subprocess.run(
        [debian_tool("promtool"), "test", "rules", here / name], capture_output=True, text=True, check=False
    )
    assert 1 == done.returncode
    assert "FixloopCycleInProgress" in done.stdout + done.stderr


def test_each_alert_has_a_firing_and_a_quiet_case() -> None:
    """In a file of its own name."""
    assert set(alerts()) == {path.name.removesuffix(".test.yaml") for path in RULE_TESTS}
    for path in RULE_TESTS:
        name = path.name.removesuffix(".test.yaml")
        cases = [
            case
            for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
            for case in test["alert_rule_test"]
            if case["alertname"] == name
        ]
        assert any(case["exp_alerts"] for case in cases), name
        assert name in NEVER_QUIET or any(not case["exp_alerts"] for case in cases), name


def test_each_alert_says_what_it_is_and_what_to_do() -> None:
    """Severity of a closed set; a fixed summary that is a sentence; a description with the values; a wait that was chosen."""
    for name, rule in alerts().items():
        assert re.fullmatch(r"Fixloop([A-Z][a-z]+)+", name)
        assert rule["labels"]["severity"] in SEVERITIES
        assert "for" in rule
        assert rule["annotations"]["summary"].endswith(".")
        assert "{{" not in rule["annotations"]["summary"]
        assert rule["annotations"]["description"].endswith(".")
        assert f"{{{{ $externalURL }}}}/user/runbooks/{name}.md" == rule["annotations"]["runbook_url"]


def test_recording_rules_are_named_level_metric_operation() -> None:
    """So that the name says what was summed away."""
    for name in recorded():
        level, metric, operation = name.split(":")
        assert all((level, operation))
        assert metric in known_series()


def test_rules_ask_only_for_metrics_that_exist() -> None:
    """A rule on a metric that nobody exposes never fires, and nobody notices."""
    for rule in rules():
        names = metric_names(rule["expr"])
        assert names <= known_series(), f"{rule.get('alert') or rule['record']}: {names - known_series()}"


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("sum by (job) (max_over_time(fixloop_x[2m]))", {"fixloop_x"}),
        ('up{job="fixloop"} == 0 or absent(up{job="fixloop"})', {"up"}),
        ("job:fixloop_x:max2m > 0", {"job:fixloop_x:max2m"}),
        ("sum(increase(fixloop_x_total[$__range])) / 2", {"fixloop_x_total"}),
        ("vector(1)", set()),
    ],
)
def test_metric_names_are_found_in_expressions(expression: str, names: set[str]) -> None:
    """What the check above rests on."""
    assert names == metric_names(expression)


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (["alertname=FixloopWorkerDown", "severity=critical"], "on-call"),
        (["alertname=FixloopDeadLetters", "severity=warning"], "team"),
        (["alertname=FixloopCycleInProgress", "severity=warning"], "team"),
        (["alertname=FixloopWatchdog", "severity=none"], "dead-mans-switch"),
    ],
)
def test_alerts_reach_who_should_hear_of_them(labels: list[str], receiver: str) -> None:
    """By severity; the watchdog apart."""
    config = f"--config.file={DEPLOY / 'alertmanager' / 'alertmanager.yml'}"
    assert receiver == run("amtool", "config", "routes", "test", config, *labels).strip()

"""The Compose file and what it mounts. There is no container engine here: the loader of Compose checks it, and each file its own tool."""

import fnmatch
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixloop import __version__
from fixloop.cli import build_parser
from fixloop.settings import VARIABLES
from fixloop.workers.tunables import Tunables, variable_of
from fixloop.workers.worker import ROLES
from tests.monitoring.sources import DEPLOY, ROOT
from tests.services.compose_config import ComposeError, compose_config

COMPOSE = ROOT / "docker-compose.yml"
TEXT = COMPOSE.read_text(encoding="utf-8")
REQUIRED = set(re.findall(r"\$\{(\w+):\?", TEXT))
PASSWORDS = {name: f"{name.lower()}-for-this-test" for name in REQUIRED}
DOCKERFILE = (DEPLOY / "docker" / "Dockerfile").read_text(encoding="utf-8")

CHECKED_BY = {
    "deploy/prometheus": "test_rules.py, with promtool",
    "deploy/alertmanager": "test_rules.py, with amtool",
    "deploy/runbooks": "test_runbooks.py",
    "deploy/clickhouse/config.d/fixloop.xml": "this file: well-formed XML",
    "deploy/clickhouse/users.d/grafana.xml": "this file: well-formed XML",
    "grafana/provisioning/datasources": "test_boards.py",
    "grafana/provisioning/dashboards": "test_boards.py",
    "grafana/dashboards": "test_boards.py",
}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services as Compose resolves them, against the specification's schema."""
    services: dict[str, Any] = compose_config(COMPOSE, PASSWORDS)["services"]
    return services


def test_all_parts_are_there(services: dict[str, Any]) -> None:
    """Broker, topics, all roles of the worker, store, alerts, boards."""
    others = {"kafka", "topics", "clickhouse", "prometheus", "alertmanager", "grafana"}
    assert {*others, *ROLES} == set(services)


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_without_a_password_nothing_starts(name: str) -> None:
    """And the error says what to do."""
    without = {key: value for key, value in PASSWORDS.items() if key != name}
    with pytest.raises(ComposeError, match=rf"{name}.*docs/operations\.md"):
        compose_config(COMPOSE, without)


def test_nothing_is_open_beyond_this_machine(services: dict[str, Any]) -> None:
    """Each published port is bound to 127.0.0.1, and no service takes the machine's network."""
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert {"127.0.0.1"} == {port["host_ip"] for port in ports}
    assert len(ports) == len({port["published"] for port in ports})
    assert not [name for name, service in services.items() if "network_mode" in service]


def test_no_password_stands_in_the_file() -> None:
    """Whatever is called a password, key or secret comes from outside."""
    for service in yaml.safe_load(TEXT)["services"].values():
        for name, value in (service.get("environment") or {}).items():
            if re.search(r"PASSWORD|SECRET|TOKEN", name):
                assert re.fullmatch(r"\$\{\w+(:\?[^}]*)?\}", value), name
    assert not re.search(r"://\w+:(?!\$\{)[^@/\s]+@", TEXT)


def test_the_example_names_every_required_variable_and_gives_none() -> None:
    """A copied example starts nothing."""
    example = dict(
        line.split("=", 1)
        for line in (ROOT / ".env.example").read_text().splitlines()
        if not line.startswith("#")
    )
    assert dict.fromkeys(REQUIRED, "") == example


def test_the_documented_line_makes_an_env_that_works(tmp_path: Path) -> None:
    """Random passwords, readable by their owner alone."""
    (line,) = re.findall(
        r"```bash\n([^`]*\.env\.example[^`]*)```", (ROOT / "docs" / "operations.md").read_text()
    )
    (tmp_path / ".env.example").write_text((ROOT / ".env.example").read_text())
    subprocess.run(["bash", "-euc", line], cwd=tmp_path, check=True)
    made = tmp_path / ".env"
    assert 0o600 == made.stat().st_mode & 0o777
    values = dict(row.split("=", 1) for row in made.read_text().splitlines() if not row.startswith("#"))
    assert len(REQUIRED) == len(set(values.values()))
    assert all(re.fullmatch(r"[0-9a-f]{32,}", value) for value in values.values())
    assert compose_config(COMPOSE, values)["services"]


def test_what_is_mounted_exists_and_is_checked(services: dict[str, Any]) -> None:
    """Docker would make a folder of a file that is missing; and a file that nobody checks breaks at the first start."""
    mounted = {
        str(Path(volume["source"]).relative_to(ROOT)): volume
        for service in services.values()
        for volume in service.get("volumes", [])
        if volume["type"] == "bind"
    }
    assert set(CHECKED_BY) == set(mounted)
    for source, volume in mounted.items():
        assert (ROOT / source).exists(), source
        assert volume["read_only"], source


@pytest.mark.parametrize("path", sorted((DEPLOY / "clickhouse").rglob("*.xml")), ids=lambda path: path.name)
def test_clickhouse_settings_are_well_formed(path: Path) -> None:
    """The embedded engine reads no server settings, so that this is as far as a check goes without a server."""
    assert "clickhouse" == ET.fromstring(path.read_text(encoding="utf-8")).tag  # noqa: S314 -- our own file


def test_the_boards_user_only_reads(services: dict[str, Any]) -> None:
    """And asks with the password that the server and Grafana are both given."""
    root = ET.parse(DEPLOY / "clickhouse" / "users.d" / "grafana.xml").getroot()  # noqa: S314 -- our own file
    assert "1" == root.findtext("profiles/boards/readonly")
    assert ["GRANT SELECT ON fixloop.*"] == [
        query.text for query in root.findall("users/grafana/grants/query")
    ]
    password = root.find("users/grafana/password")
    assert password is not None
    name = password.attrib["from_env"]
    assert (
        PASSWORDS[name]
        == services["clickhouse"]["environment"][name]
        == services["grafana"]["environment"][name]
    )
    sources = (ROOT / "grafana" / "provisioning" / "datasources" / "fixloop.yaml").read_text(encoding="utf-8")
    assert f"password: ${name}\n" in sources


def test_everything_starts_in_order_and_says_when_it_is_well(services: dict[str, Any]) -> None:
    """Who is waited for has a health check or ends; who runs for long has a health check."""
    for name, service in services.items():
        assert ("healthcheck" in service) == (name != "topics"), name
        for other, how in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if other == "topics" else "service_healthy"
            assert expected == how["condition"], (name, other)
    assert "kafka" in services["topics"]["depends_on"]
    assert {"topics", "clickhouse"} == set(services["land"]["depends_on"])
    assert {"topics"} == set(services["detect"]["depends_on"]) == set(services["ledger"]["depends_on"])


def test_services_are_held_in(services: dict[str, Any]) -> None:
    """No new privileges, a memory limit, a pinned image; our own read-only and without capabilities."""
    for name, service in services.items():
        assert ["no-new-privileges:true"] == service["security_opt"], name
        assert service["deploy"]["resources"]["limits"]["memory"], name
        assert re.search(r":v?\d+(\.\d+)+$", service["image"]), name
    for name in ("topics", *ROLES):
        assert services[name]["read_only"]
        assert ["ALL"] == services[name]["cap_drop"]
        assert f"fixloop:{__version__}" == services[name]["image"]


def test_data_outlives_the_containers(services: dict[str, Any]) -> None:
    """Whoever keeps something has a named volume."""
    for name in ("kafka", "detect", "ledger", "clickhouse", "prometheus", "alertmanager", "grafana"):
        assert "volume" in {volume["type"] for volume in services[name]["volumes"]}, name


def test_the_scrape_targets_are_services(services: dict[str, Any]) -> None:
    """By the names and the port that Compose gives them."""
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = [job for job in config["scrape_configs"] if job["job_name"] == "fixloop"]
    targets = {
        target: group["labels"]["role"] for group in job["static_configs"] for target in group["targets"]
    }
    assert {f"{role}:9464": role for role in ROLES} == targets
    for target, role in targets.items():
        service, _, port = target.partition(":")
        assert ["worker", role] == services[service]["command"][:2]
        assert f"0.0.0.0:{port}" == services[service]["environment"]["FIXLOOP_METRICS"]
        assert any(f":{port}/" in word for word in services[service]["healthcheck"]["test"])


@pytest.mark.parametrize("name", ["topics", *ROLES])
def test_what_the_containers_are_told_are_settings(services: dict[str, Any], name: str) -> None:
    """A variable that nothing reads would be a setting that does not hold."""
    known = {*VARIABLES, *map(variable_of, Tunables.model_fields)}
    assert set() == set(services[name]["environment"]) - known


@pytest.mark.parametrize("name", ["topics", *ROLES])
def test_the_commands_are_commands(services: dict[str, Any], name: str) -> None:
    """What the containers run is what the command line takes."""
    command = services[name]["command"]
    assert command[0] == build_parser(command[:1]).parse_args(command).command


def test_the_image_is_made_of_files_that_exist_and_are_let_in() -> None:
    """Each COPY source is there, and .dockerignore keeps everything else out."""
    let_in = [
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    sources = re.findall(r"^COPY (?!--from)(\S+) \S+$", DOCKERFILE, re.MULTILINE)
    assert sorted(sources) == sorted(let_in)
    assert all((ROOT / source).exists() for source in sources)


def test_the_image_runs_without_privileges() -> None:
    """The last stage names a user by number, so that an orchestrator can see that it is not root."""
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d+$", last, re.MULTILINE)


def test_the_images_versions_are_the_tested_ones() -> None:
    """Its lock is a part of the root's: the same versions under the same hashes."""
    assert (
        pinned(DEPLOY / "docker" / "requirements.lock").items() <= pinned(ROOT / "requirements.lock").items()
    )


def pinned(path: Path) -> dict[str, frozenset[str]]:
    """The hashes of each pinned version in a lock."""
    found: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if version := re.match(r"([\w.-]+==\S+)", line):
            hashes = found.setdefault(version[1], set())
        elif digest := re.match(r"\s+--hash=(\S+)", line):
            hashes.add(digest[1])
    return {name: frozenset(hashes) for name, hashes in found.items()}


def test_the_lock_covers_what_the_worker_asks_for() -> None:
    """A dependency that was added to the extra and not locked would be missing in the image."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[\[><=]", wanted)[0] for wanted in project["optional-dependencies"]["worker"]}
    locked = {name.partition("==")[0] for name in pinned(DEPLOY / "docker" / "requirements.lock")}
    assert names <= locked


def test_secrets_stay_out_of_the_repository_and_of_the_image() -> None:
    """`.env` is ignored by both."""
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
    patterns = (ROOT / ".dockerignore").read_text().splitlines()
    assert any(fnmatch.fnmatch(".env", pattern) for pattern in patterns)
    assert not [
        pattern for pattern in patterns if pattern.startswith("!") and fnmatch.fnmatch(".env", pattern[1:])
    ]

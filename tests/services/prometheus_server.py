"""A real Prometheus and a real Alertmanager on free ports of 127.0.0.1."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.services.debian_tools import debian_tool
from tests.services.errors import program
from tests.services.local_http import get, get_json
from tests.services.ports import free_port
from tests.services.server_process import ServerProcess

SHARE = Path("/usr/share")
TEMPLATES = Path("prometheus/alertmanager/default.tmpl")


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of an instant query's answer; a scalar is a sample without labels."""

    labels: dict[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running Prometheus."""

    port: int

    @property
    def url(self) -> str:
        """Its address, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    def query(self, promql: str) -> list[Sample]:
        """What an instant query answers now.

        Raises:
            ServiceError: Prometheus refused the query; the message holds its reason.
        """
        data = self.api("query?" + urlencode({"query": promql}))
        if data["resultType"] == "scalar":
            return [Sample({}, float(data["result"][1]))]
        return [Sample(series["metric"], float(series["value"][1])) for series in data["result"]]

    def api(self, path: str) -> Any:
        """The `data` of an answer of its HTTP API, such as `rules`, `alerts` or `targets`."""
        return get_json(self.port, f"/api/v1/{path}")["data"]


@dataclass(frozen=True, slots=True)
class Alertmanager:
    """A running Alertmanager."""

    port: int

    @property
    def url(self) -> str:
        """Its address, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    def alerts(self) -> list[dict[str, Any]]:
        """The alerts that it holds now."""
        held: list[dict[str, Any]] = get_json(self.port, "/api/v2/alerts")
        return held


@contextmanager
def start_prometheus(config: Path, directory: Path, *options: str) -> Iterator[Prometheus]:
    """A Prometheus on the given configuration file, storing in `directory`; ready when this yields.

    Args:
        config: its configuration file.
        directory: where it stores and logs.
        options: further ones of its command line.

    Raises:
        MissingProgramError: there is no Prometheus to be had; it says what to install.
        ServiceError: it did not start, as with a wrong configuration; the message holds the end of its log.
    """
    directory.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [
        str(debian_tool("prometheus")),
        f"--config.file={config}",
        f"--storage.tsdb.path={directory / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
        # What fires before the Alertmanager is discovered (5 s) is dropped, and is sent again after this.
        "--rules.alert.resend-delay=1s",
        "--log.level=warn",
        *options,
    ]
    with _running("Prometheus", command, directory / "prometheus.log", port):
        yield Prometheus(port)


@contextmanager
def start_alertmanager(config: Path, directory: Path) -> Iterator[Alertmanager]:
    """An Alertmanager on the given configuration file, storing in `directory`; ready when this yields.

    Raises:
        MissingProgramError, ServiceError: as `start_prometheus`.
    """
    directory.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [
        *_alertmanager(),
        f"--config.file={config}",
        f"--storage.path={directory / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",  # or it takes a fixed port on all interfaces to find its peers
        "--log.level=warn",
    ]
    with _running("Alertmanager", command, directory / "alertmanager.log", port):
        yield Alertmanager(port)


def _alertmanager() -> list[str]:
    """Debian's Alertmanager reads its templates from a fixed place, which an unpacked package does not fill.

    A mount namespace of its own, for which no root is needed, shows it the unpacked /usr/share there.
    """
    tool = debian_tool("prometheus-alertmanager")
    unpacked = tool.parent.parent / "share"
    if (SHARE / TEMPLATES).exists() or not (unpacked / TEMPLATES).exists():
        return [str(tool)]
    unshare = program("unshare", "Install the package 'prometheus-alertmanager', or util-linux.")
    bind = 'mount --bind "$0" "$1" && shift && exec "$@"'
    return [
        unshare,
        "--map-root-user",
        "--mount",
        "/bin/sh",
        "-c",
        bind,
        str(unpacked),
        str(SHARE),
        str(tool),
    ]


@contextmanager
def _running(name: str, command: list[str], log: Path, port: int) -> Iterator[None]:
    process = ServerProcess(name, command, log)
    process.wait_until(lambda: get(port, "/-/ready")[0] == 200)
    try:
        yield
    finally:
        process.stop()

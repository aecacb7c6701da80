"""A worker that cannot begin says so in one line that tells what to do, and ends; nothing of it is left half begun."""

import socket
import threading
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.integration.worker_processes import command, exit_code
from tests.services.ports import free_ports
from tests.services.server_process import ServerProcess
from tests.services.shared_broker import SharedBroker

LOOKS = 3
"""Connections with which topics and rights are looked at, before Faust begins; its producer takes the next one."""


class _Door:
    """Lets so many connections through to a broker, and is closed then."""

    def __init__(self, bootstrap: str, most: int) -> None:
        host, port = bootstrap.split(":")
        self._broker = host, int(port)
        self._left = most
        self.passed = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        with self._listener:
            while self.passed < self._left:
                client, _ = self._listener.accept()
                broker = socket.create_connection(self._broker)
                self.passed += 1
                for one, other in ((client, broker), (broker, client)):
                    threading.Thread(target=_pass, args=(one, other), daemon=True).start()


def _pass(one: socket.socket, other: socket.socket) -> None:
    with closing(other):
        try:
            while read := one.recv(65_536):
                other.sendall(read)
        except OSError:
            return


def _end(bootstrap: str, folder: Path) -> str:
    """The one line of a worker that does not begin."""
    worker = ServerProcess(
        "worker", command("worker", "detect", "ledger", "--kafka", bootstrap), folder / "log"
    )
    with ExitStack() as stack:
        stack.callback(worker.stop)
        assert 1 == exit_code(worker)
    lines = worker.said().splitlines()
    assert 1 == len(lines), worker.said()
    return lines[0]


@pytest.mark.kafka
@pytest.mark.parametrize("more", [0, 1], ids=["before Faust's producer", "before Faust's consumer"])
def test_a_broker_that_goes_while_a_worker_begins(
    more: int, kafka_broker: SharedBroker, tmp_path: Path
) -> None:
    """It answered when the topics were looked at, and does not when Faust begins: no traceback, and what to do."""
    door = _Door(kafka_broker.bootstrap, LOOKS + more)
    line = _end(door.address, tmp_path)
    assert LOOKS + more == door.passed
    assert f"fixloop: No Kafka broker answers at {door.address}" in line
    assert "--kafka or FIXLOOP_KAFKA" in line


def test_nobody_at_the_port(tmp_path: Path) -> None:
    """A wrong port, or no broker at all."""
    (port,) = free_ports(1)
    line = _end(f"127.0.0.1:{port}", tmp_path)
    assert f"fixloop: No Kafka broker answers at 127.0.0.1:{port}" in line


@pytest.mark.kafka
def test_tls_where_there_is_none(
    kafka_broker: SharedBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is spoken to in TLS and does not know it: the variable to look at is named."""
    monkeypatch.setenv("FIXLOOP_KAFKA_SECURITY", "SSL")
    line = _end(kafka_broker.bootstrap, tmp_path)
    assert kafka_broker.bootstrap in line
    assert "FIXLOOP_KAFKA_SECURITY" in line

"""The server beside the work: metrics, health and readiness."""

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse

import pytest

from fixloop.errors import UsageError
from fixloop.observe.http import MetricsServer, serve
from fixloop.observe.metrics import CONTENT_TYPE, Metrics
from fixloop.observe.probe import main, probe

NOT_READY = "waiting for the topic fixloop.events"


class Readiness:
    """A readiness that a test switches."""

    def __init__(self) -> None:
        self.reason: str | None = None

    def __call__(self) -> str | None:
        """Why not, or None."""
        return self.reason


@pytest.fixture
def readiness() -> Readiness:
    """Ready, until a test says otherwise."""
    return Readiness()


@pytest.fixture
def server(readiness: Readiness) -> Iterator[MetricsServer]:
    """A server on a free port."""
    metrics = Metrics()
    metrics.set("fixloop_cycles_in_progress", 2)
    server = serve(metrics, readiness)
    yield server
    server.close()


def ask(server: MetricsServer, path: str, method: str = "GET") -> tuple[HTTPResponse, bytes]:
    """One question and its answer."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_metrics_come_with_the_content_type_that_prometheus_asks_for(server: MetricsServer) -> None:
    """Prometheus 3 refuses a scrape whose type it does not know."""
    answer, body = ask(server, "/metrics?name=x")
    assert (200, CONTENT_TYPE) == (answer.status, answer.getheader("Content-Type"))
    assert b"\nfixloop_cycles_in_progress 2.0\n" in body


def test_health_does_not_depend_on_readiness(server: MetricsServer, readiness: Readiness) -> None:
    """A worker that waits for its broker lives: restarting it would not help."""
    readiness.reason = NOT_READY
    answer, body = ask(server, "/healthz")
    assert (200, b"ok\n") == (answer.status, body)


def test_readiness_says_why_not(server: MetricsServer, readiness: Readiness) -> None:
    """503 with the reason while not ready, 200 once it is."""
    readiness.reason = NOT_READY
    answer, body = ask(server, "/readyz")
    assert (503, f"{NOT_READY}\n".encode()) == (answer.status, body)
    readiness.reason = None
    answer, body = ask(server, "/readyz")
    assert (200, b"ready\n") == (answer.status, body)


def test_head_and_other_paths(server: MetricsServer) -> None:
    """HEAD answers without a body; an unknown path says what there is."""
    answer, body = ask(server, "/healthz", "HEAD")
    assert (200, b"", "3") == (answer.status, body, answer.getheader("Content-Length"))
    answer, body = ask(server, "/")
    assert 404 == answer.status
    assert b"/metrics" in body


def test_a_taken_port_is_one_clear_sentence(server: MetricsServer) -> None:
    """Not a traceback: the user chose the port and can choose another."""
    with pytest.raises(UsageError, match=f"127.0.0.1:{server.port}"):
        serve(Metrics(), lambda: None, port=server.port)


def test_after_close_nobody_answers(readiness: Readiness) -> None:
    """The port is free again."""
    server = serve(Metrics(), readiness)
    server.close()
    with pytest.raises(ConnectionRefusedError):
        ask(server, "/healthz")
    again = serve(Metrics(), readiness, port=server.port)
    again.close()


def test_the_probe_tells_ready_from_not(
    server: MetricsServer, readiness: Readiness, capsys: pytest.CaptureFixture[str]
) -> None:
    """Health checks in containers rest on its exit code, people on what it prints."""
    url = f"http://127.0.0.1:{server.port}/readyz"
    assert 0 == main([url])
    readiness.reason = NOT_READY
    assert 1 == main([url])
    assert f"ready\n{NOT_READY}\n" == capsys.readouterr().out


def test_the_probe_of_nobody_and_of_nonsense(readiness: Readiness) -> None:
    """Nobody there is a plain no; what is no address is said."""
    server = serve(Metrics(), readiness)
    server.close()
    well, said = probe(f"http://127.0.0.1:{server.port}/readyz")
    assert not well
    assert "no answer" in said
    with pytest.raises(UsageError):
        probe("readyz")
    assert 2 == main(["ftp://x"])

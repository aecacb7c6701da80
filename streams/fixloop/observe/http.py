"""`/metrics`, `/healthz` and `/readyz`, served from a thread beside the work."""

from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

from fixloop.errors import UsageError
from fixloop.observe.metrics import CONTENT_TYPE, Metrics

_PLAIN: Final = "text/plain; charset=utf-8"

Answer = Callable[[], str | None]
"""None when all is well, else the reason why not."""


class MetricsServer:
    """A running server; `close` ends it."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self._server = server
        self._thread = Thread(target=server.serve_forever, name="fixloop-metrics", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop listening, and wait for the thread."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve(
    metrics: Metrics,
    readiness: Answer,
    health: Answer = lambda: None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
) -> MetricsServer:
    """Serve until closed.

    Args:
        metrics: for `/metrics`.
        readiness: whether it takes part in the work, for `/readyz`.
        health: whether it would not help to start it again, for `/healthz`.
        host: the address.
        port: 0 takes a free one.

    Raises:
        UsageError: nothing can listen on that address.
    """

    class Handler(_Handler):
        answer = staticmethod(lambda path: _answer(path, metrics, readiness, health))

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        raise UsageError(
            f"Cannot serve metrics on {host}:{port}: {error.strerror}. Choose another port."
        ) from error
    server.daemon_threads = True
    return MetricsServer(server)


def _answer(path: str, metrics: Metrics, readiness: Answer, health: Answer) -> tuple[HTTPStatus, str, bytes]:
    match path.partition("?")[0]:
        case "/metrics":
            return HTTPStatus.OK, CONTENT_TYPE, metrics.exposition()
        case "/healthz":
            return _said(health(), "ok")
        case "/readyz":
            return _said(readiness(), "ready")
        case _:
            return HTTPStatus.NOT_FOUND, _PLAIN, b"Only /metrics, /healthz and /readyz are here.\n"


def _said(reason: str | None, well: str) -> tuple[HTTPStatus, str, bytes]:
    status = HTTPStatus.OK if reason is None else HTTPStatus.SERVICE_UNAVAILABLE
    return status, _PLAIN, f"{reason or well}\n".encode()


class _Handler(BaseHTTPRequestHandler):
    server_version = "fixloop"
    sys_version = ""
    timeout = 30  # seconds; a caller that says nothing holds no thread for longer
    answer: Callable[[str], tuple[HTTPStatus, str, bytes]]

    def do_GET(self) -> None:
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        self._reply(with_body=False)

    def _reply(self, *, with_body: bool) -> None:
        status, content_type, body = self.answer(self.path)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a line for every scrape would bury the worker's own log."""

"""A receiver of alerts, as a chat or a pager is one: it keeps what Alertmanager posts."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Delivered:
    """The names of the alerts that were delivered, by receiver."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._alerts: dict[str, set[str]] = {}

    def to(self, receiver: str) -> frozenset[str]:
        """What one receiver has heard of so far."""
        return frozenset(self._alerts.get(receiver, ()))

    def take(self, body: bytes) -> None:
        """One message of Alertmanager."""
        message = json.loads(body)
        self._alerts.setdefault(message["receiver"], set()).update(
            alert["labels"]["alertname"] for alert in message["alerts"]
        )


@contextmanager
def receiving() -> Iterator[Delivered]:
    """A receiver on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            delivered.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    delivered = Delivered(server.server_address[1])
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield delivered
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

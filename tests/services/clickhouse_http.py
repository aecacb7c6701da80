"""ClickHouse's HTTP interface over the embedded engine, in a process of its own: `python -m tests.services.clickhouse_http DIRECTORY PORT`.

The engine, its tables and its merges are the real ones; what stands in for the server's own code is this file: it reads a statement, its
parameters and its settings as the server does, and answers in the server's words. What `fixloop` asks of a server is here, and no more.
It can be killed at any time, as a server can: what was acknowledged is on disk.
"""

import re
import sys
import tempfile
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import chdb
import lz4.frame

READY: Final = "clickhouse_http: ready"

_INSERT: Final = re.compile(rb"\s*(INSERT INTO [^\n]*?)\s+FORMAT\s+(\w+)\s*\n", re.IGNORECASE)
_FORMAT: Final = re.compile(rb"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_NAME: Final = re.compile(r"^\w+$")
_CODE: Final = re.compile(r"Code: (\d+)")
_NOT_SETTINGS: Final = frozenset(
    (
        "database",
        "query",
        "query_id",
        "session_id",
        "compress",
        "decompress",
        "wait_end_of_query",
        "client_protocol_version",
        "send_progress_in_http_headers",
        "http_headers_progress_interval_ms",
        "enable_http_compression",
        "buffer_size",
        "role",
        "quota_key",
        "default_format",
    )
)
"""Parameters of the interface, and settings of a server that the embedded engine does without."""


class Engine:
    """The embedded engine: any number of calls at once, each with settings of its own."""

    def __init__(self, directory: Path) -> None:
        self._path = str(directory)
        self._kept_open = chdb.connect(self._path)

    def answer(
        self, statement: bytes, settings: Mapping[str, str], parameters: Mapping[str, str]
    ) -> tuple[bytes, str]:
        """The body and its format.

        Raises:
            RuntimeError: the engine refuses it; the message is the engine's.
        """
        connection = chdb.connect(self._path)
        try:
            # Readonly comes last: no setting can be changed after it.
            for name, value in sorted(settings.items(), key=lambda one: one[0] == "readonly"):
                connection.query(f"SET {name} = {_quoted(value)}", "TabSeparated")
            return self._run(connection, statement, parameters)
        finally:
            connection.close()

    def _run(self, connection: Any, statement: bytes, parameters: Mapping[str, str]) -> tuple[bytes, str]:
        insert = _INSERT.match(statement)
        if insert:
            with tempfile.NamedTemporaryFile(suffix=".rows") as file:
                file.write(memoryview(statement)[insert.end() :])
                file.flush()
                into, form = insert[1].decode(), insert[2].decode()
                connection.query(f"{into} FROM INFILE {_quoted(file.name)} FORMAT {form}", "TabSeparated")
            return b"", ""
        named = _FORMAT.search(statement)
        form = named[1].decode() if named else "TabSeparated"
        answer = connection.query(statement.decode(), form, params=dict(parameters))
        return answer.bytes() or b"", form


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Server(ThreadingHTTPServer):
    """Answers on 127.0.0.1."""

    daemon_threads = True

    def __init__(self, port: int, engine: Engine) -> None:
        self.engine = engine
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """A statement in the address, or the question whether it is there."""
        self._answer(b"")

    def do_POST(self) -> None:
        """A statement in the body, or data to the one in the address."""
        self._answer(self._body())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its own name
        """Say nothing of each request."""

    def _answer(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        statement = b"\n".join(part for part in (given.get("query", "").encode(), body) if part)
        if parts.path == "/ping" or not statement:
            self._send(200, b"Ok.\n", {})
            return
        parameters = {name[6:]: value for name, value in given.items() if name.startswith("param_")}
        settings = {
            name: value
            for name, value in given.items()
            if name not in _NOT_SETTINGS and not name.startswith("param_") and _NAME.match(name)
        }
        try:
            answer, form = self.server.engine.answer(statement, settings, parameters)
        except Exception as error:  # whatever it is, the client is told
            self._refuse(str(error))
        else:
            self._send(200, answer, {"X-ClickHouse-Format": form} if form else {})

    def _refuse(self, message: str) -> None:
        message = message[max(message.find("Code: "), 0) :]
        code = _CODE.search(message)
        self._send(500, message.encode(), {"X-ClickHouse-Exception-Code": code[1] if code else "1002"})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(iter(self._chunk, b""))
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return _decompressed(body) if self.headers.get("Content-Encoding") == "lz4" else body

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        chunk = self.rfile.read(size)
        if len(chunk) < size:
            # What the client did not send whole it did not send.
            raise ConnectionError("the client went away")
        self.rfile.readline()
        return chunk


def _decompressed(body: bytes) -> bytes:
    """All frames of a body; the client makes one of each block of rows."""
    parts: list[bytes] = []
    while body:
        frame = lz4.frame.LZ4FrameDecompressor()
        parts.append(frame.decompress(body))
        if not frame.eof:
            raise ValueError("the body broke off")
        body = frame.unused_data or b""
    return b"".join(parts)


def main() -> None:
    """Serve until killed."""
    directory, port = Path(sys.argv[1]), int(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    server = Server(port, Engine(directory))
    sys.stdout.write(READY + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

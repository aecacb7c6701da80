"""One process owns an embedded store; others ask it over a socket that only its user can reach.

A question is one line of JSON, the answer is one, and then it hangs up. `{"sql": ...}` is answered with `{"columns", "types", "rows"}`,
`{"status": true}` with the owner's status where it has one, and what cannot be answered with `{"error"}`.
"""

import json
import os
import socket
import socketserver
import stat
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Final, Self

from fixloop.errors import FixloopError, StoreError, StoreLockedError
from fixloop.land.asking import ask
from fixloop.land.store import Result, Store, dsn_of, open_store

SOCKET_NAME: Final = "fixloop.sock"
MAX_PATH_BYTES: Final = 103
"""The least that a system leaves for a socket's path (macOS: 104 with the closing zero; Linux: 108)."""

MAX_QUESTION_BYTES: Final = 1024 * 1024
_QUESTION_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 120.0


class StoreServer:
    """Answers questions about an open store while the `with` block runs.

    Args:
        store: the store; whoever opened it closes it, after this.
        directory: the directory of the store, which is locked by this process.
        status: what this process says when it is asked how things stand; it may be called in several threads.

    Raises:
        StoreError: on entry, when the socket cannot be made.
    """

    def __init__(
        self, store: Store, directory: Path, status: Callable[[], Mapping[str, Any]] | None = None
    ) -> None:
        self._store = store
        self._path = directory
        self._status = status

    def __enter__(self) -> Self:
        path = socket_path(self._path)
        try:
            # Whoever has the store has the socket: one that is there is left over.
            path.unlink(missing_ok=True)
            self._server = _Server(path, self._answer)
        except OSError as error:
            raise StoreError(
                f"The socket {path} for `fixloop sql` cannot be made: {error.strerror}."
            ) from error
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="store-socket", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        socket_path(self._path).unlink(missing_ok=True)

    def _answer(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        if question.get("status") is True:
            if self._status is None:
                raise StoreError("The process that has the store open says nothing of its status.")
            return self._status()
        result = ask(self._store, str(question["sql"]))
        return {"columns": result.columns, "types": result.types, "rows": result.rows}


def query_store(directory: Path, sql: str) -> Result:
    """The answer of the store in `directory`: of the process that has it open, else of the store itself.

    Raises:
        StoreLockedError: another process has it open and does not answer.
        StoreError: nothing is there, or the question is refused.
    """
    if not (directory / "metadata").is_dir():
        raise StoreError(
            f"Nothing is recorded in {directory} yet: run `fixloop replay PATH`, `fixloop up` or `fixloop demo --data {directory}`."
        )
    answer = _ask_owner(directory, {"sql": sql})
    if answer is not None:
        return _result(answer)
    try:
        with open_store(dsn_of(directory)) as store:
            return ask(store, sql)
    except StoreLockedError:
        # Its owner may have come between the two.
        answer = _ask_owner(directory, {"sql": sql})
        if answer is None:
            raise
        return _result(answer)


def ask_status(directory: Path) -> Mapping[str, Any] | None:
    """What the owner of the store in `directory` says of how things stand; None when nobody has it open.

    Raises:
        StoreLockedError: another process has it open and does not answer.
        StoreError: it has no status.
    """
    return _ask_owner(directory, {"status": True})


def socket_path(directory: Path) -> Path:
    """Where the owner of a store listens: in its directory, or where that is too long for a socket in a private one under /tmp.

    Raises:
        StoreError: the private directory belongs to somebody else.
    """
    path = directory.absolute().resolve() / SOCKET_NAME
    if len(os.fsencode(path)) <= MAX_PATH_BYTES:
        return path
    private = Path("/tmp") / f"fixloop-{os.getuid()}"  # noqa: S108 -- checked below to be ours alone
    private.mkdir(mode=0o700, exist_ok=True)
    status = private.lstat()
    if (
        not stat.S_ISDIR(status.st_mode)
        or status.st_uid != os.getuid()
        or stat.S_IMODE(status.st_mode) & 0o077
    ):
        raise StoreError(
            f"{private} has to be a directory of yours alone (mode 0700): remove it, or use a shorter path."
        )
    return private / f"{sha256(os.fsencode(path)).hexdigest()[:24]}.sock"


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path, answer: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        super().__init__(str(path), _Handler, bind_and_activate=False)
        self.answer = answer
        try:
            self.server_bind()
            # Nobody can connect before it listens, so that there is no moment in which others could.
            path.chmod(0o600)
            self.server_activate()
        except BaseException:
            self.server_close()
            raise

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own affair."""


class _Handler(socketserver.StreamRequestHandler):
    timeout = _QUESTION_SECONDS
    server: _Server

    def handle(self) -> None:
        try:
            document = self.server.answer(_question(self.rfile.readline(MAX_QUESTION_BYTES)))
        except FixloopError as error:
            document = {"error": str(error)}
        self.connection.settimeout(_ANSWER_SECONDS)
        self.wfile.write(json.dumps(document).encode())


def _question(line: bytes) -> Mapping[str, Any]:
    try:
        question = json.loads(line)
    except ValueError:
        question = None
    if not isinstance(question, dict) or not ("sql" in question or "status" in question):
        raise StoreError("The question could not be read.")
    return question


def _ask_owner(directory: Path, question: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The owner's answer; None when nobody listens.

    Raises:
        StoreError: the owner refuses the question.
        StoreLockedError: it listens, and does not answer.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.settimeout(_ANSWER_SECONDS)
            connection.connect(str(socket_path(directory)))
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError as error:
            raise _silent(directory) from error
        try:
            connection.sendall(json.dumps(question).encode() + b"\n")
            with connection.makefile("rb") as answer:
                document: dict[str, Any] = json.loads(answer.read())
        except (OSError, ValueError) as error:
            raise _silent(directory) from error
    if "error" in document:
        raise StoreError(document["error"])
    return document


def _result(document: Mapping[str, Any]) -> Result:
    return Result(
        tuple(document["columns"]), tuple(document["types"]), tuple(tuple(row) for row in document["rows"])
    )


def _silent(directory: Path) -> StoreLockedError:
    return StoreLockedError(
        f"Another process has the store in {directory} open and does not answer: stop it, or try again."
    )

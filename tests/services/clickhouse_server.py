"""A ClickHouse server that a test can take away: the real engine behind HTTP, with data and a port that outlive its process."""

import os
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.services.clickhouse_http import READY
from tests.services.errors import ServiceError
from tests.services.ports import free_port
from tests.services.server_process import ServerProcess


class ClickHouseServer:
    """Start it; `stop` it, `kill` it or let it `hang`, and start it again. As a context manager it is stopped at the end."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._port = free_port()
        self._process: ServerProcess | None = None

    @property
    def dsn(self) -> str:
        """Where `fixloop` finds it."""
        return f"clickhouse://default:@127.0.0.1:{self._port}/default"

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self._process is not None and self._process.running

    def start(self) -> Self:
        """Start the process on its directory and wait until it answers.

        Raises:
            ServiceError: it did not; the message holds the end of its log.
        """
        if self.running:
            raise ServiceError("the server runs already")
        self._directory.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.services.clickhouse_http"]
        command += [str(self._directory / "data"), str(self._port)]
        self._process = process = ServerProcess(
            "the ClickHouse server", command, self._directory / "clickhouse.log"
        )
        process.wait_until(lambda: READY in process.said())
        return self

    def stop(self) -> None:
        """End it; a stopped server may be stopped again."""
        if self._process is not None:
            self.resume()
            self._process.stop()

    def kill(self) -> None:
        """End it with SIGKILL, as a power cut would."""
        if self._process is not None:
            self._process.kill()

    def hang(self) -> None:
        """Let it answer nothing, and refuse nothing (SIGSTOP)."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on where it hung."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.running:
            os.kill(self._process.pid, number)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

"""One server process that we started: its log, its end, and the promise that it does not outlive us."""

import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.services.errors import ServiceError
from tests.services.polling import poll

LOG_TAIL = 4_000  # characters of the log that an error shows
# A killed test run must not leave servers behind: this shell waits for the end of a pipe that only we hold.
WATCHDOG = 'read -r _; kill -9 "$1"'


class ServerProcess:
    """A running server; everything here signals this one process id and no other."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.log = log
        # Written anew: readiness is read from the log, and an earlier run's words must not answer for this one.
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        self._watchdog = subprocess.Popen(
            ["/bin/sh", "-c", WATCHDOG, "watchdog", str(self.pid)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process.poll() is None

    def said(self) -> str:
        """What the server has written since it was started."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = 60.0) -> Self:
        """Wait for `ready`.

        Raises:
            ServiceError: the server ended first or the time ran out; it carries the log's tail. The server is
                ended then.
        """
        try:
            poll(f"{self.name} is ready", lambda: self._ready_or_error(ready), seconds=seconds)
        except ServiceError as failure:
            self.kill()
            raise ServiceError(f"{failure}; the end of its log:\n{self.said()[-LOG_TAIL:]}") from None
        except BaseException:
            self.kill()
            raise
        return self

    def _ready_or_error(self, ready: Callable[[], bool]) -> bool:
        if not self.running:
            raise ServiceError(f"{self.name} ended with code {self._process.returncode} before it was ready")
        return ready()

    def stop(self, *, seconds: float = 20.0) -> None:
        """Ask it to end (SIGTERM) and wait; kill it when it does not."""
        if self.running:
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._reap()

    def kill(self) -> None:
        """End it at once (SIGKILL), as a power cut would."""
        if self.running:
            self._process.send_signal(signal.SIGKILL)
        self._reap()

    def _reap(self) -> None:
        # The watchdog goes first: once the server is reaped, its id may be given to somebody else.
        self._watchdog.kill()
        self._watchdog.communicate()
        self._process.wait()

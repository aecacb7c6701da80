"""A command run as if nothing stood before it: its streams, terminal, process group and signals are its own, and its end is passed on."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Final

_COME_BY_THEMSELVES: Final = (signal.SIGINT, signal.SIGQUIT)
"""The terminal gives these to every process of the group, so the command has its own."""
_PASSED_ON: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_NOT_FOUND: Final = 127
_NOT_EXECUTABLE: Final = 126


@dataclass(frozen=True, slots=True)
class Ended:
    """How the command ended."""

    code: int
    """As a shell tells it: 128 and the signal's number where one ended it."""
    signal: int | None = None
    started: bool = True

    def leave(self) -> int:
        """The exit code to end with. Where a signal ended the command, the same signal ends this process, and nothing returns."""
        if self.signal is not None:
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # one core file is enough
                if self.signal not in (signal.SIGKILL, signal.SIGSTOP):
                    signal.signal(self.signal, signal.SIG_DFL)
                sys.stdout.flush()
                os.kill(os.getpid(), self.signal)
        return self.code


def run_child(words: Sequence[str], environment: Mapping[str, str]) -> Ended:
    """Run the command and wait for its end.

    Signals that come before it runs are kept for it. What the keyboard sends reaches it by itself, as it is in this process's group; a
    SIGINT that somebody sends to this process alone is not passed on, since it cannot be told from those.
    """
    waiting: list[int] = []
    child: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if child is None:
            waiting.append(number)
        else:
            child.send_signal(number)

    handled = {number: signal.getsignal(number) for number in (*_COME_BY_THEMSELVES, *_PASSED_ON)}
    # What is ignored stays ignored, for the command too (nohup); a handler is no longer one behind exec.
    ours = [number for number, handler in handled.items() if handler is not signal.SIG_IGN]
    for number in ours:
        signal.signal(number, _keep_on if number in _COME_BY_THEMSELVES else pass_on)
    try:
        try:
            child = subprocess.Popen(list(words), env=dict(environment))  # noqa: S603 -- what the user asked to run
        except FileNotFoundError:
            print(f"fixloop run: {words[0]}: command not found", file=sys.stderr)
            return Ended(_NOT_FOUND, started=False)
        except OSError as error:
            print(f"fixloop run: {words[0]}: {error.strerror}", file=sys.stderr)
            return Ended(_NOT_EXECUTABLE, started=False)
        for early in waiting:
            child.send_signal(early)
        code = child.wait()
    finally:
        for number in ours:
            signal.signal(number, handled[number])
    return Ended(128 - code, -code) if code < 0 else Ended(code)


def _keep_on(_number: int, _frame: FrameType | None) -> None:
    """The command decides what Ctrl-C means."""
